"""The bar that says what waits on this device, for pages that work without a line."""

from __future__ import annotations

import json
from typing import Any

from django import template

from portal.places.models import Place
from repatriation.models import OfflineDevice, OfflineEntry
from repatriation.offline.texts import texts

register = template.Library()


@register.inclusion_tag("repatriation/offline/_line.html", takes_context=True)
def offline_line(context: dict[str, Any], place: Place | None = None) -> dict[str, Any]:
    """Show the bar. On the page that a device keeps, without a place, it holds nobody's data."""
    user = context["request"].user if place is not None else None
    rows = OfflineEntry.objects.visible_to(user).to_settle().filter(place=place) if user else None
    devices = (
        OfflineDevice.objects.visible_to(user).with_entries_waiting().filter(place=place) if user else None
    )
    return {
        "place": place,
        "user": user,
        "texts": json.dumps(texts(), ensure_ascii=False),
        "to_settle": rows.count() if rows is not None else 0,
        "devices": list(devices[:5]) if devices is not None else [],
    }
