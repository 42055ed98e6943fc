"""Who has not reported today."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.accounts.models import User
from quarantine.models import Order
from quarantine.models.order import OrderQuerySet

REPORT_BY = dt.time(18)  # a day without a report is the commune's work from this hour on


def silent(user: User) -> OrderQuerySet:
    """Who has not said how they are: today from the evening on, before that since yesterday."""
    now = timezone.localtime()
    day = now.date() if now.time() >= REPORT_BY else now.date() - dt.timedelta(days=1)
    return Order.objects.visible_to(user).unreported(day)


def silent_rows(user: User, limit: int) -> list[Order]:
    return list(silent(user).with_people()[:limit])
