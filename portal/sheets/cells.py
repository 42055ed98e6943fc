"""A cell of a table, as the sender wrote it: a text, a number, a date or None."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any, Self

from portal.sheets import numbers
from portal.text import cleaned
from portal.ui.formats import vn_date

LENGTH = 1_000  # characters; what is longer is cut, and no field is that long
Cell = str | int | float | dt.datetime | dt.date | dt.time | None
_APOSTROPHES = frozenset("'’‘`´")  # those of text programs, too
_QUOTED = re.compile(r'="((?:[^"]|"")*)"')


class CellFault(Exception):
    """The cell cannot be read. `code` names a sentence of the list that reads it, `params` fill it in."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class DateCell(dt.datetime):
    """A cell that Excel shows as a date: its number of days, and the format in which it is shown."""

    serial: float
    number_format: str

    @classmethod
    def of(cls, moment: dt.datetime, serial: float, number_format: str) -> Self:
        cell = cls.combine(moment.date(), moment.time())
        cell.serial, cell.number_format = float(serial), number_format
        return cell


def cell_of(value: Any, number_format: str = "General", serial: float | None = None) -> Cell:
    """Return the cell of an Excel file. Its text is not clean yet: letters of old fonts are mended before."""
    if isinstance(value, bool):
        return "x" if value else None
    if isinstance(value, dt.datetime) and serial is not None:
        return DateCell.of(value, serial, number_format)
    if value is None or isinstance(value, (int, float, dt.datetime, dt.date, dt.time)):
        return value
    if not isinstance(value, str):  # an array formula, rich text
        value = getattr(value, "text", None) or str(value)
    return str(value)[: LENGTH * 2]


@lru_cache(maxsize=4_096)  # the cells of a column are often alike
def clean(text: str) -> str:
    """Return the text without what nobody sees or typed, and without what keeps a spreadsheet from reading it:
    the apostrophe before a number, the formula that is nothing but a text (`="0903…"`)."""
    text = cleaned(text[: LENGTH * 2]).strip()[:LENGTH]
    if quoted := _QUOTED.fullmatch(text):
        text = quoted[1].replace('""', '"').strip()
    return text[1:] if text[:1] in _APOSTROPHES and text[1:2] in {*"=+-@0123456789"} else text


def plain(cell: Cell) -> str:
    """Return the cell as text in one line; a whole number without the point that Excel puts behind it."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return numbers.written(cell)
    if isinstance(cell, (dt.datetime, dt.date)):
        return vn_date(cell)
    return " ".join(str(cell).split())


def digits(cell: Cell) -> str:
    """Return the cell as text, a whole number in digits however it is written (see `numbers.ungrouped`)."""
    return numbers.ungrouped(plain(cell))


def is_formula(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.startswith("=")
