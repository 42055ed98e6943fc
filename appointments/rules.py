"""The rules of a booking: who may change it, and when."""

from __future__ import annotations

from django.utils import timezone

from appointments.models import Booking
from portal.accounts.models import User
from portal.accounts.roles import Permission


def may_serve(user: User, booking: Booking) -> bool:
    """Return whether the user may finish the booking or mark it as missed: those who serve at its office."""
    return user.may(Permission.SERVE_APPOINTMENTS, booking.slot.office.place)


def has_begun(booking: Booking) -> bool:
    return booking.slot.starts_at <= timezone.now()


def is_cancellable(booking: Booking) -> bool:
    """Return whether the citizen may cancel: until the appointed time."""
    return booking.status == Booking.Status.BOOKED and not has_begun(booking)


def is_finishable(booking: Booking) -> bool:
    """Return whether the visit may be finished: from the appointed day on, since people may come early."""
    return booking.status == Booking.Status.BOOKED and booking.slot.day <= timezone.localdate()


def may_be_taken_back(booking: Booking) -> bool:
    """Return whether a wrong press can still be taken back: on the appointed day."""
    ended = booking.status in {Booking.Status.DONE, Booking.Status.NO_SHOW}
    return ended and booking.slot.day == timezone.localdate()


def is_missable(booking: Booking) -> bool:
    """Return whether the visit may be marked as missed: from the appointed time on."""
    return booking.status == Booking.Status.BOOKED and has_begun(booking)
