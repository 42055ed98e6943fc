"""The calendar of limits that officers see: how many people each commune takes in on each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.models import User
from portal.places.models import Place
from repatriation.intake.actions import taken_on
from repatriation.models import Intake

DAYS_SHOWN = 14


@dataclass(frozen=True)
class Cell:
    """One commune on one day; `limit` is None where there is none."""

    day: dt.date
    taken: int
    limit: int | None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.taken >= self.limit

    @property
    def is_empty(self) -> bool:
        return self.limit is None and not self.taken


@dataclass(frozen=True)
class IntakeLine:
    commune: Place
    cells: Sequence[Cell]


def lines(communes: Sequence[Place], first: dt.date, user: User) -> list[IntakeLine]:
    """Return a line for each commune; two queries."""
    days = days_from(first)
    limits = {
        (row.commune_id, row.day): row
        for row in Intake.objects.visible_to(user).filter(commune__in=communes, day__in=days)
    }
    taken = taken_on([place.pk for place in communes], days[0], days[-1])

    def cell(commune: Place, day: dt.date) -> Cell:
        row = limits.get((commune.pk, day))
        if row is not None:
            return Cell(day, row.taken, row.people_limit)
        return Cell(day, taken.get((commune.pk, day), 0), None)

    return [IntakeLine(commune, [cell(commune, day) for day in days]) for commune in communes]


def days_from(first: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range(DAYS_SHOWN)]
