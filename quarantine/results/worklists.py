"""The worklist of tests that are due."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import ScheduledTest


def due_tests(user: User) -> QuerySet[ScheduledTest]:
    return ScheduledTest.objects.visible_to(user, Permission.SEE_HEALTH).due(timezone.localdate())


def due_test_rows(user: User, limit: int) -> list[ScheduledTest]:
    rows = due_tests(user).select_related("order__person", "order__place")
    return list(rows.order_by("due_on", "order__person__sort_key", "pk")[:limit])
