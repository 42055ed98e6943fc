"""Which families get the free seats of a trip, and why those before them did not (design §5.3).

The order is that of the queue. A family is taken whole, and passed over only while something of
`conditions.CONDITIONS` stands against it, or while somebody else holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Value, When

from portal.places.home import home_path
from portal.places.models import Place
from repatriation.models import Offer, PassedOver, Registration, Trip
from repatriation.models.registration import RegistrationQuerySet
from repatriation.seats.conditions import AT_EACH_TURN, Turn, Why, standing, suitable

SHOWN_PASSED_OVER = 50
FEW = 6  # seats; with more of them nearly every family fits


@dataclass
class Room:
    """What is left: seats, and people of each commune that has a limit that day."""

    seats: int
    of_commune: dict[int, int] = field(default_factory=dict)

    def turn(self, trip: Trip, family: Registration, asked: Collection[int] = ()) -> Turn:
        return Turn(trip, family, self.seats, self.left_at_home(family), asked)

    def left_at_home(self, family: Registration) -> int | None:
        """How many people its commune still takes in; None where it has no limit."""
        return self.of_commune.get(family.home_commune_id or 0)

    def take(self, family: Registration) -> None:
        self.seats -= family.people
        if family.home_commune_id in self.of_commune:
            self.of_commune[family.home_commune_id] -= family.people

    def copy(self) -> Room:
        return Room(self.seats, dict(self.of_commune))


def in_reach(trip: Trip) -> RegistrationQuerySet:
    """The waiting families of the campaign that are in the province of the trip's pick-up point."""
    return Registration.objects.waiting(trip.campaign).filter(origin_id__in=trip.reach)


def asked_before(trip: Trip) -> set[int]:
    """Who had an offer of this trip (it lapsed, or was declined) is not asked again by itself."""
    return set(Offer.objects.filter(trip=trip).values_list("registration_id", flat=True))


def choose(trip: Trip, room: Room, *, asked: Iterable[int] = ()) -> list[Registration]:
    """Families for the free seats, in queue order, locked. What somebody else holds is passed over.

    The caller has locked the trip and its day. Looks in small batches: what is locked here and not chosen
    stands still for other coordinators. The lock lets rows refer to the family meanwhile: another filling
    writes down whom it passed over because they are held here, and must not wait for this one.
    """
    queue, left, out = suitable(in_reach(trip), trip), room.copy(), set(asked)
    destinations = trip.destination_ids
    by_commune = bool(destinations or left.of_commune)
    chosen: list[Registration] = []
    window: list[int] = []
    while left.seats:
        many = max(1, left.seats // 4)
        rows = queue.filter(people__lte=left.seats).exclude(pk__in=out)
        if by_commune or left.seats <= FEW:
            if by_commune:
                window = window or _first_of_communes(rows, left, destinations)
            else:
                window = window or _first_of_sizes(rows, left.seats)
            if not window:
                break
            now, window = window[:many], window[many:]
            rows = queue.filter(pk__in=now, people__lte=left.seats)  # who fits no more stays free for others
            out.update(now)  # seated below, or held by somebody else, or there is no room for them any more
        batch = list(
            rows.in_queue_order()[:many].select_for_update(of=("self",), skip_locked=True, no_key=True)
        )
        if not batch and not (by_commune or left.seats <= FEW):
            break
        for family in batch:
            if standing(left.turn(trip, family), AT_EACH_TURN) is None:
                chosen.append(family)
                out.add(family.pk)
                left.take(family)
    return chosen


def _first_of_sizes(rows: RegistrationQuerySet, seats: int) -> list[int]:
    """The first families of so few people, in queue order, found in each size's own part of the queue: large
    families have many points, and somebody alone stands behind thousands of them."""
    parts = [
        rows.filter(people=size).in_queue_order().values_list("score", "registered_at", "pk")[:seats]
        for size in range(1, seats + 1)
    ]
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    ordered = sorted((-score, registered_at, pk) for score, registered_at, pk in found)
    return [pk for _score, _registered_at, pk in ordered[:seats]]


def _first_of_communes(rows: RegistrationQuerySet, left: Room, destinations: frozenset[int]) -> list[int]:
    """The first families for which there is room, in queue order, found in each commune's own part of the
    queue: a trip to three communes, or a day on which most are full, does not walk through the whole queue."""
    communes = Place.objects.filter(kind=Place.Kind.COMMUNE, path__startswith=home_path())
    if destinations:
        communes = communes.filter(pk__in=destinations)
    full = [pk for pk, people in left.of_commune.items() if people <= 0]
    limited = [When(pk=pk, then=Value(people)) for pk, people in left.of_commune.items() if people > 0]
    room = Case(*limited, default=Value(left.seats)) if limited else Value(left.seats)
    many = left.seats // 2 + 1
    of_one = rows.filter(home_commune=OuterRef("pk"), people__lte=OuterRef("room"))
    first = ArraySubquery(of_one.in_queue_order().values("pk")[:many])
    found = communes.exclude(pk__in=full).annotate(room=room).order_by().values_list(first, flat=True)
    ids = [pk for some in found for pk in some]
    ordered = Registration.objects.filter(pk__in=ids).in_queue_order().values_list("pk", flat=True)
    return list(ordered[:many])


def passed_over(
    trip: Trip, seated: list[Registration], room: Room, *, asked: Iterable[int] = ()
) -> list[PassedOver]:
    """The first families before the last one seated that got no seat, each with what stood against it at
    its turn. `room` is what there was at the beginning; nothing is saved."""
    before = in_reach(trip)
    if seated:
        before = before.ahead_of(seated[-1])
    destinations = trip.destination_ids
    rows = list(
        (before.filter(home_commune__in=destinations) if destinations else before).in_queue_order()[
            :SHOWN_PASSED_OVER
        ]
    )
    if destinations and len(rows) < SHOWN_PASSED_OVER:
        others = before.exclude(home_commune__in=destinations).in_queue_order()
        rows += others[: SHOWN_PASSED_OVER - len(rows)]
    left, had, taken = room.copy(), set(asked), {family.pk for family in seated}
    found = []
    for family in sorted([*rows, *seated], key=_place):
        if family.pk in taken:
            left.take(family)
            continue
        turn = left.turn(trip, family, had)
        condition = standing(turn)
        why, free = (condition.why, condition.free(turn)) if condition else (Why.BUSY, max(0, left.seats))
        found.append(PassedOver(registration=family, why=why, people=family.people, free=free))
    return found


def _place(family: Registration) -> tuple[int, float, int]:
    assert family.registered_at is not None
    return -family.score, family.registered_at.timestamp(), family.pk
