"""Declared doses and tests: which answers are missing, and the answers in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.ui.formats import vn_date
from repatriation.models import Member
from repatriation.models.declared import RECOVERED_DAYS, DeclaredHealth, Dose, TestKind, TestOutcome
from repatriation.registration.drafts import PersonEntry

TEST = ("test_kind", "test_outcome", "tested")


def missing_answers(answers: Mapping[str, Any]) -> list[str]:
    """Return the fields of `PersonEntry` that the given answers also need.

    The day of a dose needs the number of doses; a test is declared whole or not at all.
    """
    missing = ["doses"] if answers.get("last_dose") and not answers.get("doses") else []
    if any(answers.get(name) for name in TEST):
        missing += [name for name in TEST if not answers.get(name)]
    return missing


def recovered_long_ago(day: dt.date) -> bool:
    """Return whether a recovery is more than `RECOVERED_DAYS` ago, so that it no longer protects."""
    return day < timezone.localdate() - dt.timedelta(days=RECOVERED_DAYS)


def declared_words(health: DeclaredHealth | PersonEntry) -> list[str]:
    """Return a short text for each thing that was declared."""
    if isinstance(health, PersonEntry):
        health = Member(**health.declared())
    words = []
    if health.doses is not None:
        text = str(Dose(min(health.doses, Dose.FOUR)).label)  # older lists brought more than four
        if health.last_dose_on:
            text = _("%(doses)s, gần nhất %(date)s") % {"doses": text, "date": vn_date(health.last_dose_on)}
        words.append(text)
    if health.test_kind:
        words.append(
            _("%(kind)s %(date)s: %(outcome)s")
            % {
                "kind": TestKind(health.test_kind).label,
                "date": vn_date(health.tested_on),
                "outcome": str(TestOutcome(health.test_outcome).label).lower(),
            }
        )
    if health.recovered_on:
        words.append(_("khỏi bệnh %(date)s") % {"date": vn_date(health.recovered_on)})
    return words


def positives(people: Iterable[PersonEntry]) -> list[str]:
    """Return the names of people who declare a positive test of the last fortnight."""
    return [entry.full_name for entry in people if entry.declares_positive]


def positives_of(members: Iterable[Member]) -> list[str]:
    return [member.person.full_name for member in members if member.declares_positive]
