"""The worklist of orders without a daily check."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import Order
from quarantine.models.order import OrderQuerySet

REPORT_BY = dt.time(18)  # from this hour on a missing check is the commune's work


def silent(user: User) -> OrderQuerySet:
    """Return the orders without a check since yesterday; from `REPORT_BY` on, without one today."""
    now = timezone.localtime()
    day = now.date() if now.time() >= REPORT_BY else now.date() - dt.timedelta(days=1)
    return Order.objects.visible_to(user, Permission.SEE_HEALTH).unreported(day)


def silent_rows(user: User, limit: int) -> list[Order]:
    return list(silent(user).with_people()[:limit])
