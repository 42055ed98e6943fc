"""The list of screenings under its filter, and which family of it comes next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui.pagination import COUNT_CAP, PARAMETER
from repatriation.models import Screening
from repatriation.models.screening import ScreeningQuerySet
from repatriation.screening.forms import WAITING_FOR_US, ScreeningFilter
from repatriation.screening.seen import named
from repatriation.views_shared import communes_of

Status = Screening.Status


@dataclass(frozen=True)
class NextFamily:
    """What the user still decides in a list beside one family: `row` is None when nothing is left."""

    row: Screening | None
    count: int  # capped at COUNT_CAP
    this_one_waits: bool  # the family itself waits for the user, too


def filter_of(request: HttpRequest, user: User) -> ScreeningFilter:
    """Return the filter that stands in the address, of the list or of a family opened from it."""
    return ScreeningFilter(request.GET, communes=communes_of(user, Permission.SEE_SCREENING))


def query_of(request: HttpRequest) -> str:
    """Return the filter as the end of an address: `?due=late`, or nothing."""
    query = request.GET.copy()
    for name in (PARAMETER, "export"):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else ""


def listed(user: User, form: ScreeningFilter) -> ScreeningQuerySet:
    """Return the screenings of the user's list, unordered."""
    filters = form.cleaned_data if form.is_valid() else {}
    return named(_filtered(Screening.objects.visible_to(user), filters), filters.get("q", ""), user)


def _filtered(rows: ScreeningQuerySet, filters: dict[str, Any]) -> ScreeningQuerySet:
    status = filters.get("status") or WAITING_FOR_US
    if status == WAITING_FOR_US:
        rows = rows.open().current()
    elif status != "all":
        rows = rows.filter(status=status)
    if filters.get("due") == "late":
        rows = rows.filter(due_at__lt=timezone.now())
    elif filters.get("due") == "day":
        rows = rows.filter(due_at__lt=timezone.now() + dt.timedelta(hours=24))
    if filters.get("campaign"):
        rows = rows.filter(registration__campaign=filters["campaign"])
    if filters.get("commune"):
        rows = rows.filter(commune=filters["commune"])
    return rows


def next_family(user: User, form: ScreeningFilter, after: Screening) -> NextFamily | None:
    """Return the family of the list that the user decides after this one, and how many such families are left.

    Families with a later deadline come first, then those that were skipped. None: the user decides nothing.
    """
    communes = user.place_ids(Permission.DECIDE_SCREENING)
    province = user.place_ids(Permission.SETTLE_SCREENING)
    if not communes and not province:
        return None
    for_communes = {Status.PENDING, Status.OVERDUE}
    if form.is_valid() and form.cleaned_data.get("status") == Status.ASKED:
        for_communes.add(Status.ASKED)  # else such a family is left in peace until it has answered
    mine = Q(commune__in=communes, status__in=for_communes)
    mine |= Q(commune__in=province, status=Status.DISPUTED)
    left = listed(user, form).filter(mine).current().exclude(pk=after.pk).order_by("due_at", "pk")
    later = left.filter(Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, pk__gt=after.pk))
    row = later.first() or left.first()
    waits = Screening.objects.filter(mine, pk=after.pk).current().exists()
    return NextFamily(row, left[:COUNT_CAP].count() if row else 0, waits)
