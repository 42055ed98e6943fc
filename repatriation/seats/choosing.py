"""The choice of families for the free seats of a trip, and why families before them got none (design §5.3).

Families are taken in the order of the queue, each as a whole. One is passed over only while a condition of
`conditions.CONDITIONS` stands against it, or while another transaction has locked it.
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
from repatriation.seats.conditions import AT_EACH_TURN, Turn, Why, condition_against, suitable

SHOWN_PASSED_OVER = 50
FEW = 6  # seats; with more of them nearly every family fits


@dataclass
class Room:
    """The free seats of a trip, and the people that each commune with a limit that day still takes in."""

    seats: int
    of_commune: dict[int, int] = field(default_factory=dict)

    def turn(self, trip: Trip, family: Registration, asked_ids: Collection[int] = ()) -> Turn:
        return Turn(trip, family, self.seats, self.left_at_home(family), asked_ids)

    def left_at_home(self, family: Registration) -> int | None:
        """Return how many people the family's home commune still takes in; None where it has no limit."""
        return self.of_commune.get(family.home_commune_id or 0)

    def take(self, family: Registration) -> None:
        self.seats -= family.people
        if family.home_commune_id in self.of_commune:
            self.of_commune[family.home_commune_id] -= family.people

    def copy(self) -> Room:
        return Room(self.seats, dict(self.of_commune))


def in_reach(trip: Trip) -> RegistrationQuerySet:
    """Return the waiting families of the campaign in the province of the trip's pick-up point."""
    return Registration.objects.waiting(trip.campaign).filter(origin_id__in=trip.reach)


def asked_before(trip: Trip) -> set[int]:
    """Return the families (ids) that had an offer of this trip; filling does not offer it again."""
    if trip.pk is None:  # only planned in a form so far
        return set()
    return set(Offer.objects.filter(trip=trip).values_list("registration_id", flat=True))


def choose(trip: Trip, room: Room, *, asked_ids: Iterable[int] = (), lock: bool = True) -> list[Registration]:
    """Return families for the free seats in queue order, locked. Families locked elsewhere are passed over.

    The caller has locked the trip and its day. Families are locked in small batches, because one that is
    locked and not chosen cannot be seated by other coordinators meanwhile. The lock lets other rows refer to
    the family: another filling records that it passed the family over as busy, and must not wait for this
    transaction. A preview chooses without `lock`: the same families, also those that are locked elsewhere.
    """
    queue, left, excluded = suitable(in_reach(trip), trip), room.copy(), set(asked_ids)
    destinations = trip.destination_ids
    by_commune = bool(destinations or left.of_commune)
    chosen: list[Registration] = []
    window: list[int] = []
    while left.seats:
        limit = max(1, left.seats // 4) if lock else left.seats
        rows = queue.filter(people__lte=left.seats).exclude(pk__in=excluded)
        if by_commune or left.seats <= FEW:
            if by_commune:
                window = window or _first_of_communes(rows, left, destinations)
            else:
                window = window or _first_of_sizes(rows, left.seats)
            if not window:
                break
            ids, window = window[:limit], window[limit:]
            rows = queue.filter(pk__in=ids, people__lte=left.seats)  # do not lock who no longer fits
            excluded.update(ids)  # seated below, locked elsewhere, or too large by now
        rows = rows.in_queue_order()[:limit]
        if lock:
            rows = rows.select_for_update(of=("self",), skip_locked=True, no_key=True)
        batch = list(rows)
        if not batch and not (by_commune or left.seats <= FEW):
            break
        for family in batch:
            if condition_against(left.turn(trip, family), AT_EACH_TURN) is None:
                chosen.append(family)
                excluded.add(family.pk)
                left.take(family)
    return chosen


def _first_of_sizes(rows: RegistrationQuerySet, seats: int) -> list[int]:
    """Return the ids of the first families of at most so many people, in queue order.

    Each size is read from its own part of the queue: large families have many points, and somebody alone
    stands behind thousands of them.
    """
    parts = [
        rows.filter(people=size).in_queue_order().values_list("score", "registered_at", "pk")[:seats]
        for size in range(1, seats + 1)
    ]
    candidates = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    ordered = sorted((-score, registered_at, pk) for score, registered_at, pk in candidates)
    return [pk for _score, _registered_at, pk in ordered[:seats]]


def _first_of_communes(rows: RegistrationQuerySet, left: Room, destinations: frozenset[int]) -> list[int]:
    """Return the ids of the first families for which there is room, in queue order.

    Each commune is read from its own part of the queue, so that a trip to three communes, or a day on which
    most are full, does not read the whole queue.
    """
    communes = Place.objects.filter(kind=Place.Kind.COMMUNE, path__startswith=home_path())
    if destinations:
        communes = communes.filter(pk__in=destinations)
    full = [pk for pk, people in left.of_commune.items() if people <= 0]
    limited = [When(pk=pk, then=Value(people)) for pk, people in left.of_commune.items() if people > 0]
    room = Case(*limited, default=Value(left.seats)) if limited else Value(left.seats)
    limit = left.seats // 2 + 1
    of_one = rows.filter(home_commune=OuterRef("pk"), people__lte=OuterRef("room"))
    first = ArraySubquery(of_one.in_queue_order().values("pk")[:limit])
    by_commune = communes.exclude(pk__in=full).annotate(room=room).order_by().values_list(first, flat=True)
    ids = [pk for commune_ids in by_commune for pk in commune_ids]
    ordered = Registration.objects.filter(pk__in=ids).in_queue_order().values_list("pk", flat=True)
    return list(ordered[:limit])


def passed_over(
    trip: Trip, seated: list[Registration], room: Room, *, asked_ids: Iterable[int] = ()
) -> list[PassedOver]:
    """Return the first families before the last one seated that got no seat, each with what stood against it.

    Each is judged by what was free at its turn. `room` is what was free at the beginning; nothing is saved.
    """
    before = in_reach(trip).exclude(pk__in=[family.pk for family in seated])  # a preview's still wait
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
    return judge(trip, rows, seated, room, asked_ids=asked_ids)


def judge(
    trip: Trip,
    rows: Iterable[Registration],
    seated: list[Registration],
    room: Room,
    *,
    asked_ids: Iterable[int] = (),
) -> list[PassedOver]:
    """Return what stands against each of these families at its turn, in queue order; nothing is saved."""
    left, had_offer, seated_ids = room.copy(), set(asked_ids), {family.pk for family in seated}
    passed = []
    for family in sorted([*rows, *seated], key=Registration.queue_key):
        if family.pk in seated_ids:
            left.take(family)
            continue
        turn = left.turn(trip, family, had_offer)
        condition = condition_against(turn)
        why, free = (condition.why, condition.free(turn)) if condition else (Why.BUSY, max(0, left.seats))
        passed.append(PassedOver(registration=family, why=why, people=family.people, free=free))
    return passed
