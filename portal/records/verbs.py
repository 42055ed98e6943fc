"""The words of the logs: what people read for each verb and for each kind of row.

A subject registers the words of its rows in its `messages.py`:

    register_verbs("repatriation.handover", title=_("Bàn giao"), verbs={"accept": _("Tiếp nhận")})

The log stores the bare verb; its words are looked up at reading, in the reader's language.
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
    """The title of one model's rows in the log, and the words of its verbs."""

    title: Text
    verbs: Mapping[str, Text]


SUBJECTS: dict[str, Subject] = {}


def register_verbs(subject_type: str, *, title: Text, verbs: Mapping[str, Text]) -> None:
    """Register the words of one model; `subject_type` is its name in the logs, such as `citizens.person`."""
    if subject_type in SUBJECTS:
        raise ValueError(f"the words for {subject_type!r} are registered twice")
    SUBJECTS[subject_type] = Subject(title, dict(verbs))


def subject_label(subject_type: str) -> str:
    """Return the title of a kind of row; the bare type when none is registered."""
    subject = SUBJECTS.get(subject_type)
    return str(subject.title) if subject else subject_type


def verb_label(subject_type: str, verb: str) -> str:
    """Return the words of a verb; the bare verb when none are registered, so that old rows stay readable."""
    subject = SUBJECTS.get(subject_type)
    return str(subject.verbs.get(verb, verb)) if subject else verb


def status_label(subject_type: str, status: str) -> str:
    """Return the status as its model names it; the bare value when the status or the model is gone."""
    try:
        field: Any = apps.get_model(subject_type)._meta.get_field("status")
    except (LookupError, ValueError, FieldDoesNotExist):
        return status
    return str(dict(field.flatchoices).get(status, status))


def verb_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices of a filter: each kind of row with its verbs, as `subject_type:verb`."""
    return sorted(
        (
            str(subject.title),
            [(f"{subject_type}:{verb}", str(label)) for verb, label in subject.verbs.items()],
        )
        for subject_type, subject in SUBJECTS.items()
        if subject.verbs
    )
