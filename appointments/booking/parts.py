"""What appointments show on the pages of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Booking
from appointments.offices.calendar import day_bounds
from portal.accounts.roles import Permission
from portal.ui import parts

SHOWN = 5


def today(user: Any) -> int:
    """How many visits of today the places have that the user answers for; those cancelled do not count."""
    first, last = day_bounds(timezone.localdate())
    places = user.place_ids(Permission.SEE_FIGURES)
    rows = Booking.objects.filter(slot__starts_at__gte=first, slot__starts_at__lt=last)
    return rows.filter(slot__office__place__in=places).exclude(status=Booking.Status.CANCELLED).count()


def mine(viewer: Any) -> Mapping[str, Any] | None:
    """The citizen's bookings, those to come first."""
    rows = Booking.objects.visible_to(viewer).with_details()
    coming = list(rows.live().order_by("slot__starts_at")[:SHOWN])
    past = list(rows.exclude(pk__in=[row.pk for row in coming]).order_by("-slot__starts_at")[:SHOWN])
    return {"coming": coming, "past": past} if coming or past else None


parts.home_choices.register(
    parts.HomeChoice(
        key="appointments",
        label=_("Đặt lịch làm thủ tục"),
        hint=_("Chọn ngày giờ, đến là được tiếp"),
        icon="calendar",
        url_name="appointments:start",
        order=50,
    )
)
parts.navigation.register(
    parts.NavigationItem(
        key="appointments",
        label=_("Lịch hẹn"),
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
parts.citizen_panels.register(
    parts.CitizenPanel(
        key="appointments", context=mine, template="appointments/_citizen_panel.html", order=50
    )
)
