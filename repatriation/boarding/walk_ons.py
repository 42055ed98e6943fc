"""Walk-ons: people without a seat in the closed list who get on free seats, with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.formats import vn_time
from repatriation.boarding.actions import (
    HAS_SEAT,
    BoardingResult,
    lock_trips,
    members_of,
    no_room,
    no_room_sentence,
    sent_before,
    write_boardings,
)
from repatriation.intake.actions import lock_day
from repatriation.models import Boarding, Campaign, Offer, Registration, Trip
from repatriation.registration.drafts import PersonEntry
from repatriation.registration.people import Home, settle_people
from repatriation.registration.refusals import require_unregistered
from repatriation.seats.answering import ask_next

MAY_WALK_ON = frozenset(
    {
        Registration.Status.WAITING,
        Registration.Status.OFFERED,
        Registration.Status.CONFIRMED,
        Registration.Status.DECLINED,
        Registration.Status.NO_SHOW,
    }
)


@transaction.atomic
def board_walk_on(
    trip: Trip,
    registration: Registration,
    *,
    reason: str,
    by: User,
    client_key: UUID,
    people: Collection[int] | None = None,
    at: dt.datetime | None = None,
) -> BoardingResult:
    """Record that a registered family without a seat here gets on free seats of this trip.

    A seat that it has on another trip goes to the next family there. Raises `Refused`.
    """
    if (before := sent_before(client_key)) is not None:
        return before
    _require_reason(reason)
    live = Offer.objects.filter(registration=registration, status__in=Offer.LIVE).first()
    other = live.trip if live is not None and live.trip_id != trip.pk else None
    trip, *others = lock_trips(trip, *([other] if other is not None else []))
    for one in others:  # its freed seats are offered to the next families
        Campaign.objects.hold_rules(one.campaign_id)
    lock_day(*(one.day for one in [*others, trip]))
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    now = Offer.objects.filter(registration=row, status__in=Offer.LIVE).first()
    if (now and now.pk) != (live and live.pk):
        raise Refused(_("Đăng ký này vừa thay đổi. Vui lòng quét lại mã."))
    walked_on = not Offer.objects.filter(trip=trip, registration=row, status__in=HAS_SEAT).exists()
    if walked_on:
        _seat_walk_on(trip, row, now, by=by, reason=reason)
        if now is not None and other is not None:
            ask_next(Trip.objects.select_related("campaign", "pickup", "gateway").get(pk=other.pk))
    return write_boardings(
        trip,
        members_of(row, people),
        row,
        by=by,
        client_key=client_key,
        at=at,
        reason=reason if walked_on else "",
    )


@transaction.atomic
def board_strangers(
    trip: Trip,
    people: Sequence[PersonEntry],
    *,
    home: Place,
    phone: str,
    reason: str,
    by: User,
    client_key: UUID,
    address: str = "",
    at: dt.datetime | None = None,
) -> BoardingResult:
    """Record that people who are in no registration get on free seats. Raises `Refused`."""
    if (before := sent_before(client_key)) is not None:
        return before
    _require_reason(reason)
    (trip,) = lock_trips(trip)
    persons = settle_people(people, Home(home, address, phone), by=by)
    if len({person.pk for person in persons}) < len(persons):
        raise Refused(_("Hai người có cùng số giấy tờ. Vui lòng xem lại."))
    require_unregistered(persons)
    _require_seats(trip, len(persons))
    return write_boardings(trip, persons, None, by=by, client_key=client_key, at=at, reason=reason)


def _seat_walk_on(trip: Trip, row: Registration, live: Offer | None, *, by: User, reason: str) -> None:
    """Give the family seats here, by the same transitions as for every other."""
    if row.status not in MAY_WALK_ON:
        raise Refused(
            _("%(code)s: %(status)s. Vui lòng gọi điều phối, hoặc ghi từng người là người không có đăng ký.")
            % {"code": row.code, "status": row.get_status_display().lower()}
        )
    if row.held_at is not None:
        raise Refused(
            _("Gia đình %(code)s đang được tạm giữ. Vui lòng gọi điều phối trước khi cho đi.")
            % {"code": row.code}
        )
    elsewhere = Boarding.objects.standing().filter(registration=row).exclude(trip=trip)
    boarded = elsewhere.select_related("trip").first()
    if boarded is not None:
        raise Refused(
            _("Gia đình %(code)s đã lên xe chuyến %(trip)s lúc %(time)s.")
            % {"code": row.code, "trip": boarded.trip.code, "time": vn_time(boarded.at)}
        )
    _require_seats(trip, row.people)
    data = {"trip": trip.code, "walk_on": True}
    if row.status != Registration.Status.WAITING:
        row = transition(row, "requeue", by=by, reason=reason, data=data)
    if live is not None:
        transition(live, "cancel", by=by, reason=reason)
    row = transition(row, "offer", by=by, reason=reason, data=data)
    now = timezone.now()
    try:
        with transaction.atomic():
            offer = Offer.objects.create(trip=trip, registration=row, people=row.people, deadline=now)
    except IntegrityError as error:
        raise no_room(error, trip) from error
    transition(offer, "confirm", by=by, reason=reason, answered_at=now)
    transition(row, "confirm", by=by, data=data)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do cho đi thêm, ví dụ: còn chỗ, đang chờ ở bến."))


def _require_seats(trip: Trip, people: int) -> None:
    free = Trip.objects.get(pk=trip.pk).seats_free
    if free < people:
        raise Refused(no_room_sentence(free))
