"""Offers of a trip's free seats to the waiting families, in the order of the queue (design §5.3, §5.4).

The candidates are locked with SKIP LOCKED, so that coordinators who fill at the same time never wait for each
other's families and never seat one twice. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.actors import SYSTEM, Actor, as_actor
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from repatriation.intake.actions import lock_day
from repatriation.models import Campaign, Filling, Offer, PassedOver, Registration, Trip
from repatriation.seats.choosing import Room, asked_before, choose, passed_over
from repatriation.seats.offering import give_back, lock_offers, offer_seats

ANSWER_BEFORE_DEPARTURE = dt.timedelta(hours=2)
SHORTEST_TIME_TO_ANSWER = dt.timedelta(minutes=15)


class QueueInMotion(Refused):
    """The queue is being rescored, and a part of it still stands by the old rules."""

    def __str__(self) -> str:
        return _("Hàng chờ đang được tính lại điểm theo quy tắc mới. Vui lòng đợi vài phút rồi xếp chỗ.")


class TooLateToAsk(Refused):
    """The trip leaves too soon for a family to answer."""

    def __str__(self) -> str:
        return _("Chuyến sắp khởi hành, gia đình không kịp trả lời. Vui lòng chốt danh sách hoặc hủy chuyến.")


@dataclass(frozen=True)
class FillResult:
    """The offers made, in queue order, and the first families before the last of them that got no seat."""

    seated: list[Offer] = field(default_factory=list)
    passed: list[PassedOver] = field(default_factory=list)

    @property
    def people(self) -> int:
        return sum(offer.people for offer in self.seated)

    @property
    def skipped(self) -> list[Registration]:
        return [row.registration for row in self.passed]


@transaction.atomic
def fill_trip(trip: Trip, *, by: User | Actor) -> FillResult:
    """Offer the free seats to the first families of the queue that are in the trip's reach.

    A family is seated whole, and passed over only while something stands against it; the `Filling` records
    what. A family that had an offer of this trip before (it lapsed, or was declined) is not asked again.

    Raises `TransitionRefused` when the trip is not open, `TooLateToAsk` when nobody could answer before it
    leaves, and `QueueInMotion` while the queue is rescored.
    """
    rows = Trip.objects.select_for_update(of=("self",)).select_related("campaign", "pickup", "gateway")
    trip = rows.get(pk=trip.pk)
    if trip.status != Trip.Status.OPEN:
        raise TransitionRefused(trip, "fill")
    deadline = require_time_to_answer(trip)
    if Campaign.objects.hold_rules(trip.campaign_id).rescoring_since:
        raise QueueInMotion
    room = Room(trip.seats_free, lock_day(trip.day))
    asked_ids = asked_before(trip)
    families = choose(trip, room, asked_ids=asked_ids)
    seated = offer_seats(trip, families, deadline, by=by)
    passed = passed_over(trip, families, room, asked_ids=asked_ids)
    _record_filling(trip, seated, passed, by=by)
    return FillResult(seated, passed)


def require_time_to_answer(trip: Trip) -> dt.datetime:
    """Return until when a family that is asked now may answer. Raises `TooLateToAsk`."""
    deadline = answer_deadline(trip)
    if deadline < timezone.now() + SHORTEST_TIME_TO_ANSWER:
        raise TooLateToAsk
    return deadline


def _record_filling(trip: Trip, seated: list[Offer], passed: list[PassedOver], *, by: User | Actor) -> None:
    """Write down what was offered, and which families were passed over."""
    user = as_actor(by).user
    filling = Filling.objects.create(
        trip=trip, by=user, families=len(seated), people=sum(offer.people for offer in seated)
    )
    for row in passed:
        row.filling = filling
    PassedOver.objects.bulk_create(passed)


def answer_deadline(trip: Trip, now: dt.datetime | None = None) -> dt.datetime:
    """Return until when a family that is asked now may answer; at the latest 2 hours before departure."""
    hours = dt.timedelta(hours=trip.campaign.offer_hours)
    return min((now or timezone.now()) + hours, trip.departs_at - ANSWER_BEFORE_DEPARTURE)


@transaction.atomic
def lapse_due(trip: Trip, *, now: dt.datetime | None = None, by: User | Actor = SYSTEM) -> list[Offer]:
    """Lapse the trip's offers past their deadline, and ask the next families while the trip is open."""
    moment = now or timezone.now()
    rows = Trip.objects.select_for_update(of=("self",)).select_related("campaign", "pickup", "gateway")
    trip = rows.get(pk=trip.pk)
    Campaign.objects.hold_rules(trip.campaign_id)
    due = [offer for offer in lock_offers(trip, Offer.Status.OFFERED) if offer.deadline <= moment]
    give_back(trip, due, "lapse", by=by, message="offer_lapsed")
    if (
        due
        and trip.status == Trip.Status.OPEN
        and answer_deadline(trip, moment) >= moment + SHORTEST_TIME_TO_ANSWER
    ):
        fill_trip(trip, by=by)
    return due


def trips_with_lapsed_offers(now: dt.datetime | None = None) -> list[Trip]:
    """Return the trips with offers past their deadline.

    Trips of a queue that is being rescored are left out: their offers lapse once that is done.
    """
    due = Offer.objects.filter(
        status=Offer.Status.OFFERED,
        deadline__lte=now or timezone.now(),
        trip__campaign__rescoring_since=None,
    )
    return list(Trip.objects.filter(pk__in=due.values("trip")).order_by("pk"))
