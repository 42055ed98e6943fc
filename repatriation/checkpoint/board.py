"""The figures of the board: for each checkpoint, who is expected, came, waits, is overdue or was refused.

Each figure is counted from the same rows that its list shows. All figures of all checkpoints are one statement.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from repatriation.models import Arrival, Boarding, Handover, Member, Offer, Trip

BEFORE, AFTER = dt.timedelta(hours=18), dt.timedelta(hours=18)  # departures whose people are expected
ON_THE_WAY = (Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED)
SEATED = (Offer.Status.CONFIRMED, Offer.Status.TRAVELLED)
Places = Collection[int]


def expected(places: Places, now: dt.datetime) -> list[QuerySet[Any]]:
    """Return who is still to come on the trips of these hours: families with a seat, and walk-ons without a family."""
    around = (now - BEFORE, now + AFTER)
    entered = Arrival.objects.standing().filter(
        registration=OuterRef("registration"), person=OuterRef("person")
    )
    members = Member.objects.filter(
        registration__offers__trip__gateway__in=places,
        registration__offers__trip__status__in=ON_THE_WAY,
        registration__offers__trip__departs_at__range=around,
        registration__offers__status__in=SEATED,
    ).exclude(Exists(entered))
    members = members.annotate(
        at_place=F("registration__offers__trip__gateway"), on_trip=F("registration__offers__trip")
    )
    since = Arrival.objects.standing().filter(person=OuterRef("person"), at__gte=OuterRef("at"))
    strangers = Boarding.objects.standing().filter(
        registration=None,
        trip__gateway__in=places,
        trip__status__in=ON_THE_WAY,
        trip__departs_at__range=around,
    )
    strangers = strangers.exclude(Exists(since)).annotate(at_place=F("trip__gateway"), on_trip=F("trip"))
    return [members, strangers]


def arrived(places: Places, now: dt.datetime) -> list[QuerySet[Any]]:
    """Return the arrivals of the day that were not taken back."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Arrival.objects.standing().filter(checkpoint__in=places, at__gte=start)
    return [rows.annotate(at_place=F("checkpoint"))]


def waiting(places: Places, _now: dt.datetime) -> list[QuerySet[Any]]:
    """Return the handovers that no commune has answered."""
    return [Handover.objects.open().filter(from_place__in=places).annotate(at_place=F("from_place"))]


def overdue(places: Places, now: dt.datetime) -> list[QuerySet[Any]]:
    """Return the handovers that no commune answered in time."""
    return [Handover.objects.overdue(now).filter(from_place__in=places).annotate(at_place=F("from_place"))]


def refused(places: Places, _now: dt.datetime) -> list[QuerySet[Any]]:
    """Return the handovers that were sent back and not rerouted yet."""
    return [Handover.objects.sent_back().filter(from_place__in=places).annotate(at_place=F("from_place"))]


@dataclass(frozen=True)
class BoardFigure:
    """One column of the board. `rows(places, now)` gives what it counts, with `at_place`."""

    key: str
    label: str | Promise
    icon: str
    tone: str
    rows: Callable[[Places, dt.datetime], list[QuerySet[Any]]]


FIGURES = (
    BoardFigure("expected", _("Sắp đến"), "bus", "info", expected),
    BoardFigure("arrived", _("Đã đến hôm nay"), "check", "good", arrived),
    BoardFigure("waiting", _("Chờ xã tiếp nhận"), "clock", "wait", waiting),
    BoardFigure("overdue", _("Quá hạn tiếp nhận"), "warning", "bad", overdue),
    BoardFigure("refused", _("Bị trả lại"), "back", "bad", refused),
)
BY_KEY = {figure.key: figure for figure in FIGURES}


@dataclass(frozen=True)
class BoardCell:
    """One figure of one line; `opens`: whether the reader may open the list behind it."""

    figure: BoardFigure
    number: int
    opens: bool

    @property
    def tone(self) -> str:
        return self.figure.tone if self.number else "plain"


@dataclass(frozen=True)
class CheckpointLine:
    """A checkpoint with its figures; without a place, their sums."""

    place: Place | None
    cells: Sequence[BoardCell]

    @property
    def key(self) -> str:
        return str(self.place.pk) if self.place is not None else "all"


def checkpoints_of(user: User) -> list[Place]:
    """Return the checkpoints whose figures the user may see."""
    ids = user.place_ids(Permission.RECORD_ARRIVALS) | user.place_ids(Permission.SEE_FIGURES)
    rows = Place.objects.active().filter(pk__in=ids, kind=Place.Kind.CHECKPOINT)
    return list(rows.by_name())


def may_open_list(user: User, places: Iterable[Place]) -> bool:
    """Let the checkpoint, and the province that reroutes its people, open the lists behind its figures."""
    return all(
        user.may(Permission.RECORD_ARRIVALS, place) or user.may(Permission.ROUTE_HANDOVERS, place)
        for place in places
    )


def read_board(places: Sequence[Place], user: User, now: dt.datetime | None = None) -> list[CheckpointLine]:
    """Return a line for each checkpoint, and before them the sums where there are several. One statement."""
    counts = _count([place.pk for place in places], now or timezone.now())
    lines = [_line(place, [place], counts, user) for place in places]
    return [_line(None, places, counts, user), *lines] if len(places) > 1 else lines


def _line(
    place: Place | None, places: Sequence[Place], counts: Counter[tuple[str, int]], user: User
) -> CheckpointLine:
    opens = may_open_list(user, places)
    cells = [
        BoardCell(figure, sum(counts[figure.key, one.pk] for one in places), opens) for figure in FIGURES
    ]
    return CheckpointLine(place, cells)


def _count(places: Places, now: dt.datetime) -> Counter[tuple[str, int]]:
    """Count every figure of every checkpoint in one statement."""
    if not places:
        return Counter()
    parts = [
        rows.order_by().values("at_place").annotate(many=Count("pk")).annotate(figure=Value(figure.key))
        for figure in FIGURES
        for rows in figure.rows(places, now)
    ]
    first, *others = parts
    counts: Counter[tuple[str, int]] = Counter()
    for row in first.union(*others, all=True):
        counts[row["figure"], row["at_place"]] += row["many"]
    return counts
