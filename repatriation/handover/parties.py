"""Parties: people who came together and go to one place, as the rows of officers' lists of handovers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from quarantine.models import DailyCheck, TestResult
from quarantine.models.check import Symptom
from repatriation.models import Arrival, Handover, Member
from repatriation.models.arrival import FEVER
from repatriation.models.handover import HandoverQuerySet, urgency
from repatriation.registration.declared import declared_words
from repatriation.rules import may_decide, may_read_people, may_see_health_of_handover


@dataclass(frozen=True)
class Party:
    """The handovers of one family that have one state and one place.

    `may_decide`: whether the reader answers for the place. `may_read`: whether they may read the people, and not
    only what was answered. `shows_health`: whether they may see what was measured. `is_urgent`: somebody of
    them needs somebody at once.
    """

    handovers: list[Handover]
    may_decide: bool = False
    may_read: bool = False
    shows_health: bool = False
    is_urgent: bool = False

    @property
    def first(self) -> Handover:
        return self.handovers[0]

    @property
    def head(self) -> Person:
        """Return the person who was entered first."""
        return self.first.person

    @property
    def others(self) -> int:
        return len(self.handovers) - 1

    @property
    def key(self) -> UUID:
        return self.first.party

    @property
    def to_place(self) -> Place:
        return self.first.to_place

    @property
    def deadline(self) -> dt.datetime:
        return self.first.deadline

    @property
    def is_overdue(self) -> bool:
        return self.first.is_overdue

    @property
    def home_by(self) -> dt.datetime | None:
        """Return until when somebody of them is expected at home; None when nobody is."""
        return next((row.home_by for row in self.handovers if row.waits_for_home), None)

    @property
    def is_late_home(self) -> bool:
        return any(row.is_late_home for row in self.handovers)

    @property
    def alarms(self) -> list[str]:
        """Return what needs somebody at once, in words, each once; nothing about health for whoever may not see it."""
        return list(dict.fromkeys(word for row in self.handovers for word in self._alarms_of(row)))

    def _alarms_of(self, row: Handover) -> list[str]:
        shows_now = row.status == Handover.Status.SENT or self.may_decide
        return alarms_of(row, self.shows_health, shows_now)

    @property
    def ways(self) -> list[str]:
        """Return where those go who do not go home."""
        rows = [row.arrival for row in self.handovers if row.arrival and not row.goes_home]
        return list(dict.fromkeys(str(arrival.get_decision_display()) for arrival in rows))

    @property
    def has_notes(self) -> bool:
        """Return whether the party's row in a list has anything to note."""
        ended = self.first.status in (Handover.Status.REFUSED, Handover.Status.WITHDRAWN)
        return bool(self.alarms or (self.may_read and self.ways) or self.first.sent_because or ended)

    @property
    def youngest(self) -> Person:
        return max((row.person for row in self.handovers), key=lambda person: person.birth_year)


def shows_what_is_now(user: User, row: Handover) -> bool:
    """Return whether the user may see what health records say now, not only what was seen when the person was sent:
    whoever has handed the person over does not follow them any more."""
    return row.status == Handover.Status.SENT or may_decide(user, row)


def alarms_of(row: Handover, shows_health: bool, shows_now: bool) -> list[str]:
    """Return why one person stands first, in words. `with_flags` has annotated the row."""
    if not shows_health:
        return []
    words = []
    arrival = row.arrival
    if arrival is not None:
        if arrival.rapid_test == Arrival.RapidTest.POSITIVE:
            words.append(_("Dương tính"))
        if arrival.temperature is not None and arrival.temperature >= FEVER:
            words.append(_("Sốt %(value)s °C") % {"value": str(arrival.temperature).replace(".", ",")})
        if arrival.has_symptoms:
            names = [str(Symptom(code).label).lower() for code in arrival.symptoms]
            words.append(_("Có triệu chứng") + (f": {', '.join(names)}" if names else ""))
    if shows_now and getattr(row, "has_positive", False) and _("Dương tính") not in words:
        words.append(_("Dương tính"))
    if shows_now and getattr(row, "has_red_flag", False):
        words.append(_("Dấu hiệu nặng chưa xử lý"))
    if row.needs_there:
        words.append(_("Cần: %(needs)s") % {"needs": row.needs_there})
    return words


def with_flags(rows: HandoverQuerySet) -> HandoverQuerySet:
    """Annotate what health records say of each person now: `has_positive` and `has_red_flag`, until seen."""
    positive = TestResult.objects.filter(
        person=OuterRef("person"), outcome=TestResult.Outcome.POSITIVE, seen_at=None
    )
    red = DailyCheck.objects.filter(order__person=OuterRef("person"), is_red=True, seen_at=None)
    flagged: HandoverQuerySet = rows.annotate(has_positive=Exists(positive), has_red_flag=Exists(red))
    return flagged


GROUP = ("party", "to_place", "status")
RELATED = (
    "person",
    "to_place",
    "from_place",
    "decided_by",
    "sent_by",
    "proposed_place",
    "arrival__registration",
    "arrival__trip",
    "arrival__facility",
)


def grouped(handovers: HandoverQuerySet, *, newest_first: bool = False) -> QuerySet[Any]:
    """Return one row a party, as `{party, to_place, status, urgent, due}`: those who need somebody at once first,
    whatever their deadline, then by deadline."""
    groups = handovers.order_by().values(*GROUP)
    if newest_first:
        return groups.annotate(last=Max("sent_at")).order_by("-last", "party")
    # A family that was accepted is waited for at home.
    due = Coalesce(Min("home_by"), Min("deadline"))
    return groups.annotate(urgent=Max(urgency()), due=due).order_by("-urgent", "due", "party")


def load(found_groups: Iterable[dict[str, Any]], user: User) -> list[Party]:
    """Return the parties of some groups, in the same order, as `user` may see them; one query."""
    groups = list(found_groups)
    keys = [tuple(group[name] for name in GROUP) for group in groups]
    rows = with_flags(Handover.objects.filter(party__in={key for key, _place, _status in keys}))
    rows = rows.select_related(*RELATED)
    urgent = {tuple(group[name] for name in GROUP): bool(group.get("urgent")) for group in groups}
    # The last link counts of a person whom one place refused twice.
    by_group: dict[tuple[Any, ...], dict[int, Handover]] = {}
    for row in rows.order_by("pk"):
        by_group.setdefault((row.party, row.to_place_id, row.status), {})[row.person_id] = row
    found = [group for group in keys if group in by_group]
    handovers_of_parties = [(list(by_group[group].values()), urgent[group]) for group in found]
    return [
        Party(
            handovers,
            may_decide=may_decide(user, handovers[0]),
            may_read=may_read_people(user, handovers[0]),
            shows_health=may_see_health_of_handover(user, handovers[0]),
            is_urgent=is_urgent,
        )
        for handovers, is_urgent in handovers_of_parties
    ]


def declared_by(handovers: Iterable[Handover]) -> dict[int, list[str]]:
    """Return the doses and tests that these people's families declared, by person (id); one query."""
    rows = list(handovers)
    members = Member.objects.filter(
        registration__in={row.arrival.registration_id for row in rows if row.arrival} - {None},
        person__in=[row.person_id for row in rows],
    )
    return {member.person_id: declared_words(member) for member in members}


def parties(handovers: HandoverQuerySet, user: User, limit: int) -> list[Party]:
    """Return the most urgent parties; two queries however many."""
    return load(grouped(handovers)[:limit], user)
