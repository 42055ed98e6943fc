"""The words of the logs: how each thing that happens, and each row it happens to, is named to people.

An app registers the words of its rows from its `messages.py`:

    register_verbs("repatriation.handover", title=_("Bàn giao"), verbs={"accept": _("Tiếp nhận")})

The log keeps the bare verb; what is shown is looked up at reading, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Subject:
    """What rows of one model are called, and what may happen to them."""

    title: Text
    verbs: Mapping[str, Text]


SUBJECTS: dict[str, Subject] = {}


def register_verbs(subject_type: str, *, title: Text, verbs: Mapping[str, Text]) -> None:
    """`subject_type` as the logs keep it: `citizens.person`."""
    if subject_type in SUBJECTS:
        raise ValueError(f"the words for {subject_type!r} are registered twice")
    SUBJECTS[subject_type] = Subject(title, dict(verbs))


def subject_label(subject_type: str) -> str:
    """What a row is called; its bare type when nobody said."""
    found = SUBJECTS.get(subject_type)
    return str(found.title) if found else subject_type


def verb_label(subject_type: str, verb: str) -> str:
    """What happened, in words; the bare verb when nobody said (an old row of the log must stay readable)."""
    found = SUBJECTS.get(subject_type)
    return str(found.verbs.get(verb, verb)) if found else verb


def status_label(subject_type: str, status: str) -> str:
    """A status as its model names it; the bare value of a status or a model that is gone."""
    try:
        field: Any = apps.get_model(subject_type)._meta.get_field("status")
    except (LookupError, ValueError, FieldDoesNotExist):
        return status
    return str(dict(field.flatchoices).get(status, status))


def verb_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a filter: each subject with its verbs, the value being `subject_type:verb`."""
    return sorted(
        (
            str(subject.title),
            [(f"{subject_type}:{verb}", str(label)) for verb, label in subject.verbs.items()],
        )
        for subject_type, subject in SUBJECTS.items()
        if subject.verbs
    )
