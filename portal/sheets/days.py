"""The days of one column. Whether a number is a day, and which of two numbers is the month, no cell says alone.

    column = DayColumn(cells, earliest=…, latest=…, epoch=table.epoch)
    day = column.read(cell)     # a date, or the year alone; `day.doubt` is what to ask the sender

`earliest` and `latest` are the days between which somebody who lives today can have the date. Raises `CellFault`
with one of the codes of `FAULTS`; a doubt is one of `DOUBTS`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from portal.sheets.cells import Cell, CellFault, DateCell, digits, plain
from portal.sheets.formats import (
    shows_as_the_system,
    shows_month_first,
    shows_no_day,
    shows_no_year,
    shows_time,
    shows_year_alone,
)
from portal.ui.formats import parse_date, vn_date, vn_day

FAULTS = ("day_impossible", "day_unreadable", "day_number", "day_short")
DOUBTS = (
    "day_swapped",
    "day_maybe_swapped",
    "day_month_first",
    "day_counted",
    "day_was_year",
    "day_was_number",
    "day_unknown",
)
MANY = 8  # so many days all lie before the thirteenth once in a thousand times
LATE = dt.time(23, 45)  # what programs lose of a day lies behind this
ZONE = dt.timedelta(hours=7)  # the portal's, for moments in UTC
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_OLD_YEAR = re.compile(r"1[0-8][0-9]{2}")
_PARTS = re.compile(r"([0-9]{1,2})\s*[/.\-\s]\s*([0-9]{1,2})\s*[/.\-\s]\s*([0-9]{4})")
_SHORT = re.compile(r"[0-9]{1,2}\s*[/.\-\s]\s*[0-9]{1,2}\s*[/.\-\s]\s*[0-9]{2}")
_NO_DAY = re.compile(r"(?:0{1,2}|[-.x?_…]{1,3})[/.\-\s](?:0{1,2}|[-.x?_…]{1,3})[/.\-\s]((?:19|20)[0-9]{2})")
_TIME = re.compile(
    r"(.{8,10})[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?:\s*(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?(?:\s*([AP]M|SA|CH))?",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"[0-9]\s*[AP]M$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2})([/. ])([0-9]{1,2})\2([0-9]{1,2})")
_BARE_YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-9]{2})")
_IN_WORDS = re.compile(
    r"(?:ngày\s*)?([0-9]{1,2})\s*tháng\s*([0-9]{1,2})\s*,?\s*(?:năm\s*)?([0-9]{4})", re.IGNORECASE
)
_YEAR_IN_WORDS = re.compile(r"(?:(?:sinh\s*)?n[ăa]m|sn)[\s:.]*((?:19|20)[0-9]{2})", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:sinh\s+)?ngày\s+(?=[0-9/.\s-]+$)", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9]{1,4}([/.\- ][0-9]{1,4}){2}")


@dataclass(frozen=True)
class Day:
    """A date, or the year alone; and what is doubtful about it, as a code with its parameters."""

    value: dt.date | int
    doubt: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def doubtful(self, doubt: str, **params: Any) -> Day:
        return Day(self.value, doubt, {"value": _text(self.value), **params})


class DayColumn:
    """What the cells of a column say about each other."""

    def __init__(
        self,
        cells: Iterable[Cell],
        *,
        earliest: dt.date,
        latest: dt.date,
        epoch: dt.datetime = WINDOWS_EPOCH,
        timeless: bool = False,
        month_first: bool = False,
    ) -> None:
        """With `timeless` no time of day was ever meant, as in births: the nearest midnight is the day. With
        `month_first` the heading names that order."""
        self.earliest, self.latest, self.epoch, self.timeless = earliest, latest, epoch, timeless
        cells = [cell for cell in cells if cell not in (None, "")]
        # Where a clock says AM and PM, the month comes first, too.
        self.is_told_month_first = month_first or any(
            _AMERICAN.search(cell) for cell in cells if isinstance(cell, str)
        )
        self._look_at_texts(cells)
        self._look_at_dates(cells)
        self._look_at_numbers(cells)

    def _look_at_texts(self, cells: list[Cell]) -> None:
        parts = [(int(found[1]), int(found[2])) for cell in cells if (found := _parts(cell))]
        day_first = sum(first > 12 >= second for first, second in parts)
        month_first = sum(second > 12 >= first for first, second in parts)
        # One day alone is no column, and may be a slip.
        self.is_month_first = not day_first and (
            self.is_told_month_first or (bool(month_first) and len(parts) > 1)
        )
        low = [1 for first, second in parts if first <= 12 and first != second]
        self.is_mixed = (month_first * 20 >= day_first > 0 and bool(month_first)) or (
            not day_first and not month_first and len(low) >= MANY
        )
        # Excel with the American order takes 05/10/1989 for a day in May, and leaves 24/11/1984 a text.
        self.has_left_overs = bool(day_first) and day_first == len(parts)

    def _look_at_dates(self, cells: list[Cell]) -> None:
        dates = [
            _nearest(cell)
            for cell in cells
            if isinstance(cell, dt.datetime) and not self._was_year(cell, _nearest(cell))
        ]
        self.has_dates = bool(dates)
        low = [day for day in dates if day.day <= 12]
        telling = [day for day in low if day.day != day.month]
        self.all_low = bool(telling) and len(low) == len(dates)
        self.is_unlikely = len(telling) >= MANY

    def _look_at_numbers(self, cells: list[Cell]) -> None:
        numbers, years = [], 0
        for cell in cells:
            text = digits(cell) if isinstance(cell, (str, int, float)) else ""
            years += bool(_YEAR.fullmatch(text))
            if len(text) == 5 and text.isdecimal() and text[0] != "0":
                numbers.append(int(text))
        others = [number for number in numbers if not _reads_as_short_day(number)]
        self.counts = (
            len(numbers) * 2 >= len(cells) - years
            and len(others) >= max(2, len(numbers) / 5)
            and all(self._counted(number) is not None for number in numbers)
        )

    # --- One cell ----------------------------------------------------------------------------------

    def read(self, cell: Cell) -> Day:
        if isinstance(cell, dt.datetime):
            return self._from_date(cell)
        if isinstance(cell, dt.date):
            return Day(cell)
        if isinstance(cell, dt.time):
            raise CellFault("day_unreadable", value=plain(cell)[:40])
        text = digits(cell)
        if isinstance(cell, float) and not text.isdecimal():
            return self._from_number(text, cell)
        if text.isdecimal():
            return self._from_number(text, cell)
        return self._from_text(" ".join(plain(cell).split()))

    def _from_date(self, cell: dt.datetime) -> Day:
        shown = cell.number_format if isinstance(cell, DateCell) else ""
        day = self._midnight(cell, shown)
        if year := self._was_year(cell, day):
            return Day(year).doubtful("day_was_year", other=vn_date(day))
        if shows_year_alone(shown):
            return Day(day.year)
        if shows_no_day(shown):
            return Day(day.year).doubtful("day_unknown", other=f"{day:%m/%Y}")
        if self.timeless and shows_no_year(shown):
            raise CellFault("day_short", value=vn_day(day))
        if day.day > 12 or day.day == day.month or not self.all_low:
            return Day(day)
        other = day.replace(day=day.month, month=day.day)
        american = shows_month_first(shown)
        if self.has_left_overs and (american or shows_as_the_system(shown)):
            return Day(other).doubtful("day_swapped", other=vn_date(day))
        if self.has_left_overs or american or self.is_unlikely:
            return Day(day).doubtful("day_maybe_swapped", other=vn_date(other))
        return Day(day)

    def _was_year(self, cell: dt.datetime, day: dt.date) -> int:
        """Return the year that was typed into a cell for dates, where its day can be nobody's; else 0."""
        year = int(cell.serial) if isinstance(cell, DateCell) and cell.serial.is_integer() else 0
        return year if 1900 <= year <= self.latest.year and day < self._plausible() else 0

    def _midnight(self, moment: dt.datetime, shown: str) -> dt.date:
        """Return the day of a moment; programs that reckon with fractions and zones stay short of it."""
        if self.timeless:
            return _nearest(moment)
        return _nearest(moment) if moment.time() >= LATE and not shows_time(shown) else moment.date()

    def _plausible(self) -> dt.date:
        """Return the day before which hardly anybody who lives was born, and no other day lies."""
        return max(self.earliest, self.latest.replace(day=1, year=self.latest.year - 110))

    def _from_number(self, text: str, cell: Cell) -> Day:
        if _YEAR.fullmatch(text) or _OLD_YEAR.fullmatch(text):
            return Day(int(text))
        if found := _BARE_YEAR_FIRST.fullmatch(
            text
        ):  # read from the day on, its year is none that anybody has
            return Day(_date("-".join(found.groups()), text))
        if len(text) == 8 and text.isdecimal():
            return Day(_date(text))
        if len(text) == 7 and text.isdecimal() and text[0] != "0":
            return _without_zero(text)
        counted = self._counted(float(text)) if len(text.partition(".")[0]) == 5 else None
        if counted is not None and self.counts:
            return Day(counted)
        if counted is not None and self.has_dates and not isinstance(cell, str):
            return Day(counted).doubtful("day_counted", number=text)
        raise CellFault("day_number", value=text[:40])

    def _counted(self, number: float) -> dt.date | None:
        """Return the day by which Excel stores the number, where it can be one."""
        try:
            moment = from_excel(number, self.epoch)
        except (OverflowError, ValueError):
            return None
        day = _nearest(moment) if isinstance(moment, dt.datetime) else None
        return day if day is not None and self._plausible() <= day <= self.latest else None

    def _from_text(self, text: str) -> Day:
        if timed := _TIME.fullmatch(text):
            return self._from_moment(timed, text)
        text = _BEFORE.sub("", text).rstrip(".,; ")
        if found := _YEAR_FIRST.fullmatch(text):
            text = f"{found[1]}-{found[3]}-{found[4]}"
        if named := _IN_WORDS.fullmatch(text):
            return Day(_date("/".join(named.groups()), text))
        if year := _NO_DAY.fullmatch(text) or _YEAR_IN_WORDS.fullmatch(text):
            return Day(int(year[1]))
        if not (found := _PARTS.fullmatch(text)):
            return Day(_date(text))
        first, second = int(found[1]), int(found[2])
        if self.is_month_first and second != first and first <= 12:
            day = _date(f"{second}/{first}/{found[3]}", text)
            if second > 12:
                return Day(day).doubtful("day_month_first", written=text)
            return Day(day).doubtful("day_swapped", other=vn_date(_date(text)))
        day = _date(text)
        if self.is_mixed and day.day <= 12 and day.day != day.month:
            return Day(day).doubtful(
                "day_maybe_swapped", other=vn_date(day.replace(day=day.month, month=day.day))
            )
        return Day(day)

    def _from_moment(self, timed: re.Match[str], text: str) -> Day:
        day = self._from_text(timed[1].strip())
        if not isinstance(day.value, dt.date):
            raise CellFault("day_unreadable", value=text[:40])
        try:
            hour = _hour(int(timed[2]), (timed[6] or "").upper())
            moment = dt.datetime.combine(day.value, dt.time(hour, int(timed[3]), int(timed[4] or 0)))
            moment += ZONE - _offset(timed[5]) if timed[5] else dt.timedelta()
        except (ValueError, OverflowError):
            raise CellFault("day_unreadable", value=text[:40]) from None
        return Day(self._midnight(moment, "" if timed[5] or timed[4] else "h"), day.doubt, day.params)


