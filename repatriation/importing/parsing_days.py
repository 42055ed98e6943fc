"""The days of a list: births, doses, tests, recoveries and journeys, each as nobody but somebody who lives has it.

A column is read as a whole (`portal.sheets.days`); what is doubtful about a day becomes a remark.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone
from openpyxl.utils.datetime import WINDOWS_EPOCH

from portal.places.text import fold
from portal.sheets.cells import Cell, plain
from portal.sheets.days import Day, DayColumn
from portal.sheets.nothing import is_none
from portal.ui.formats import vn_date
from portal.ui.forms import OLDEST_YEAR
from repatriation.importing.parsing import Wrong
from repatriation.importing.parsing_declared import NOTHING
from repatriation.models.declared import FIRST_CASE
from repatriation.registration.declared import recovered_long_ago

OLDEST_AGE = 120  # years; nobody who lives is older
_MONTH_FIRST = re.compile(r"\bm{1,2}\W{1,2}d{1,2}\b|tháng\W{1,3}ngày|\bmonth\W{1,3}day", re.IGNORECASE)
YEAR = dt.timedelta(days=366)


@dataclass(frozen=True)
class KindOfDay:
    """Between which days one can lie, seen from today, and how it is stored; `store` raises `Wrong`."""

    limits: Callable[[dt.date], tuple[dt.date, dt.date]]
    store: Callable[[dt.date | int], str]
    timeless: bool = False
    required: bool = False

    def column(
        self, cells: Iterable[Cell], epoch: dt.datetime = WINDOWS_EPOCH, *, heading: str = ""
    ) -> DayColumn:
        earliest, latest = self.limits(timezone.localdate())
        return DayColumn(
            cells,
            earliest=earliest,
            latest=latest,
            epoch=epoch,
            timeless=self.timeless,
            month_first=bool(_MONTH_FIRST.search(heading)),
        )

    def read(self, cell: Cell, column: DayColumn) -> tuple[str, Day | None]:
        """Return the day as it is stored, and as it was read; nothing for a cell that has none."""
        if cell is None or cell == "" or (isinstance(cell, str) and _is_none(cell)):
            if self.required:
                raise Wrong("missing")
            return "", None
        day = column.read(cell)
        return self.store(day.value), day


def _is_none(text: str) -> bool:
    return is_none(text) or fold(plain(text)) in NOTHING


def _birth(day: dt.date | int) -> str:
    """Return `24/11/1984`, or the year alone."""
    today = timezone.localdate()
    year = day if isinstance(day, int) else day.year
    if year < OLDEST_YEAR:
        raise Wrong("birth_old")
    if year > today.year or (isinstance(day, dt.date) and day > today):
        raise Wrong("birth_future")
    if today.year - year > OLDEST_AGE:
        raise Wrong("birth_too_old", age=today.year - year)
    return str(day) if isinstance(day, int) else vn_date(day)


def _past(day: dt.date | int) -> str:
    """Return `2026-11-24`."""
    if isinstance(day, int):  # a year alone
        raise Wrong("day_unreadable", value=str(day))
    if day > timezone.localdate():
        raise Wrong("day_future", value=vn_date(day))
    if day < FIRST_CASE:
        raise Wrong("day_before_covid", value=vn_date(day))
    return day.isoformat()


def _recovery(day: dt.date | int) -> str:
    stored = _past(day)
    if recovered_long_ago(dt.date.fromisoformat(stored)):
        raise Wrong("recovered_long_ago")
    return stored


def _journey(day: dt.date | int) -> str:
    if isinstance(day, int):  # a year alone
        raise Wrong("day_unreadable", value=str(day))
    if abs(day - timezone.localdate()) > YEAR:
        raise Wrong("travel_far", value=vn_date(day))
    return day.isoformat()


def _of_the_living(today: dt.date) -> tuple[dt.date, dt.date]:
    return today.replace(day=1, year=today.year - OLDEST_AGE), today


def _of_the_epidemic(today: dt.date) -> tuple[dt.date, dt.date]:
    return FIRST_CASE, today


def _around(today: dt.date) -> tuple[dt.date, dt.date]:
    return today - YEAR, today + YEAR


BIRTH = KindOfDay(_of_the_living, _birth, timeless=True, required=True)
DAYS = {
    "birth": BIRTH,
    "birth_male": BIRTH,
    "birth_female": BIRTH,
    "last_dose": KindOfDay(_of_the_epidemic, _past),
    "tested": KindOfDay(_of_the_epidemic, _past),
    "recovered": KindOfDay(_of_the_epidemic, _recovery),
    "travel_from": KindOfDay(_around, _journey),
    "travel_until": KindOfDay(_around, _journey),
}
