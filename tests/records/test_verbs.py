"""Everything that the log may hold has words that people read."""

from __future__ import annotations

import ast

import pytest
from django.apps import apps
from django.utils import translation

from portal.records.guards import guarded_models
from portal.records.verbs import SUBJECTS, register_verbs, status_label, subject_label, verb_label
from tests.sources import APPS, ROOT, sources


def recorded() -> list[tuple[str, str, str]]:
    """(file, app, verb) of every `record(row, "verb", …)` and `event_for(row, "verb", …)` of the code."""
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in {"record", "event_for"} or len(node.args) < 2:
                continue
            said = node.args[1]
            choices = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
            name = str(path.relative_to(ROOT))
            found += [
                (name, name.split("/")[0], str(leaf.value))
                for leaf in choices
                if isinstance(leaf, ast.Constant)
            ]
    return found


@pytest.mark.parametrize("model", guarded_models(), ids=lambda model: model._meta.label)
def test_every_transition_has_words(model: type) -> None:
    subject = SUBJECTS[model._meta.label_lower]  # type: ignore[attr-defined]
    assert set(model.TRANSITIONS) <= set(subject.verbs)  # type: ignore[attr-defined]


def test_every_verb_that_the_code_records_has_words() -> None:
    assert len(recorded()) > 20, "the search for verbs finds nothing any more"
    words: dict[str, set[str]] = {app: set() for app in APPS}
    for subject_type, subject in SUBJECTS.items():
        app = apps.get_model(subject_type)._meta.app_config.name.split(".")[0]
        words[app] |= set(subject.verbs)
    missing = [
        f"{path}: {verb}" for path, app, verb in recorded() if verb not in words[app] | words["citizens"]
    ]
    assert not missing


def test_words_are_given_for_models_that_exist_and_in_both_languages() -> None:
    for subject_type, subject in SUBJECTS.items():
        assert apps.get_model(subject_type)
        for text in [subject.title, *subject.verbs.values()]:
            with translation.override("en"):
                english = str(text)
            assert english
            assert english != str(text), f"{text} has no English"


def test_the_same_verb_reads_as_its_row_needs() -> None:
    assert verb_label("repatriation.trip", "cancel") == "Hủy chuyến"
    assert verb_label("appointments.booking", "cancel") == "Hủy lịch"


def test_an_old_row_whose_model_or_verb_is_gone_stays_readable() -> None:
    assert verb_label("old.model", "melted") == "melted"
    assert verb_label("citizens.person", "melted") == "melted"
    assert subject_label("old.model") == "old.model"
    for subject_type in ("old.model", "", "citizens.person", "nonsense"):
        assert status_label(subject_type, "open") == "open"
    assert status_label("repatriation.trip", "melted") == "melted"


def test_words_registered_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        register_verbs("citizens.person", title="x", verbs={})
