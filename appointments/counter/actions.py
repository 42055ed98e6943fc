"""Actions of the counter on a booking: finish the visit, mark that nobody came, take either back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import rules
from appointments.models import Booking
from portal.accounts.models import User
from portal.records.refusals import Refused
from portal.records.transitions import transition


@transaction.atomic
def finish(booking: Booking, *, by: User) -> Booking:
    """Mark the visit as done. Raises `TransitionRefused`, and `Refused` before the appointed day."""
    if booking.slot.day > timezone.localdate():
        raise Refused(_("Chưa tới ngày hẹn nên chưa ghi được kết quả."))
    return transition(booking, "finish", by=by)


@transaction.atomic
def mark_no_show(booking: Booking, *, by: User) -> Booking:
    """Mark that nobody came. Raises `TransitionRefused`, and `Refused` before the appointed time."""
    if not rules.has_begun(booking):
        raise Refused(_("Chưa tới giờ hẹn nên chưa ghi “Không đến” được."))
    return transition(booking, "miss", by=by)


@transaction.atomic
def take_back(booking: Booking, *, by: User) -> Booking:
    """Take a wrong press back: the visitor waits again. Raises `TransitionRefused`, and `Refused` after the day."""
    if booking.slot.day != timezone.localdate():
        raise Refused(_("Chỉ sửa được trong ngày hẹn."))
    return transition(booking, "take_back", by=by)