def _hour(hour: int, half: str) -> int:
    """Return the hour of a clock of twelve hours: 12 AM is midnight. Raises ValueError."""
    if half and not 0 <= hour <= 12:
        raise ValueError(half)
    return hour % 12 + 12 * (half in {"PM", "CH"}) if half else hour


def _offset(zone: str) -> dt.timedelta:
    """Return how far a zone is from UTC: `Z`, `+07`, `+0700`, `-05:30`."""
    digits = zone[1:].replace(":", "").ljust(4, "0")
    if not digits.isdecimal():
        return dt.timedelta()
    away = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -away if zone[0] == "-" else away


def _text(value: dt.date | int) -> str:
    return str(value) if isinstance(value, int) else vn_date(value)


def _parts(cell: Cell) -> re.Match[str] | None:
    if not isinstance(cell, str):
        return None
    timed = _TIME.fullmatch(cell)
    return _PARTS.fullmatch(timed[1].strip() if timed else cell)


def _nearest(moment: dt.datetime) -> dt.date:
    """Return the day of the nearest midnight; noon stands for its own day."""
    is_late = moment.time() > dt.time(12) and moment.date() < dt.date.max
    return moment.date() + dt.timedelta(days=is_late)


def _date(text: str, written: str = "") -> dt.date:
    try:
        return parse_date(text)
    except ValueError:
        written = written or text
        if _SHORT.fullmatch(written):
            raise CellFault("day_short", value=written) from None
        is_numbers = _NUMBERS.fullmatch(written) or (len(written) == 8 and written.isdecimal())
        code = "day_impossible" if is_numbers else "day_unreadable"
        raise CellFault(code, value=written[:40]) from None


def _without_zero(text: str) -> Day:
    """Return the day of 5101989: the zero at the beginning is lost where it was taken for a number."""
    day = Day(_date(text.zfill(8), text))
    try:
        other = parse_date(f"{text[:2]}/{text[2]}/{text[3:]}")
    except ValueError:
        return day
    return day.doubtful("day_was_number", number=text, other=vn_date(other))


def _reads_as_short_day(number: int) -> bool:
    """Tell whether five digits can be a day without its zeros and century: 31285 as 3/12/85, 11290 as 11/2/90."""
    text = str(number)
    return 1 <= int(text[1:3]) <= 12 or (1 <= int(text[:2]) <= 31 and text[2] != "0")
