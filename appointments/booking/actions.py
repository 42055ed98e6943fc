"""Actions of citizens on bookings: book and cancel."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import rules
from appointments.booking.availability import nearest
from appointments.booking.messages import LINK_PURPOSE
from appointments.models import Booking, Procedure, Slot
from appointments.models.booking import CODE_PREFIX
from citizens import codes
from citizens.links import make_link
from portal import locks
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.text import nfc
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import transition
from portal.ui.formats import vn_datetime

LIVE_PER_PHONE = 2
RESEND = dt.timedelta(minutes=10)  # for how long a form's key finds the booking that it made
LINK_AFTER = dt.timedelta(days=7)  # for how long after the visit the secret link works


class SlotRefused(Refused):
    """The slot cannot be booked; `nearest` are the free slots closest to it."""

    def __init__(self, text: str, slot: Slot) -> None:
        super().__init__(text)
        self.slot = slot
        self.nearest = nearest(slot)


@transaction.atomic
def book(
    *,
    slot: Slot,
    procedure: Procedure,
    full_name: str,
    phone: str,
    client_key: UUID,
    by: User | Actor,
    consent: str = "",
) -> Booking:
    """Book one place of a slot and notify the phone. `consent` names the text that was agreed to.

    The same key sent again returns the same booking. The database limits the bookings to the capacity: its
    trigger counts, its constraint refuses. Raises `SlotRefused` (full, closed or past) and `Refused`.
    """
    locks.hold(locks.Kind.BOOKING_PHONE, phone)  # bookings of one phone are counted one after the other
    earlier = Booking.objects.filter(client_key=client_key, phone=phone).first()
    if earlier is not None:
        return earlier
    slot = Slot.objects.select_related("office__place").get(pk=slot.pk)
    _check_time(slot)
    if not slot.office.procedures.filter(pk=procedure.pk, is_active=True).exists():
        raise Refused(_("Nơi này không nhận thủ tục đã chọn. Vui lòng chọn thủ tục khác."))
    if Booking.objects.live().filter(phone=phone).count() >= LIVE_PER_PHONE:
        raise Refused(
            _(
                "Số này đang có %(count)s lịch hẹn. Vui lòng hủy bớt một lịch, hoặc gọi %(hotline)s để được giúp."
            )
            % {"count": LIVE_PER_PHONE, "hotline": settings.PORTAL_HOTLINE}
        )
    booking = _insert(
        Booking(slot=slot, procedure=procedure, full_name=nfc(full_name), phone=phone, client_key=client_key)
    )
    record(booking, "book", by=by, data={"consent": consent} if consent else None)
    notify(
        "booking_made",
        phone=phone,
        about=booking,
        context=_message_context(booking),
        secrets={"link": booking_link(booking)},
        expires_at=slot.ends_at,
    )
    return booking


def _check_time(slot: Slot) -> None:
    if slot.starts_at <= timezone.now():
        raise SlotRefused(_("Giờ này đã qua. Vui lòng chọn giờ khác."), slot)
    if slot.is_closed:
        raise SlotRefused(_("Giờ này không còn nhận lịch. Vui lòng chọn giờ khác."), slot)


def _insert(booking: Booking) -> Booking:
    """Save under a new code, and turn a refusal of the database into a sentence."""
    try:
        return codes.fresh(booking, CODE_PREFIX)
    except IntegrityError as error:
        broken = broken_constraint(error)
        if broken == "slot_taken_within_capacity":
            raise SlotRefused(_("Giờ này vừa hết chỗ. Vui lòng chọn giờ khác."), booking.slot) from error
        if broken == "booking_once_per_phone_slot_procedure":
            raise Refused(_("Số này đã đặt đúng giờ này cho cùng thủ tục. Không cần đặt lại.")) from error
        if "client_key" in broken:
            raise Refused(_("Trang đã cũ. Vui lòng bắt đầu đặt lịch lại.")) from error
        raise


def booking_made_by_form(client_key: UUID | None) -> Booking | None:
    """Return the booking that the form with this key has just made, so that a second press shows it.

    The key is random and only the browser that was shown the form has it; after `RESEND` it finds nothing.
    """
    if client_key is None:
        return None
    return Booking.objects.filter(client_key=client_key, created_at__gt=timezone.now() - RESEND).first()


def booking_link(booking: Booking) -> str:
    """Make a secret link to the booking and return its address."""
    left = max(booking.slot.ends_at - timezone.now(), dt.timedelta(0))
    return make_link(booking, LINK_PURPOSE, phone=booking.phone, lifetime=left + LINK_AFTER)


@transaction.atomic
def cancel(booking: Booking, *, by: User | Actor, reason: str = "") -> Booking:
    """Cancel a booking, which frees its place, and notify the phone.

    Raises `TransitionRefused`, and `Refused` once the appointed time has come.
    """
    if rules.has_begun(booking):
        raise Refused(
            _("Đã tới giờ hẹn nên không hủy được nữa. Vui lòng gọi %(hotline)s nếu cần giúp.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    booking = transition(booking, "cancel", by=by, reason=reason)
    notify("booking_cancelled", phone=booking.phone, about=booking, context=_message_context(booking))
    return booking


def _message_context(booking: Booking) -> dict[str, str]:
    return {
        "code": booking.code,
        "procedure": booking.procedure.name,
        "when": vn_datetime(booking.slot.starts_at),
        "place": booking.slot.office.place.name,
    }
