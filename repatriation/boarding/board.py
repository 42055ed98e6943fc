"""The lines of the boarding page: who is expected on a trip's vehicle, and who has got on."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from citizens.models import Person
from portal.places.order import vietnamese_key
from repatriation.models import Boarding, Offer, Registration, Trip

ON_TRIP = (Offer.Status.CONFIRMED, Offer.Status.TRAVELLED, Offer.Status.NO_SHOW)


@dataclass
class Seat:
    """One person, with the boarding if they got on."""

    person: Person
    boarding: Boarding | None = None


@dataclass
class BoardLine:
    """A family of the trip, or one walk-on without a registration."""

    seats: list[Seat]
    registration: Registration | None = None
    is_absent: bool = False
    key: UUID = field(default_factory=uuid4)  # client key of the entry that its form will make

    @property
    def head(self) -> Person:
        return self.seats[0].person

    @property
    def boarded(self) -> int:
        return sum(seat.boarding is not None for seat in self.seats)

    @property
    def is_walk_on(self) -> bool:
        return any(seat.boarding is not None and seat.boarding.walk_on for seat in self.seats)

    @property
    def phone(self) -> str:
        return self.registration.phone if self.registration else self.head.phone

    @property
    def home(self) -> str:
        place = self.registration.home_commune if self.registration else self.head.home_commune
        return place.name if place else ""


@dataclass
class Board:
    """The whole page: first the families that are waited for, then those on board, then the absent ones."""

    trip: Trip
    lines: list[BoardLine] = field(default_factory=list)
    key: UUID = field(default_factory=uuid4)  # client key of the next scan
    stranger_key: UUID = field(default_factory=uuid4)

    @property
    def expected(self) -> int:
        return sum(len(line.seats) for line in self.lines if not line.is_absent)

    @property
    def boarded(self) -> int:
        return sum(line.boarded for line in self.lines)


def board_of(trip: Trip) -> Board:
    """Return everybody of the trip; the same number of queries however many."""
    boardings = {
        row.person_id: row
        for row in Boarding.objects.standing().filter(trip=trip).select_related("person__home_commune", "by")
    }
    lines, seen = [], set()
    for offer in _offers(trip):
        row = offer.registration
        if row.pk in seen:  # absent first, and a walk-on afterwards
            continue
        seen.add(row.pk)
        people = [member.person for member in row.members.all()]
        seats = [Seat(person, boardings.pop(person.pk, None)) for person in people]
        lines.append(BoardLine(seats, row, is_absent=offer.status == Offer.Status.NO_SHOW))
    lines += [BoardLine([Seat(row.person, row)]) for row in boardings.values()]
    lines.sort(key=lambda line: (line.is_absent, line.boarded == len(line.seats)))
    return Board(trip, lines)


def _offers(trip: Trip) -> list[Offer]:
    rows = Offer.objects.filter(trip=trip, status__in=ON_TRIP)
    rows = rows.select_related("registration__home_commune").prefetch_related("registration__members__person")
    # The last offer of a family counts.
    newest_first = sorted(rows, key=lambda offer: -offer.pk)
    return sorted(
        {offer.registration_id: offer for offer in reversed(newest_first)}.values(),
        key=lambda offer: (
            vietnamese_key(offer.registration.home_commune.short_name),
            offer.registration.code,
        ),
    )


def names_of(people: list[Person]) -> str:
    """Return up to three names, and how many more there are."""
    shown = ", ".join(person.full_name for person in people[:3])
    more = len(people) - 3
    return _("%(names)s và %(more)d người nữa") % {"names": shown, "more": more} if more > 0 else shown
