"""The rules of the house, held by tests instead of by memory."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

import appointments.apps
import quarantine.apps
import repatriation.apps
from portal.accounts.scoping import ScopedQuerySet
from tests import messages, picture
from tests.sources import ABOVE_SUBJECTS, APPS, ROOT, imports, module_of, room_of, sources

# Which apps each may know; the arrows of the design point one way.
MAY_IMPORT = {
    "portal": set(),
    "citizens": {"portal"},
    "quarantine": {"portal", "citizens"},
    "repatriation": {"portal", "citizens", "quarantine"},
    "appointments": {"portal", "citizens"},
}
# Imports point from the later to the earlier: models ← rules ← actions ← forms ← views and tasks.
LAYERS = ["models", "rules", "actions", "forms", "views"]


def layer_of(path: Path) -> int | None:
    """The layer of a file by its name; whatever it is called, a file that answers requests is a view."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    for number, layer in enumerate(LAYERS):
        if any(part == layer or part.startswith(f"{layer}_") for part in parts[1:]):
            return number
    if parts[-1] == "tasks" or is_view(path):
        return len(LAYERS) - 1
    return None


# They answer for a page, not for an address: a list is exported by asking its own view again.
NOT_VIEWS = {"portal/reporting/collecting.py", "portal/reporting/export.py"}


def is_view(path: Path) -> bool:
    """Whether a file makes answers: it imports django.shortcuts, or more of django.http than the request."""
    return str(path.relative_to(ROOT)) not in NOT_VIEWS and any(
        name == "django.shortcuts"
        or name.startswith(("django.http.HttpResponse", "django.http.Http404", "django.http.JsonResponse"))
        for name in imports(path)
    )


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_the_apps_it_stands_on(app: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(app)
        for name in imports(path)
        if name.split(".")[0] in set(APPS) - MAY_IMPORT[app] - {app}
    ]
    assert not wrong


def files_by_module() -> dict[str, Path]:
    return {module_of(path).removesuffix(".__init__"): path for path in sources()}


def test_within_an_app_imports_point_towards_the_models() -> None:
    files = files_by_module()
    wrong = []
    for path in sources():
        own = layer_of(path)
        for name in imports(path):
            other = layer_of(files[name]) if name in files else None
            same_app = module_of(path).split(".")[0] == name.split(".")[0] and not name.startswith(
                "portal.ui"
            )
            if same_app and own is not None and other is not None and other > own:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


APPS_OF_SUBJECTS = {
    "quarantine": quarantine.apps.SUBJECTS,
    "repatriation": repatriation.apps.SUBJECTS,
    "appointments": appointments.apps.SUBJECTS,
}


@pytest.mark.parametrize("app", APPS_OF_SUBJECTS)
def test_a_subject_imports_only_those_that_stand_before_it(app: str) -> None:
    """What subjects share (models, rules, forms and so on) stands before all of them."""
    order = {name: number for number, name in enumerate(APPS_OF_SUBJECTS[app])}
    folders = {path.parent.name for path in (ROOT / app).glob("*/__init__.py")}
    assert folders - {"models"} - ABOVE_SUBJECTS == set(order), "a folder is a subject, and named in apps.py"
    wrong = []
    for path in sources(app):
        own = room_of(path)
        if own in ABOVE_SUBJECTS:
            continue
        for name in imports(path):
            other = name.split(".")[1] if name.startswith(f"{app}.") else ""
            if other in order and order[other] > order.get(own, -1) and other != own:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


@pytest.mark.parametrize("app", ["portal", "citizens"])
def test_small_apps_have_no_circle(app: str) -> None:
    """Nor has an app without subjects: its files (of portal, its small apps too) import no circle."""
    files = files_by_module()
    arrows = {
        module: {name for name in imports(path) if name in files and name != module}
        for module, path in files.items()
        if module.startswith(f"{app}.")
    }
    with_imports_inside = {module: set(names) & set(arrows) for module, names in arrows.items()}
    TopologicalSorter(with_imports_inside).prepare()  # raises CycleError, which names the circle


