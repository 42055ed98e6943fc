"""What waits for an officer in "Hôm nay": red flags, silence, tests, ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import DailyCheck, Order, ScheduledTest, TestResult
from quarantine.models.order import OrderQuerySet

REPORT_BY = dt.time(18)  # a day without a report is the commune's work from this hour on


@dataclass(frozen=True)
class RedFlag:
    """A grave sign or a positive result that nobody has taken in hand yet."""

    person: Person
    at: dt.datetime
    why: list[str]
    seen_url: str
    url: str


def red_checks(user: User) -> QuerySet[DailyCheck]:
    return DailyCheck.objects.visible_to(user).red_unseen()


def positives(user: User) -> QuerySet[TestResult]:
    """Positive results of people whom this officer's places answer for."""
    places = user.place_ids(Permission.EDIT_HEALTH)
    ours = Q(person__responsible_place__in=places) | Q(
        person__responsible_place=None, person__home_commune__in=places
    )
    return TestResult.objects.visible_to(user).positive_unseen().filter(ours)


def red_flags(user: User) -> tuple[QuerySet[DailyCheck], QuerySet[TestResult]]:
    """Both kinds of what must be seen at once."""
    return red_checks(user), positives(user)


def red_rows(user: User, limit: int) -> list[RedFlag]:
    """The oldest first: they have waited longest."""
    checks = red_checks(user).select_related("order__person").order_by("created_at")[:limit]
    results = positives(user).select_related("person").order_by("created_at")[:limit]
    flags = [
        RedFlag(
            check.order.person,
            check.created_at,
            check.red_labels,
            reverse("quarantine:check_seen", args=[check.pk]),
            reverse("quarantine:order", args=[check.order_id]),
        )
        for check in checks
    ] + [
        RedFlag(
            result.person,
            result.created_at,
            [f"{result.get_kind_display()}: {result.get_outcome_display()}"],
            reverse("quarantine:result_seen", args=[result.pk]),
            reverse("citizens:person", args=[result.person_id]),
        )
        for result in results
    ]
    return sorted(flags, key=lambda flag: flag.at)[:limit]


def silent(user: User) -> OrderQuerySet:
    """Who has not said how they are: today from the evening on, before that since yesterday."""
    now = timezone.localtime()
    day = now.date() if now.time() >= REPORT_BY else now.date() - dt.timedelta(days=1)
    return Order.objects.visible_to(user).unreported(day)


def due_tests(user: User) -> QuerySet[ScheduledTest]:
    return ScheduledTest.objects.visible_to(user).due(timezone.localdate())


def at_end(user: User) -> OrderQuerySet:
    return Order.objects.visible_to(user).at_end(timezone.localdate())


def due_test_rows(user: User, limit: int) -> list[ScheduledTest]:
    rows = due_tests(user).select_related("order__person", "order__place")
    return list(rows.order_by("due_on", "order__person__sort_key", "pk")[:limit])


def silent_rows(user: User, limit: int) -> list[Order]:
    return list(silent(user).with_people()[:limit])


def end_rows(user: User, limit: int) -> list[Order]:
    rows = at_end(user).with_open_tests().select_related("person", "place")
    return list(rows.order_by("ends_on", "person__sort_key", "pk")[:limit])
