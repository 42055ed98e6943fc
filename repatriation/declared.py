"""What was declared about somebody's doses and tests, in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from portal.ui.formats import vn_date
from repatriation.drafts import PersonEntry
from repatriation.models import Member
from repatriation.models.declared import DeclaredHealth, Dose, TestKind, TestOutcome


def told_words(told: DeclaredHealth | PersonEntry) -> list[str]:
    """One short text for each thing that was told; none for somebody who told nothing."""
    if isinstance(told, PersonEntry):
        told = Member(**told.declared())
    words = []
    if told.doses is not None:
        text = str(Dose(told.doses).label)
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
