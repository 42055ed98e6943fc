"""The worklist of red flags."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import DailyCheck, TestResult


@dataclass(frozen=True)
class RedFlag:
    """A daily check with red signs, or a positive result, that no officer has marked as seen."""

    person: Person
    at: dt.datetime
    why: list[str]
    seen_url: str
    url: str


def red_checks(user: User) -> QuerySet[DailyCheck]:
    return DailyCheck.objects.visible_to(user, Permission.SEE_HEALTH).red_unseen()


def positives(user: User) -> QuerySet[TestResult]:
    """Return unseen positive results of people for whom this officer's places answer."""
    places = user.place_ids(Permission.EDIT_HEALTH)
    ours = Q(person__responsible_place__in=places) | Q(
        person__responsible_place=None, person__home_commune__in=places
    )
    return TestResult.objects.visible_to(user, Permission.SEE_HEALTH).positive_unseen().filter(ours)


def red_flags(user: User) -> tuple[QuerySet[DailyCheck], QuerySet[TestResult]]:
    """Return the rows of both kinds of red flags."""
    return red_checks(user), positives(user)


def red_rows(user: User, limit: int) -> list[RedFlag]:
    """Return the red flags, the oldest first."""
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
