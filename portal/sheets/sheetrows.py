"""The rows of one sheet of an Excel file, as they stand in it.

Only rows and cells that exist are walked, whatever size the sheet declares, and wherever a cell far away stands.
Merged ranges stay ranges.
"""

from __future__ import annotations

import datetime as dt
import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from portal.sheets.measuring import readers_of_costs
from portal.sheets.refusals import FileRefused
from portal.sheets.walking import Budget, TextReader, pieces
from portal.sheets.workbooks import Contents

MERGES = 200_000  # different ranges that reach down: six in each family of the longest list
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_LONGEST_NUMBER = 30  # characters; Excel writes 17 digits


class RawCell(NamedTuple):
    """A cell as the file has it. `serial` is the number of a cell that Excel shows as a date or a time."""

    value: Any
    number_format: str = "General"
    serial: float | None = None


class RawRow(NamedTuple):
    """A row by the number that Excel shows, with those of its cells that have something in them, by column."""

    number: int
    is_hidden: bool
    cells: dict[int, RawCell]


@dataclass
class Sheet:
    """What is known of a sheet once its rows were read. Columns are counted from 1."""

    hidden_columns: set[tuple[int, int]] = field(default_factory=set)  # first and last
    merges: set[tuple[int, int, int]] = field(default_factory=set)  # column, first row, last row
    rows_are_hidden: bool = False  # those that do not say otherwise


def read_rows(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, contents: Contents, columns: int, sheet: Sheet
) -> Iterator[RawRow]:
    """Yield the rows that have a cell with something in it.

    Raises `FileRefused`, or what is in `walking.BROKEN`.
    """
    reader = _Rows(contents, columns, sheet)
    for _piece in pieces(archive, part, reader, contents.budget):
        yield from reader.rows
        reader.rows.clear()


