"""Bookings on the portal's own pages: the citizen's choice, and their bookings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from appointments.models import Booking
from portal.records.ended import tell_who_cancelled
from portal.ui import parts

SHOWN = 5


def mine(viewer: Any) -> Mapping[str, Any] | None:
    """Return the citizen's bookings to come and past ones; None when there are none."""
    rows = Booking.objects.visible_to(viewer).with_details()
    coming = list(rows.live().order_by("slot__starts_at")[:SHOWN])
    past = list(rows.exclude(pk__in=[row.pk for row in coming]).order_by("-slot__starts_at")[:SHOWN])
    tell_who_cancelled(past)
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
parts.citizen_panels.register(
    parts.CitizenPanel(
        key="appointments", context=mine, template="appointments/booking/_citizen_panel.html", order=50
    )
)