# Models that hold nobody's data, or only hang on a row that is itself scoped.
WITHOUT_SCOPE = {
    "accounts.User": "managed accounts; `visible_to` of its own",
    "accounts.Assignment": "reached through its user",
    "appointments.Closure": "calendar",
    "appointments.OpeningHours": "calendar",
    "appointments.Procedure": "public catalogue",
    "citizens.Household": "reached through its people",
    "citizens.OneTimeCode": "hashed; never shown",
    "citizens.SecretLink": "hashed; never shown",
    "notifications.Attempt": "reached through its message",
    "notifications.Message": "shown in the demo's inbox only",
    "places.LegacyCommune": "public",
    "places.Place": "public",
    "quarantine.Numbering": "counters",
    "quarantine.Protocol": "public rules",
    "quarantine.Reminder": "reached by nobody",
    "reporting.ExportJob": "its owner's alone; `visible_to` of its own",
    "reporting.ExportPart": "reached through its job",
    "repatriation.Campaign": "public",
    "repatriation.ImportFile": "reached through its batch",
    "repatriation.ImportRow": "reached through its batch",
    "repatriation.Member": "reached through its registration",
    "repatriation.RuleSet": "public rules",
}
OWN_APPS = [
    "accounts",
    "records",
    "notifications",
    "places",
    "reporting",
    "citizens",
    "quarantine",
    "repatriation",
    "appointments",
]


def own_models() -> list[type[models.Model]]:
    return [model for label in OWN_APPS for model in apps.get_app_config(label).get_models()]


def test_every_model_that_holds_somebodys_data_says_through_which_places_it_is_seen() -> None:
    named = {model._meta.label: model for model in own_models()}
    assert not set(WITHOUT_SCOPE) - set(named), "this list names a model that is gone"
    for label, model in named.items():
        if label in WITHOUT_SCOPE:
            continue
        assert getattr(model, "SCOPE_COLUMNS", ()), label
        assert getattr(model, "SCOPE_PERMISSIONS", ()), label
        assert isinstance(model._default_manager.all(), ScopedQuerySet), label


# Of these pairs one side may stand alone, which is named, and why. The other side alone is refused.
HALF_PAIRS = {
    "quarantine.Certificate.issued": ("at", "the system issues it when the last day is over"),
    "repatriation.Filling.at": ("at", "the system fills seats that came free"),
    "repatriation.ImportBatch.committed": ("by", "the press names who, the end of the work says when"),
    "repatriation.Manifest.made": ("at", "the list of a trip closes by itself when nobody closed it"),
    "repatriation.RuleSet.published": ("at", "the rules that come with the portal were published by nobody"),
    "repatriation.Screening.decided": ("at", "the deadline or the family's withdrawal may end it"),
}


def null_pairs() -> Iterator[tuple[str, type[models.Model], str, str]]:
    """Each pair of columns that say when and who (`x_at` and `x_by`), of which a side may be null."""
    for model in own_models():
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name, field in fields.items():
            other = re.sub(r"(^|_)at$", r"\1by", name)
            if other != name and other in fields and (field.null or fields[other].null):
                yield f"{model._meta.label}.{name.removesuffix('_at')}", model, name, other


def can_hold(condition: models.Q, known: dict[str, bool]) -> bool:
    """Whether some row with these nulls (`known`: is the column null?) passes a check constraint.

    All other comparisons count as free, so that the answer is never "no" by mistake.
    """

    def leaves(node: Any) -> set[str]:
        if not isinstance(node, models.Q):
            return {repr(node)}
        return {leaf for child in node.children for leaf in leaves(child)}

    def holds(node: Any, free: dict[str, bool]) -> bool:
        if isinstance(node, models.Q):
            results = [holds(child, free) for child in node.children]
            return (any(results) if node.connector == models.Q.OR else all(results)) != node.negated
        name, _sep, lookup = node[0].partition("__")
        if name in known and (lookup == "isnull" or node[1] is None):
            return known[name] == (bool(node[1]) if lookup == "isnull" else True)
        return free[repr(node)]

    names = sorted(leaves(condition))
    choices = (dict(zip(names, values, strict=True)) for values in product([True, False], repeat=len(names)))
    return any(holds(condition, free) for free in choices)


