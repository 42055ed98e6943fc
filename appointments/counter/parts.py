"""The counter on the portal's own pages: navigation, and the number of today's bookings for leaders."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Booking
from appointments.offices.calendar import day_bounds
from portal.accounts.roles import Permission
from portal.ui import parts


def today(user: Any) -> int:
    """Count today's bookings at the user's places, without the cancelled ones."""
    first, last = day_bounds(timezone.localdate())
    places = user.place_ids(Permission.SEE_FIGURES)
    rows = Booking.objects.filter(slot__starts_at__gte=first, slot__starts_at__lt=last)
    return rows.filter(slot__office__place__in=places).exclude(status=Booking.Status.CANCELLED).count()


parts.navigation.register(
    parts.NavigationItem(
        key="appointments",
        label=_("Lịch hẹn"),
        group=_("Người dân"),
        url_name="appointments:day",
        permission=Permission.SEE_APPOINTMENTS,
        order=50,
    )
)
parts.figures.register(
    parts.Figure(
        key="appointments_today",
        label=_("Lịch hẹn hôm nay"),
        value=today,
        tone="info",
        order=90,
        permission=Permission.SEE_FIGURES,
    )
)
