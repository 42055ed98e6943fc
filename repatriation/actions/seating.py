"""Seats go to the families that wait, in the order of the queue (design §5.3, §5.4).

Locks: the trip, then its candidates with SKIP LOCKED, so that coordinators who fill at the same time
never wait for each other's families and never seat one twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import ROOT
from portal.places.tree import ids_under
from portal.records.actors import SYSTEM, Actor
from portal.records.transitions import TransitionRefused
from repatriation.actions.offering import give_back, lock_offers, offer_seats
from repatriation.models import Campaign, Offer, Registration, Trip
from repatriation.models.registration import RegistrationQuerySet
from repatriation.refusal import Refusal

ANSWER_BEFORE_DEPARTURE = dt.timedelta(hours=2)
SHORTEST_TIME_TO_ANSWER = dt.timedelta(minutes=15)
SHOWN_SKIPPED = 20


class QueueInMotion(Refusal):
    """A part of the queue still stands by the old rules."""

    def __str__(self) -> str:
        return _("Hàng chờ đang được tính lại điểm theo quy tắc mới. Vui lòng đợi vài phút rồi xếp chỗ.")


@dataclass(frozen=True)
class FillResult:
    """Who was seated, in queue order, and the first families that were passed over for want of room."""

    seated: list[Offer] = field(default_factory=list)
    skipped: list[Registration] = field(default_factory=list)

    @property
    def people(self) -> int:
        return sum(offer.people for offer in self.seated)


@transaction.atomic
def fill_trip(trip: Trip, *, by: User | Actor) -> FillResult:
    """Offer the free seats to the families first in the queue that are in the trip's reach.

    A family is seated whole, and passed over only while it does not fit. One that had an offer of this
    trip before (it lapsed, or was declined) is not asked again. Raises `TransitionRefused` when the trip
    is not open and `Refusal` when nobody could answer before it leaves.
    """
    rows = Trip.objects.select_for_update(of=("self",)).select_related("campaign", "pickup", "gateway")
    trip = rows.get(pk=trip.pk)
    if trip.status != Trip.Status.OPEN:
        raise TransitionRefused(trip, "fill")
    deadline = answer_deadline(trip)
    if deadline < timezone.now() + SHORTEST_TIME_TO_ANSWER:
        raise Refusal(
            _("Chuyến sắp khởi hành, gia đình không kịp trả lời. Vui lòng chốt danh sách hoặc hủy chuyến.")
        )
    if Campaign.objects.hold_rules(trip.campaign_id).rescoring_since:
        raise QueueInMotion
    asked = set(Offer.objects.filter(trip=trip).values_list("registration_id", flat=True))
    queue = in_reach(trip)
    chosen: list[Registration] = []
    free = trip.seats_free
    while free:
        # A small batch: what is locked here and not seated stands still for other coordinators.
        batch = queue.filter(people__lte=free).exclude(pk__in=asked).in_queue_order()[: max(1, free // 4)]
        families = list(batch.select_for_update(of=("self",), skip_locked=True))
        if not families:
            break
        for family in families:
            if family.people <= free:
                chosen.append(family)
                asked.add(family.pk)
                free -= family.people
    seated = offer_seats(trip, chosen, deadline, by=by)
    return FillResult(seated, _passed_over(queue.exclude(pk__in=asked), seated, free))


def in_reach(trip: Trip) -> RegistrationQuerySet:
    """The waiting families of the campaign that are in the province of the trip's pick-up point."""
    province = f"{ROOT}{trip.pickup.province_code}/"
    families = Registration.objects.waiting(trip.campaign).screened(trip.campaign)
    return families.filter(origin_id__in=ids_under([province]))


def answer_deadline(trip: Trip, now: dt.datetime | None = None) -> dt.datetime:
    """Until when a family that is asked now may answer."""
    hours = dt.timedelta(hours=trip.campaign.offer_hours)
    return min((now or timezone.now()) + hours, trip.departs_at - ANSWER_BEFORE_DEPARTURE)


@transaction.atomic
def lapse_due(trip: Trip, *, now: dt.datetime | None = None, by: User | Actor = SYSTEM) -> list[Offer]:
    """End the trip's offers whose time is over, and ask the next families while the trip is open."""
    moment = now or timezone.now()
    rows = Trip.objects.select_for_update(of=("self",)).select_related("campaign", "pickup", "gateway")
    trip = rows.get(pk=trip.pk)
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
    """Not of a queue that gets new scores at the moment: their seats go on once it stands again."""
    due = Offer.objects.filter(
        status=Offer.Status.OFFERED,
        deadline__lte=now or timezone.now(),
        trip__campaign__rescoring_since=None,
    )
    return list(Trip.objects.filter(pk__in=due.values("trip")).order_by("pk"))


def _passed_over(queue: RegistrationQuerySet, seated: list[Offer], free: int) -> list[Registration]:
    """Families before the last one seated that did not fit, the first few in order."""
    rows = queue.filter(people__gt=free)
    if seated:
        rows = rows.ahead_of(seated[-1].registration)
    return list(rows.in_queue_order()[:SHOWN_SKIPPED])
