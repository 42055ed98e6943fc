"""Who may do what with a booking, and when."""

from __future__ import annotations

from django.utils import timezone

from appointments.models import Booking
from portal.accounts.models import User
from portal.accounts.roles import Permission


def may_serve(user: User, booking: Booking) -> bool:
    """Finish or mark as not come: by those who serve at this very office."""
    return user.may(Permission.SERVE_APPOINTMENTS, booking.slot.office.place)


def has_begun(booking: Booking) -> bool:
    return booking.slot.starts_at <= timezone.now()


def is_cancellable(booking: Booking) -> bool:
    """By the citizen, until the appointed time."""
    return booking.status == Booking.Status.BOOKED and not has_begun(booking)


def is_finishable(booking: Booking) -> bool:
    """From the appointed day on: somebody who comes early is served as well."""
    return booking.status == Booking.Status.BOOKED and booking.slot.day <= timezone.localdate()


def is_missable(booking: Booking) -> bool:
    """Nobody has failed to come before their time."""
    return booking.status == Booking.Status.BOOKED and has_begun(booking)