class _Rows(TextReader):
    def __init__(self, contents: Contents, columns: int, sheet: Sheet) -> None:
        super().__init__()
        self.contents, self.columns, self.sheet = contents, columns, sheet
        self.budget: Budget = contents.budget
        self.epoch = MAC_EPOCH if contents.counts_from_1904 else WINDOWS_EPOCH
        self.rows: list[RawRow] = []
        self.number = self.column = 0
        self.cells: dict[int, RawCell] = {}
        self.is_hidden = False
        self.kind, self.style = "n", "0"
        self.is_read = self.is_formula = False
        self.length = 0  # characters of the cell so far
        self.starts |= readers_of_costs(contents.cost) | {
            "row": self.begin_row, "c": self.begin_cell, "v": self.open_value, "f": self.open_formula, "t": self.open_inline,
            "mergeCell": self.merge, "col": self.look_at_column, "sheetFormatPr": self.look_at_format,
        }  # fmt: skip
        self.other = contents.cost.add_odd
        self.ends |= {"v": self.close, "f": self.close_formula, "c": self.finish_cell, "row": self.finish_row}

    def begin_cell(self, attributes: dict[str, str]) -> None:
        self.length = 0
        place = attributes.get("r")
        self.column = _column(place) if place else self.column + 1
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "0")
        self.is_formula = False
        self.is_read = self.column <= self.columns

    def open_value(self, _attributes: dict[str, str]) -> None:
        # Of a formula its own text is kept, and not what Excel made of it.
        self.is_open = self.is_read and not self.is_formula

    def open_formula(self, attributes: dict[str, str]) -> None:
        self.contents.cost.add_formula(attributes)
        self.is_formula = True
        self.is_open = self.is_read

    def close_formula(self) -> None:
        self.contents.cost.formulas += self.length
        self.is_open = False

    def open_inline(self, _attributes: dict[str, str]) -> None:
        self.is_open = self.is_read and self.kind == "inlineStr" and not self.is_aid

    def add_text(self, piece: str) -> None:
        self.length += len(piece)
        super().add_text(piece)

    def finish_cell(self) -> None:
        if self.is_formula:
            if self.is_read:  # of a formula that cells share only the first has the text
                self.cells[self.column] = RawCell(self.budget.keep(f"={self.take_text()}"))
        elif self.parts and not (text := self.take_text()).isspace():
            self.cells[self.column] = self._cell(text)

    def finish_row(self) -> None:
        if self.cells:
            self.rows.append(RawRow(self.number, self.is_hidden, self.cells))

    def begin_row(self, attributes: dict[str, str]) -> None:
        self.number = int(float(attributes["r"])) if "r" in attributes else self.number + 1
        if not 1 <= self.number <= LAST_ROW:
            raise FileRefused("broken")
        self.column, self.cells = 0, {}
        hidden = attributes.get("hidden")
        self.is_hidden = (
            hidden in {"1", "true"}
            or _is_nothing(attributes.get("ht"))
            or (hidden is None and "ht" not in attributes and self.sheet.rows_are_hidden)
        )

    def merge(self, attributes: dict[str, str]) -> None:
        self.contents.cost.add_range(attributes)
        try:
            left, top, right, bottom = range_boundaries(attributes.get("ref", ""))
        except (ValueError, TypeError):
            return
        # Across columns only a title is merged.
        if left == right and None not in (left, top, bottom) and left <= self.columns and bottom > top:
            self.sheet.merges.add((left, top, bottom))
            if len(self.sheet.merges) > MERGES:
                raise FileRefused("bomb")

    def look_at_column(self, attributes: dict[str, str]) -> None:
        first, last = int(attributes["min"]), min(int(attributes["max"]), self.columns)
        is_hidden = attributes.get("hidden") in {"1", "true"} or _is_nothing(attributes.get("width"))
        if is_hidden and 1 <= first <= last:
            self.sheet.hidden_columns.add((first, last))

    def look_at_format(self, attributes: dict[str, str]) -> None:
        self.sheet.rows_are_hidden = attributes.get("zeroHeight") in {"1", "true"}

    def _cell(self, text: str) -> RawCell:
        match self.kind:
            case "s":
                return RawCell(self.contents.strings[int(text)], self._format())
            case "n":
                return self._number(text.strip())
            case "b":
                return RawCell(text.strip() in {"1", "true"})
            case "d":
                return RawCell(from_ISO8601(text.strip()), self._format())
        return RawCell(self.budget.keep(text), self._format())

    def _format(self) -> str:
        formats, style = self.contents.formats, int(self.style)
        return formats[style] if 0 <= style < len(formats) else "General"

    def _number(self, text: str) -> RawCell:
        number_format = self._format()
        number: int | float = int(text) if _is_whole(text) else float(text)
        if not math.isfinite(number):
            return RawCell(self.budget.keep(text), number_format)
        if not _is_date(number_format):
            return RawCell(number, number_format)
        try:
            day: Any = from_excel(number, self.epoch, timedelta=is_timedelta_format(number_format))
        except (OverflowError, ValueError):  # no day has that number
            return RawCell(number, number_format, number)
        return RawCell(str(day) if isinstance(day, dt.timedelta) else day, number_format, number)


def _is_nothing(size: str | None) -> bool:
    """Tell whether a height or a width is none, in whatever way a program writes it."""
    return size is not None and not size.strip("0. ")


def _is_whole(text: str) -> bool:
    digits = text[1:] if text[:1] == "-" else text
    return digits.isascii() and digits.isdigit() and len(digits) < _LONGEST_NUMBER


@lru_cache(maxsize=1_000)
def _is_date(number_format: str) -> bool:
    return bool(is_date_format(number_format))


def _column(place: str) -> int:
    """Return the number of the column of a place such as `AB12`."""
    return _column_of(place.rstrip("0123456789"))


@lru_cache(maxsize=1_000)
def _column_of(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
        if not ("A" <= letter <= "Z" and column <= LAST_COLUMN):
            raise FileRefused("broken")
    if not column:
        raise FileRefused("broken")
    return column
