"""A family's answer to an offer of seats. Order of locks: docs/decisions/0019-order-of-locks.md."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.links import make_link
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.actors import SYSTEM, Actor
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition
from portal.ui.formats import vn_datetime
from repatriation.intake.actions import lock_day
from repatriation.models import Campaign, Offer, Registration, Trip
from repatriation.seats.filling import SHORTEST_TIME_TO_ANSWER, QueueInMotion, answer_deadline, fill_trip
from repatriation.seats.offering import require_nobody_on_board


class OfferExpired(Refused):
    """The family answered after the deadline; the seats go to the next family."""

    def __str__(self) -> str:
        return _(
            "Đã quá giờ trả lời, chỗ này được mời gia đình khác. Gia đình anh/chị vẫn ở trong hàng chờ, "
            "có chỗ sẽ nhắn tiếp. Cần gấp, vui lòng gọi %(hotline)s."
        ) % {"hotline": settings.PORTAL_HOTLINE}

    def to_officer(self) -> str:
        return _(
            "Đã quá giờ trả lời, chỗ này được mời gia đình khác. Gia đình vẫn giữ thứ tự trong hàng chờ, có chỗ "
            "sẽ nhắn tiếp."
        )


class AnsweredMeanwhile(Refused):
    """The offer has changed since it was shown to the family that now gives it up."""

    def __str__(self) -> str:
        return _("Chỗ này vừa được trả lời trên một máy hoặc trang khác. Vui lòng xem lại rồi chọn.")


def _locked(offer: Offer, *, gives_back: bool = False) -> tuple[Trip, Registration, Offer]:
    trip = (
        Trip.objects.select_for_update(of=("self",))
        .select_related("campaign", "pickup")
        .get(pk=offer.trip_id)
    )
    if gives_back:
        Campaign.objects.hold_rules(trip.campaign_id)
        lock_day(trip.day)
    registration = Registration.objects.select_for_update().get(pk=offer.registration_id)
    return trip, registration, Offer.objects.select_for_update().get(pk=offer.pk)


@transaction.atomic
def confirm_offer(offer: Offer, *, by: User | Actor) -> Offer:
    """Confirm the family's seats. A second press returns the confirmed offer unchanged.

    Raises `OfferExpired` past the deadline, `TransitionRefused` when the offer is over.
    """
    trip, registration, row = _locked(offer)
    if row.status == Offer.Status.CONFIRMED:
        return row
    if row.status == Offer.Status.LAPSED:
        raise OfferExpired
    now = timezone.now()
    if row.status == Offer.Status.OFFERED and row.deadline <= now:
        raise OfferExpired
    row = transition(row, "confirm", by=by, answered_at=now)
    transition(registration, "confirm", by=by)
    notify(
        "offer_confirmed",
        phone=registration.phone,
        about=row,
        context={
            "code": registration.code,
            "people": row.people,
            "trip": trip.code,
            "time": vn_datetime(trip.departs_at),
            "pickup": trip.pickup.name,
        },
        secrets={"link": make_link(row, "offer", phone=registration.phone)},
    )
    return row


@transaction.atomic
def decline_offer(offer: Offer, *, by: User | Actor, back_to_queue: bool, seen: str = "") -> Offer:
    """Give back the family's seats on this trip, also after it had confirmed them.

    With `back_to_queue` the family keeps its place in the queue; else it leaves the queue. The next families
    are offered the seats at once. An offer that has ended already is returned unchanged. `seen` is the status
    of the offer as the page showed it.

    Raises `AnsweredMeanwhile` when the status is another one by now, `TransitionRefused` when the trip has
    left or the offer is otherwise over, and `OnBoard` when somebody of the family is on the vehicle.
    """
    trip, registration, row = _locked(offer, gives_back=True)
    if row.status in {Offer.Status.DECLINED, Offer.Status.CANCELLED, Offer.Status.LAPSED}:
        return row
    if seen and row.status != seen:
        raise AnsweredMeanwhile
    if trip.status not in {Trip.Status.OPEN, Trip.Status.PLANNED, Trip.Status.CLOSED}:
        raise TransitionRefused(row, "decline")
    require_nobody_on_board(trip, registration)
    had_confirmed = row.status == Offer.Status.CONFIRMED
    row = transition(row, "cancel" if had_confirmed else "decline", by=by, answered_at=timezone.now())
    if back_to_queue:
        transition(registration, "requeue", by=by)
    else:
        transition(registration, "withdraw" if had_confirmed else "decline", by=by)
    notify(
        "offer_declined" if back_to_queue else "offer_left",
        phone=registration.phone,
        about=row,
        context={"code": registration.code, "trip": trip.code},
    )
    ask_next(trip)
    return row


def ask_next(trip: Trip) -> None:
    """Offer freed seats to the next families, while the trip is open and they have time to answer.

    The caller has locked the trip. While the queue is rescored the seats stay free; `fill_freed` offers them
    after that.
    """
    now = timezone.now()
    if trip.status == Trip.Status.OPEN and answer_deadline(trip, now) >= now + SHORTEST_TIME_TO_ANSWER:
        with suppress(QueueInMotion):
            fill_trip(trip, by=SYSTEM)


def fill_freed(campaign: Campaign, *, since: dt.datetime) -> None:
    """Offer the seats that were given back since that moment, while the queue was rescored."""
    freed = Offer.objects.filter(
        trip__campaign=campaign,
        trip__status=Trip.Status.OPEN,
        status__in=[Offer.Status.DECLINED, Offer.Status.CANCELLED],
        answered_at__gte=since,
    )
    for pk in freed.order_by("trip").values_list("trip", flat=True).distinct():
        with transaction.atomic():
            trip = Trip.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=pk)
            ask_next(trip)
