"""Families whose home commune is asked about them, for the tests."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from repatriation.models import Registration, Screening
from repatriation.registration.submitting import family_actor
from repatriation.screening import actions
from tests.repatriation.world.road import family

FAMILY = family_actor("+84901234567")


def asked(road: SimpleNamespace, size: int = 2, **changes: Any) -> Screening:
    """A family in the queue whose home commune is asked."""
    row = family(road.campaign, road.places, size, **changes)
    made = actions.begin_screening(row)
    assert made is not None
    return made


def now(row: Screening | Registration) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


def overdue(row: Screening) -> Screening:
    Screening.objects.filter(pk=row.pk).update(due_at=timezone.now() - dt.timedelta(minutes=1))
    actions.lapse_overdue()
    return now(row)


def rejected(road: SimpleNamespace, row: Screening, suggested: Any = "other", by: Any = None) -> Screening:
    """What the commune that is asked next is asked by, after the first one has refused."""
    to = road.other if suggested == "other" else suggested
    actions.reject(row, by=by or road.here, reason="Không có ai tên này", suggested=to)
    return Screening.objects.filter(registration=row.registration).latest("pk")
