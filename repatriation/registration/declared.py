"""What was declared about somebody's doses and tests, in words."""

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


def missing_answers(told: Mapping[str, Any]) -> list[str]:
    """Which questions lack an answer beside those that were answered: a day of a dose needs the number of doses,
    and a test is told whole or not at all. The names are those of `PersonEntry`."""
    missing = ["doses"] if told.get("last_dose") and not told.get("doses") else []
    if any(told.get(name) for name in TEST):
        missing += [name for name in TEST if not told.get(name)]
    return missing


def recovered_long_ago(day: dt.date) -> bool:
    """Such a recovery protects nobody any more and is not asked for."""
    return day < timezone.localdate() - dt.timedelta(days=RECOVERED_DAYS)


def told_words(told: DeclaredHealth | PersonEntry) -> list[str]:
    """One short text for each thing that was told; none for somebody who told nothing."""
    if isinstance(told, PersonEntry):
        told = Member(**told.declared())
    words = []
    if told.doses is not None:
        text = str(Dose(min(told.doses, Dose.FOUR)).label)  # older lists brought more than four
        if told.last_dose_on:
            text = _("%(doses)s, gần nhất %(date)s") % {"doses": text, "date": vn_date(told.last_dose_on)}
        words.append(text)
    if told.test_kind:
        words.append(
            _("%(kind)s %(date)s: %(outcome)s")
            % {
                "kind": TestKind(told.test_kind).label,
                "date": vn_date(told.tested_on),
                "outcome": str(TestOutcome(told.test_outcome).label).lower(),
            }
        )
    if told.recovered_on:
        words.append(_("khỏi bệnh %(date)s") % {"date": vn_date(told.recovered_on)})
    return words


def positives(people: Iterable[PersonEntry]) -> list[str]:
    """The names of those who declare a positive test of the last fortnight."""
    return [entry.full_name for entry in people if entry.declares_positive]


def positives_of(members: Iterable[Member]) -> list[str]:
    return [member.person.full_name for member in members if member.declares_positive]
