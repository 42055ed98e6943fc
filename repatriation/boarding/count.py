"""The count of a trip after the ride: who was expected, got on, came, or came otherwise."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.places.text import fold
from repatriation.boarding.board import ON_TRIP
from repatriation.models import Arrival, Boarding, Manifest, Offer, Registration, Trip

# The outcomes of one person: key, words and tone, in the order of the page.
OUTCOMES: dict[str, tuple[Any, str]] = {
    "not_arrived": (_("Đã lên xe, chưa qua chốt"), "bad"),
    "no_show": (_("Không đến"), "bad"),
    "settled": (_("Không qua chốt, đã tìm ra"), "info"),
    "elsewhere": (_("Đến nơi khác hoặc đi cách khác"), "info"),
    "unscanned": (_("Đã đến, không quét khi lên xe"), "wait"),
    "left": (_("Không còn trong chuyến"), "plain"),
    "expected": (_("Chờ lên xe"), "wait"),
    "on_board": (_("Đã lên xe"), "info"),
    "came": (_("Lên xe và đã đến"), "good"),
}
LEFT_LONG_AGO = dt.timedelta(days=1)  # an arrival longer before departure belongs to another journey


@dataclass
class CountLine:
    """One person of the count. `listed`: whether the closed list has them."""

    person_id: int
    name: str
    birth_year: int
    code: str = ""
    home: str = ""
    listed: bool = False
    has_seat: bool = False
    is_part: bool = False  # others of the family came, this one did not
    boarding: Boarding | None = None
    arrival: Arrival | None = None
    outcome: str = "expected"

    @property
    def outcome_label(self) -> str:
        return str(OUTCOMES[self.outcome][0])

    @property
    def tone(self) -> str:
        return OUTCOMES[self.outcome][1]

    @property
    def is_walk_on(self) -> bool:
        return self.boarding is not None and self.boarding.walk_on


@dataclass
class Count:
    """The lines of a whole trip, with their sums."""

    trip: Trip
    lines: list[CountLine] = field(default_factory=list)

    @property
    def listed(self) -> int:
        return sum(line.listed for line in self.lines)

    @property
    def boarded(self) -> int:
        return sum(line.boarding is not None for line in self.lines)

    @property
    def walk_ons(self) -> int:
        return sum(line.is_walk_on for line in self.lines)

    @property
    def arrived(self) -> int:
        return sum(line.arrival is not None for line in self.lines)

    @property
    def parted(self) -> list[CountLine]:
        """Return those who stayed behind while others of their family came."""
        return [line for line in self.lines if line.is_part]

    def by_outcome(self) -> list[tuple[str, Any, str, int]]:
        """Return key, words, tone and number of each outcome that occurs."""
        numbers = Counter(line.outcome for line in self.lines)
        return [(key, label, tone, numbers[key]) for key, (label, tone) in OUTCOMES.items() if numbers[key]]

    def narrowed(self, outcome: str, text: str) -> list[CountLine]:
        """Return the lines of one outcome (or `walk_on`) whose name or code contains the text."""
        wanted = fold(text)
        return [
            line
            for line in self.lines
            if (not outcome or line.outcome == outcome or (outcome == "walk_on" and line.is_walk_on))
            and (not wanted or wanted in fold(line.name) or wanted in fold(line.code))
        ]


def count_of(trip: Trip) -> Count:
    """Return the count as it stands; the same number of queries however many people."""
    lines = _listed(trip)
    for row in _seated(trip):
        home = row.home_commune.name if row.home_commune else ""
        for member in row.members.all():
            line = lines.setdefault(member.person_id, _line(member.person, row.code, home))
            line.has_seat, line.code = (
                True,
                row.code,
            )  # a family that was split since has another code
    for boarding in (
        Boarding.objects.standing()
        .filter(trip=trip)
        .select_related("person__home_commune", "registration", "by")
    ):
        person = boarding.person
        home = person.home_commune.name if person.home_commune else ""
        code = boarding.registration.code if boarding.registration else ""
        lines.setdefault(person.pk, _line(person, code, home)).boarding = boarding
    arrivals = (
        Arrival.objects.standing()
        .filter(Q(trip=trip) | Q(person__in=lines, at__gte=trip.departs_at - LEFT_LONG_AGO))
        .select_related("person__home_commune", "registration", "checkpoint")
    )
    for arrival in arrivals.order_by("at"):
        person = arrival.person
        home = person.home_commune.name if person.home_commune else ""
        code = arrival.registration.code if arrival.registration else ""
        lines.setdefault(person.pk, _line(person, code, home)).arrival = arrival
    for line in lines.values():
        line.outcome = _outcome(line, trip)
    _mark_parts(lines)
    order = {key: number for number, key in enumerate(OUTCOMES)}
    return Count(
        trip, sorted(lines.values(), key=lambda line: (order[line.outcome], line.code, line.person_id))
    )


def _listed(trip: Trip) -> dict[int, CountLine]:
    manifest = Manifest.objects.standing().filter(trip=trip).first()
    rows = manifest.rows if manifest else []
    return {
        one["person"]: CountLine(
            one["person"], one["name"], one["birth_year"], row["code"], row["home_name"], listed=True
        )
        for row in rows
        for one in row["people"]
    }


def _seated(trip: Trip) -> list[Registration]:
    offers = Offer.objects.filter(trip=trip, status__in=ON_TRIP)
    rows = Registration.objects.filter(pk__in=offers.values("registration")).select_related("home_commune")
    return list(rows.prefetch_related("members__person"))


def _line(person: Person, code: str, home: str) -> CountLine:
    return CountLine(person.pk, person.full_name, person.birth_year, code, home)


def _outcome(line: CountLine, trip: Trip) -> str:
    if line.arrival is not None:
        here = line.arrival.trip_id == trip.pk and line.arrival.checkpoint_id == trip.gateway_id
        if not here:
            return "elsewhere"
        return "came" if line.boarding is not None else "unscanned"
    gone = trip.status not in {Trip.Status.PLANNED, Trip.Status.OPEN, Trip.Status.CLOSED}
    if line.boarding is not None:
        if line.boarding.settled_at is not None:
            return "settled"
        return "not_arrived" if trip.status in {Trip.Status.ARRIVED, Trip.Status.RECONCILED} else "on_board"
    if not line.has_seat:
        return "left"
    return "no_show" if gone else "expected"


def _mark_parts(lines: dict[int, CountLine]) -> None:
    codes_that_came = {line.code for line in lines.values() if line.code and (line.boarding or line.arrival)}
    for line in lines.values():
        line.is_part = line.outcome == "no_show" and line.code in codes_that_came
