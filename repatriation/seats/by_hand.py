"""A coordinator's actions on one family that depart from the order of the queue.

All but the release need a reason. The conditions of `conditions.py` apply here as in filling, except those
that an officer may overrule. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition
from repatriation.intake.actions import lock_day
from repatriation.models import Boarding, Campaign, Offer, Registration, Trip
from repatriation.seats.answering import ask_next
from repatriation.seats.choosing import Room
from repatriation.seats.conditions import BY_HAND, condition_against
from repatriation.seats.filling import QueueInMotion, require_time_to_answer
from repatriation.seats.offering import offer_seats

Status = Registration.Status


@transaction.atomic
def hold_family(registration: Registration, *, by: User, reason: str) -> Registration:
    """Offer this family no seat until it is released. It keeps its place in the queue.

    Changes nothing when the family is held already. Raises `Refused` unless it waits.
    """
    _require_reason(reason)
    row = _locked(registration)
    if row.held_at is not None:
        return row
    _require_waiting(row)
    row.held_at, row.held_by, row.held_reason = timezone.now(), by, reason.strip()
    row.save(update_fields=["held_at", "held_by", "held_reason"])
    record(row, "hold", by=by, reason=row.held_reason)
    return row


@transaction.atomic
def release_family(registration: Registration, *, by: User) -> Registration:
    """Let this family be offered seats again, at its place in the queue."""
    row = _locked(registration)
    if row.held_at is None:
        return row
    row.held_at, row.held_by, row.held_reason = None, None, ""
    row.save(update_fields=["held_at", "held_by", "held_reason"])
    record(row, "release", by=by)
    return row


@transaction.atomic
def seat_family(registration: Registration, trip: Trip, *, by: User, reason: str) -> Offer:
    """Offer a waiting family seats on this trip ahead of its turn.

    Raises `Refused` with the condition that stands against it, `TransitionRefused` unless the trip is open.
    """
    _require_reason(reason)
    trip = _locked_trips(trip)[trip.pk]
    _require_no_rescoring(trip)
    room = Room(trip.seats_free, lock_day(trip.day))
    row = _locked(registration)
    _require_waiting(row)
    _require_open(trip)
    _require_suitable(trip, row, room)
    return offer_seats(trip, [row], require_time_to_answer(trip), by=by, by_hand=reason.strip())[0]


@transaction.atomic
def move_family(offer: Offer, to: Trip, *, by: User, reason: str) -> Offer:
    """Offer the family seats on another trip in place of this offer.

    It answers anew, also when it had confirmed. The seats that it leaves are offered to the next families.
    Raises `Refused` or `TransitionRefused`; then the family keeps its seats.
    """
    _require_reason(reason)
    if to.pk == offer.trip_id:
        raise Refused(_("Gia đình đang ở chính chuyến này. Vui lòng chọn chuyến khác."))
    trips = _locked_trips(offer.trip, to)
    source, to = trips[offer.trip_id], trips[to.pk]
    _require_no_rescoring(to)
    room = Room(to.seats_free, lock_day(source.day, to.day))
    row = _locked(offer.registration)
    old = Offer.objects.select_for_update().get(pk=offer.pk)
    if old.status not in Offer.LIVE:
        raise TransitionRefused(old, "cancel")
    if source.status not in {Trip.Status.OPEN, Trip.Status.CLOSED}:
        raise TransitionRefused(source, "fill")
    _require_not_on_board(source, row)
    _require_open(to)
    if source.day == to.day and row.home_commune_id in room.of_commune:
        room.of_commune[row.home_commune_id] += old.people
    _require_suitable(to, row, room)
    deadline = require_time_to_answer(to)
    data = {"trip": source.code, "to": to.code}
    row = transition(row, "requeue", by=by, reason=reason, data=data)
    transition(old, "cancel", by=by, reason=reason, data=data, answered_at=timezone.now())
    moved = offer_seats(to, [row], deadline, by=by, by_hand=reason.strip(), kind="offer_moved")[0]
    ask_next(source)
    return moved


def _locked(registration: Registration) -> Registration:
    rows = Registration.objects.select_for_update(of=("self",)).select_related("home_commune")
    return rows.get(pk=registration.pk)


def _locked_trips(*trips: Trip) -> dict[int, Trip]:
    rows = Trip.objects.select_for_update(of=("self",)).select_related("campaign", "pickup", "gateway")
    return {row.pk: row for row in rows.filter(pk__in=[trip.pk for trip in trips]).order_by("pk")}


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do."))


def _require_waiting(row: Registration) -> None:
    if row.status != Status.WAITING:
        raise Refused(
            _("Chỉ làm được với gia đình đang chờ. Hiện nay: %(status)s.")
            % {"status": row.get_status_display()}
        )


def _require_open(trip: Trip) -> None:
    if trip.status != Trip.Status.OPEN:
        raise TransitionRefused(trip, "fill")


def _require_not_on_board(trip: Trip, row: Registration) -> None:
    if Boarding.objects.standing().filter(trip=trip, registration=row).exists():
        raise Refused(
            _(
                "Gia đình %(code)s đã lên xe chuyến %(trip)s. Vui lòng gọi người ở điểm đón bỏ ghi lên xe, "
                "rồi chuyển."
            )
            % {"code": row.code, "trip": trip.code}
        )


def _require_no_rescoring(trip: Trip) -> None:
    if Campaign.objects.hold_rules(trip.campaign_id).rescoring_since:
        raise QueueInMotion


def _require_suitable(trip: Trip, family: Registration, room: Room) -> None:
    """Raise `Refused` for the first condition that stands against this family on this trip."""
    if family.campaign_id != trip.campaign_id:  # it stands in another queue
        names = {"code": family.code, "trip": trip.code}
        raise Refused(_("Gia đình %(code)s thuộc đợt khác với chuyến %(trip)s.") % names)
    turn = room.turn(trip, family)
    condition = condition_against(turn, BY_HAND)
    if condition is not None:
        raise Refused(condition.refusal(turn))
