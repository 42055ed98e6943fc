"""A family leaves the queue and gives its seats back, or returns to the queue."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.actors import Actor
from portal.records.refusals import Refused
from portal.records.transitions import transition
from repatriation.intake.actions import lock_day
from repatriation.models import Campaign, Offer, Registration, Trip
from repatriation.models.registration import Status
from repatriation.screening.actions import begin_screening, end_screening
from repatriation.seats.answering import ask_next
from repatriation.seats.offering import require_nobody_on_board


def withdraw(registration: Registration, *, by: User | Actor, reason: str = "") -> Registration:
    """Withdraw the family from the queue and free its seats. A second press changes nothing.

    Raises `TransitionRefused` when the family is already on its way, `OnBoard` when it is on the vehicle.
    """
    while True:
        with transaction.atomic():
            trip_id = _live_offers(registration).values_list("trip_id", flat=True).first()
            if trip_id is not None:
                trip = Trip.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=trip_id)
                Campaign.objects.hold_rules(trip.campaign_id)
                lock_day(trip.day)
            row = Registration.objects.select_for_update().get(pk=registration.pk)
            offer = _live_offers(row).select_for_update().first()
            if (offer.trip_id if offer else None) != trip_id:
                continue  # the offer changed before it was locked: start over, to lock the right trip first
            if row.status == Status.WITHDRAWN:
                return row
            if offer is not None:
                require_nobody_on_board(trip, row)
            row = transition(row, "withdraw", by=by, reason=reason)
            end_screening(row, by=by)
            notify("registration_withdrawn", phone=row.phone, about=row, context={"code": row.code})
            if offer is not None:
                transition(offer, "cancel", by=by, reason=reason, answered_at=timezone.now())
                ask_next(trip)
            return row


def _live_offers(registration: Registration) -> QuerySet[Any]:
    return Offer.objects.filter(registration=registration, status__in=Offer.LIVE).order_by("pk")


@transaction.atomic
def requeue_family(registration: Registration, *, by: User | Actor, reason: str = "") -> Registration:
    """Put a family that did not come, or that gave up its seat, back in its old place in the queue.

    Raises `Refused` in every other state.
    """
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if row.status not in {Registration.Status.NO_SHOW, Registration.Status.DECLINED}:
        raise Refused(
            _("Chỉ đưa lại hàng chờ gia đình không có mặt hoặc đã từ chối chỗ. Hiện nay: %(status)s.")
            % {"status": row.get_status_display()}
        )
    row = transition(row, "requeue", by=by, reason=reason)
    begin_screening(row)
    notify("back_in_queue", phone=row.phone, about=row, context={"code": row.code})
    return row