def stands_alone(model: type[models.Model], here: str, other: str) -> bool:
    """Whether the database takes a row in which the column is filled and its fellow is null."""
    if not model._meta.get_field(other).null:
        return False
    checks = [one.condition for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    return all(can_hold(condition, {here: False, other: True}) for condition in checks)


def test_who_and_when_go_together() -> None:
    """A check constraint pairs them, or a line above says which of them may stand alone."""
    wrong, seen = [], set()
    for pair, model, when, who in null_pairs():
        seen.add(pair)
        allowed, _why = HALF_PAIRS.get(pair, ("", ""))
        alone = {"at": stands_alone(model, when, who), "by": stands_alone(model, who, when)}
        wrong += [f"{pair}_{side} alone" for side in alone if alone[side] != (side == allowed)]
    assert not wrong
    assert not set(HALF_PAIRS) - seen, "this list names a pair that is gone"


BARE = re.compile(r"\b([A-Z]\w+)\.(?:_default_manager|objects)\.(?!visible_to\b)")
PUBLIC = {
    label.split(".")[1] for label, why in WITHOUT_SCOPE.items() if why.startswith(("public", "calendar"))
}


def test_views_fetch_through_visible_to() -> None:
    wrong = []
    for path in sources():
        if layer_of(path) != len(LAYERS) - 1 or path.stem == "tasks":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for name in BARE.findall(line):
                if name not in PUBLIC and not (name == "Message" and "notifications" in path.parts):
                    wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not wrong


NEXT = re.compile(r"url_has_allowed_host_and_scheme|(?:GET|POST)(?:\.get\(|\[)[\"']next[\"']")


def test_one_function_reads_where_a_form_came_from() -> None:
    allowed = ROOT / "portal" / "ui" / "redirects.py"
    wrong = [str(path) for path in sources() if NEXT.search(path.read_text(encoding="utf-8"))]
    assert wrong == [str(allowed)]


STATUS_WRITTEN = re.compile(r"(?<!OLD)(?<!NEW)\.status\s*=[^=]|update\([^)]*\bstatus\s*=")
MAY_WRITE_STATUS = {"portal/records/transitions.py", "portal/notifications/delivery.py"}


def test_nobody_but_the_one_function_writes_a_status() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources()
        if str(path.relative_to(ROOT)) not in MAY_WRITE_STATUS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if STATUS_WRITTEN.search(line)
    ]
    assert not wrong


def test_no_assert_decides_about_input() -> None:
    """An `assert` says what must be true already; who catches one lets it decide, and `python -O` takes it away."""
    catches = re.compile(r"except\b.*\bAssertionError")
    wrong = [str(path.relative_to(ROOT)) for path in sources() if catches.search(path.read_text("utf-8"))]
    assert not wrong


# Exceptions that say nothing to people: they carry a code, a name or a provider's words.
NOT_FOR_PEOPLE = {
    "ChannelRefused": "a provider's words, kept with the attempt",
    "DraftIncomplete": "the name of the question to which the page leads back",
    "Setback": "a code that is kept with the import",
    "Wrong": "a code that is kept with the cell",
}


def test_an_exception_that_says_why_is_a_refusal() -> None:
    """Views turn `Refused` into words in one way; another root would end as an error page."""
    roots = {
        node.name
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Exception" for base in node.bases)
    }
    assert roots == {"Refused", *NOT_FOR_PEOPLE}


FLASHED_BY_HAND = re.compile(r"(?:messages\.\w+\(request, |add_error\([^,]+, )str\((?:refusal|refused)\)")


def test_views_say_refusals_by_the_one_function() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if FLASHED_BY_HAND.search(line)
    ]
    assert not wrong


def test_every_class_has_a_name_of_its_own() -> None:
    """One name means one thing over all apps. Commands are named by Django, inner classes by their outer one."""
    places: dict[str, list[str]] = {}
    for path in sources():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert not {name: found for name, found in places.items() if len(found) > 1}


