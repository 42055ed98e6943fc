"""The links in the messages of quarantine."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from citizens.links import make_link
from quarantine.models import Order

DAILY = "daily"  # the purpose of the secret link by which a family reports its health
LINGERS = 3  # days after an order's last day, for orders that are completed late


def daily_link(order: Order) -> str:
    """Make a secret link for everybody in quarantine under the phone of this order's person."""
    days = max(0, (order.ends_on - timezone.localdate()).days) + LINGERS
    return make_link(order, DAILY, phone=order.person.phone, lifetime=dt.timedelta(days=days))


def results_address() -> str:
    """Return the address of results and certificates. It is no secret: a code to the phone opens the page."""
    return settings.PORTAL_BASE_URL + reverse("quarantine:results")
