"""The worklist of orders whose last day is reached."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import Order
from quarantine.models.order import OrderQuerySet


def at_end(user: User) -> OrderQuerySet:
    return Order.objects.visible_to(user, Permission.SEE_HEALTH).at_end(timezone.localdate())


def end_rows(user: User, limit: int) -> list[Order]:
    rows = at_end(user).with_open_tests().select_related("person", "place")
    return list(rows.order_by("ends_on", "person__sort_key", "pk")[:limit])
