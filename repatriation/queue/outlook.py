"""How many wait, by the province where they are and by their home commune, against seats and limits to come.

Each table is made from a few grouped queries, whatever the number of families; an index has the sums' columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Sum, Value
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from repatriation.models import Campaign, Intake, Registration, Trip

DAYS = 7  # of limits, from tomorrow: today's trips are closed or about to leave
SUMS = {"families": Count("*"), "members": Sum("people")}
TOP = 5  # places beside the queue; the others are on a page of their own


@dataclass
class OriginLine:
    """A province from which families wait to be fetched."""

    place: Place | None
    families: int = 0
    people: int = 0
    seats: int = 0  # free on the trips to come that take people up there

    @property
    def missing(self) -> int:
        return max(0, self.people - self.seats)


@dataclass
class HomeLine:
    """A commune to which families wait to come, and how many people it takes in on the next days."""

    place: Place
    families: int
    people: int
    room: int = 0  # on the days with a limit
    limited_days: int = 0

    @property
    def open_days(self) -> int:
        return DAYS - self.limited_days

    @property
    def is_short(self) -> bool:
        return self.limited_days == DAYS and self.people > self.room


@dataclass(frozen=True)
class Outlook:
    origins: Sequence[OriginLine]
    homes: Sequence[HomeLine]
    families: int
    people: int
    seats: int
    first_day: dt.date
    last_day: dt.date

    @property
    def top_origins(self) -> Sequence[OriginLine]:
        return self.origins[:TOP]

    @property
    def top_homes(self) -> Sequence[HomeLine]:
        return self.homes[:TOP]

    @property
    def has_more(self) -> bool:
        return len(self.origins) > TOP or len(self.homes) > TOP


def outlook(user: User, campaign: Campaign) -> Outlook:
    """Return what the user may see of a campaign's queue, the places with the most people first."""
    first = timezone.localdate() + dt.timedelta(days=1)
    last = first + dt.timedelta(days=DAYS - 1)
    waiting = Registration.objects.visible_to(user, Permission.SEE_QUEUE).waiting(campaign).order_by()
    by_origin = waiting.annotate(by=Value("origin")).values_list("by", "origin_id").annotate(**SUMS)
    by_home = waiting.annotate(by=Value("home")).values_list("by", "home_commune_id").annotate(**SUMS)
    sums = list(by_origin.union(by_home, all=True))
    seats = _free_seats(user, campaign)
    ids = [pk for _by, pk, *_sums in sums if pk] + list(seats)
    places = Place.objects.select_related("parent__parent").in_bulk(ids)
    origins = _origins([row[1:] for row in sums if row[0] == "origin"], seats, places)
    homes = _homes([row[1:] for row in sums if row[0] == "home"], places)
    _add_limits(homes, user, first, last)
    return Outlook(
        origins=origins,
        homes=homes,
        families=sum(line.families for line in homes),
        people=sum(line.people for line in homes),
        seats=sum(line.seats for line in origins),
        first_day=first,
        last_day=last,
    )


def _free_seats(user: User, campaign: Campaign) -> dict[int, int]:
    """Return the free seats of the trips that still take families, by the id of the pick-up point."""
    trips = Trip.objects.visible_to(user, Permission.SEE_QUEUE).filter(
        campaign=campaign,
        status__in=[Trip.Status.PLANNED, Trip.Status.OPEN],
        departs_at__gt=timezone.now(),
    )
    return dict(trips.order_by().values_list("pickup_id").annotate(free=Sum(F("seats") - F("seats_taken"))))


def _origins(
    rows: Iterable[tuple[int | None, int, int]], seats: Mapping[int, int], places: Mapping[int, Place]
) -> list[OriginLine]:
    """Add wards and pick-up points up to their provinces."""
    lines: dict[Place | None, OriginLine] = {}
    for pk, families, people in rows:
        province = places[pk].province if pk else None
        line = lines.setdefault(province, OriginLine(province))
        line.families += families
        line.people += people
    for pk, free in seats.items():
        province = places[pk].province
        lines.setdefault(province, OriginLine(province)).seats += free
    return sorted(
        lines.values(), key=lambda line: (-line.people, -line.seats, line.place.path if line.place else "")
    )


def _homes(rows: Iterable[tuple[int, int, int]], places: Mapping[int, Place]) -> list[HomeLine]:
    lines = [HomeLine(places[pk], families, people) for pk, families, people in rows]
    return sorted(lines, key=lambda line: (-line.people, line.place.path))


def _add_limits(lines: Iterable[HomeLine], user: User, first: dt.date, last: dt.date) -> None:
    of_commune = {line.place.pk: line for line in lines}
    limits = Intake.objects.visible_to(user, Permission.SEE_INTAKE).filter(
        day__range=(first, last), commune__in=of_commune
    )
    rows = limits.order_by().values_list("commune_id")
    for pk, days, room in rows.annotate(days=Count("pk"), left=Sum(F("people_limit") - F("taken"))):
        of_commune[pk].limited_days, of_commune[pk].room = days, room
