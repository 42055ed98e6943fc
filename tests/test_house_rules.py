"""The rules of the house, held by tests instead of by memory."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import appointments.apps
import quarantine.apps
import repatriation.apps
from tests import picture
from tests.sources import ABOVE_SUBJECTS, APPS, ROOT, imports, module_of, room_of, sources
from tests.test_house_models import WITHOUT_SCOPE

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
    "AskFirst": "the page that asks before an act",
    "ChannelRefused": "a provider's words, kept with the attempt",
    "DraftIncomplete": "the name of the question to which the page leads back",
    "Setback": "a code that is kept with the import",
    "CellFault": "a code that is kept with the cell",
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


def test_advisory_locks_are_taken_by_their_kinds_alone() -> None:
    call = re.compile(r"pg_\w*advisory", re.IGNORECASE)
    wrong = [path for path in sources() if call.search(path.read_text(encoding="utf-8"))]
    assert wrong == [ROOT / "portal" / "locks.py"], "call portal.locks: two kinds of lock must never meet"


def test_races_are_run_by_their_tools_and_wait_for_no_time() -> None:
    """`tests.race` has threads that wait for each other by conditions."""
    may = {"tests/race.py", "tests/notifications/test_delivery.py", "tests/bench/_http.py"}
    threads = {str(path.relative_to(ROOT)) for path in sources("tests") if "threading" in set(imports(path))}
    assert threads == may, "use at_once, meeting, Pause of tests.race"


def test_no_file_is_longer_than_a_reader_bears() -> None:
    limits = {".py": 400, ".html": 150}
    wrong = [
        f"{path.relative_to(ROOT)}: {length}"
        for suffix, limit in limits.items()
        for path in sources(suffix=suffix)
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > limit
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