def templates() -> Iterator[Path]:
    for path in sources(suffix=".html"):
        if "templates" in path.parts:
            yield path


def test_advisory_locks_are_taken_by_their_kinds_alone() -> None:
    call = re.compile(r"pg_\w*advisory", re.IGNORECASE)
    wrong = [path for path in sources() if call.search(path.read_text(encoding="utf-8"))]
    assert wrong == [ROOT / "portal" / "locks.py"], "call portal.locks: two kinds of lock must never meet"


def test_races_are_run_by_their_tools_and_wait_for_no_time() -> None:
    """`tests.race` has threads that wait for each other by conditions."""
    may = {"tests/race.py", "tests/notifications/test_delivery.py", "tests/bench/_queue_register.py"}
    threads = {str(path.relative_to(ROOT)) for path in sources("tests") if "threading" in set(imports(path))}
    assert threads == may, "use at_once, meeting, Pause of tests.race"


def test_no_template_has_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if inline.search(line)
    ]
    assert not wrong


def test_nothing_on_a_page_comes_from_elsewhere() -> None:
    outside = re.compile(r"<(?:link|script|img|iframe)[^>]+(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
    assert not [str(path) for path in templates() if outside.search(path.read_text(encoding="utf-8"))]


def test_every_template_is_used() -> None:
    used = "\n".join(
        path.read_text(encoding="utf-8") for suffix in (".py", ".html") for path in sources(suffix=suffix)
    )
    wrong = []
    for path in templates():
        parts = path.parts
        name = "/".join(parts[parts.index("templates") + 1 :])
        if name not in used and not name.startswith("ui/icons/"):
            wrong.append(name)
    assert not wrong


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)


def test_every_sentence_has_its_english() -> None:
    known = messages.translated()
    wanted = messages.catalogue()
    absent = [str(message.id) for message in wanted if message.id and message.id not in known]
    assert not absent, "run bin/messages"
    assert not messages.missing(known)


def test_the_compiled_catalogues_are_the_written_ones() -> None:
    for path in (messages.PO, messages.DJANGO_PO):
        compiled = messages.compiled(messages.translated(path))
        assert path.with_suffix(".mo").read_bytes() == compiled, "run bin/messages"


def test_no_sentence_names_the_hotline_by_number() -> None:
    """The number is a setting, and a sentence has a place for it."""
    assert not [str(message.id) for message in messages.catalogue() if "1022" in str(message.id)]


PLACEHOLDER = re.compile(r"%\(\w+\)|(?<!\{)\{\w+\}(?!\})")


def test_english_keeps_every_placeholder() -> None:
    wrong = []
    for message in messages.translated():
        if not message.id:
            continue
        ids = message.id if message.pluralizable else [message.id]
        strings = message.string if message.pluralizable else [message.string]
        wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
        wrong += [
            f"{ids[0]} → {text}"
            for text in strings
            if set(PLACEHOLDER.findall(text)) - wanted
            or (len(strings) == 1 and set(PLACEHOLDER.findall(text)) != wanted)
        ]
    assert not wrong


def test_no_file_is_longer_than_a_reader_bears() -> None:
    limits = {".py": 400, ".html": 150}
    wrong = [
        f"{path.relative_to(ROOT)}: {length}"
        for suffix, limit in limits.items()
        for path in sources(suffix=suffix)
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > limit
    ]
    assert not wrong


TEMPLATE_WIDTH = 120


def test_no_line_of_a_template_is_wider_than_a_screen() -> None:
    """Hold the width where the formatter has nowhere to break: a long tag, a sentence in `translate`.

    Such a sentence goes into `blocktranslate trimmed`, which keeps it whole for the translator.
    """
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > TEMPLATE_WIDTH
    ]
    assert not wrong


def test_top_level_holds_only_what_the_design_names() -> None:
    allowed = {*APPS, "tests", "docs", "deploy", "bin", "locale", "var"}
    tracked = {
        path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))
    }
    assert tracked <= allowed


def test_the_picture_is_of_todays_code() -> None:
    assert picture.FILE.read_text(encoding="utf-8") == picture.picture(), "run bin/picture"
