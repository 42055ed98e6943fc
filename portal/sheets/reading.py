"""The rows of a file that somebody sent.

    table = read_table(content)
    for number, cells in table.rows: …      # number as Excel counts, from 1; cells as the sender wrote them

A cell is a text, a number, a date or None. A formula is its own text ("=A1+1"): `is_formula` tells it.
At most `ROWS` rows and `COLUMNS` columns are read; lines that are wholly empty are left out.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from portal.places.text import nfc
from portal.sheets import encodings, workbooks
from portal.sheets.refusals import FileRefused
from portal.text import cleaned

BYTES = 10 * 1024 * 1024
ROWS = 20_000
COLUMNS = 100
CELL = 1_000  # characters; what is longer is cut, and no field is that long
GAP = 1_000  # empty rows after which nothing more is looked for
SEPARATORS = ",;\t"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_ARCHIVE = b"PK\x03\x04"
_NO_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"Rar!",
    b"\x1f\x8b",
    b"7z\xbc",
    b"\x7fELF",
    b"MZ",
)
Cell = str | int | float | dt.datetime | dt.date | dt.time | None


@dataclass
class Table:
    """`kind` is xlsx or csv; the rest says how the file was written, so that it can be given back alike."""

    kind: str
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    hidden: list[str] = field(default_factory=list)  # sheets that were not looked at


def is_formula(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def glance(content: bytes) -> None:
    """Refuse at sight what is no table, so that the sender hears it at once. Raises `FileRefused`."""
    if not content.strip(b"\0 \r\n\t"):
        raise FileRefused("empty")
    if len(content) > BYTES:
        raise FileRefused("too_large", limit=BYTES // 1024 // 1024)
    if content.startswith(workbooks.OLE):
        workbooks.refuse_old(content)
    if content.startswith(_ARCHIVE):
        workbooks.glance(content)
    elif content.startswith(_NO_TABLES):
        raise FileRefused("wrong_type")


def read_table(content: bytes) -> Table:
    """Raises `FileRefused`."""
    glance(content)
    table = _workbook(content) if content.startswith(_ARCHIVE) else _text(content)
    if not table.rows:
        raise FileRefused("empty")
    if encodings.looks_like_tcvn3(
        cell for _number, cells in table.rows[:200] for cell in cells if isinstance(cell, str)
    ):
        table.encoding = encodings.TCVN3
        table.rows = [
            (number, [nfc(encodings.tcvn3(cell)) if isinstance(cell, str) else cell for cell in cells])
            for number, cells in table.rows
        ]
    # After the letters, some of which are signs that nobody sees until they are mended.
    table.rows = [
        (number, [cleaned(cell).strip() if isinstance(cell, str) else cell for cell in cells])
        for number, cells in table.rows
    ]
    return table


# --- Excel -----------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Table:
    merges = workbooks.inspect(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:  # whatever a library makes of a broken file
        raise FileRefused("broken") from error
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        if not visible:
            raise FileRefused("no_sheet")
        sheet = visible[0]
        below = _merged_below(merges.get(sheet._worksheet_path.lstrip("/"), []))
        rows = list(_kept(_cells(sheet, below)))
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused("broken") from error
    finally:
        book.close()
    return Table("xlsx", rows, sheet=sheet.title, hidden=hidden)


def _cells(sheet: Any, below: dict[int, list[tuple[int, int, int]]]) -> Iterator[tuple[int, list[Cell]]]:
    sources = {(source, column) for cells in below.values() for _own, source, column in cells}
    values: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS, values_only=True), start=1):
        width = next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)
        cells = [_cell(value) for value in row[:width]]
        if number in below:
            cells += [None] * (COLUMNS - width)
            for own, source, column in below[number]:
                cells[own - 1] = cells[own - 1] or values.get((source, column))
        for column, value in enumerate(cells, start=1):
            if (number, column) in sources:
                values[number, column] = value
        yield number, cells


def _merged_below(ranges: list[str]) -> dict[int, list[tuple[int, int, int]]]:
    """Of each row that a merged cell reaches down to: own column, row and column of the value."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for text in ranges:
        try:
            left, top, right, bottom = range_boundaries(text)
        except (ValueError, TypeError):
            continue
        if None in (left, top, right, bottom) or left > COLUMNS or left != right:
            continue  # across columns only a title is merged
        for number in range(top + 1, min(bottom, top + ROWS) + 1):
            found.setdefault(number, []).append((left, top, left))
    return found


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, (int, float, dt.datetime, dt.date, dt.time)):
        return value if not isinstance(value, bool) else ("x" if value else None)
    if not isinstance(value, str):  # an array formula, rich text
        value = getattr(value, "text", None) or str(value)
    return _clean(str(value))


def _clean(text: str) -> str:
    """Without signs that nobody typed, and without the apostrophe that keeps a spreadsheet from reading it."""
    text = nfc(CONTROL.sub("", text[: CELL * 2])).strip()[:CELL]
    return text[1:] if text[:1] == "'" and text[1:2] in {*"=+-@0123456789"} else text


# --- CSV -------------------------------------------------------------------------------------------


def _text(content: bytes) -> Table:
    try:
        text, encoding = encodings.decode(content)
    except UnicodeError as error:
        raise FileRefused("encoding") from error
    head = text[:4_000]
    if head.lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        raise FileRefused("wrong_type")
    if sum(1 for sign in head if CONTROL.match(sign)) > max(len(head) // 10, 20):
        raise FileRefused("wrong_type")
    text = text.replace("\0", "")
    separator = _separator(text)
    if text.lower().startswith("sep="):
        text = "\n" + text.partition("\n")[2]  # the numbers of the rows stay
    try:
        rows = list(_kept(_lines(text, separator)))
    except csv.Error as error:
        raise FileRefused("broken") from error
    return Table("csv", rows, encoding=encoding, separator=separator)


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
        yield number, [_clean(cell) for cell in cells[:COLUMNS]]


def _separator(text: str) -> str:
    """The one that parts the first lines most evenly."""
    first = text[:20_000].splitlines()[:10]
    if first and (told := re.fullmatch(r"sep=(.)", first[0].strip("\r\n"), re.IGNORECASE)):
        return told[1] if told[1] in SEPARATORS else ","
    seen = Counter({separator: sum(line.count(separator) for line in first) for separator in SEPARATORS})
    return seen.most_common(1)[0][0]


def _kept(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Without the empty ones. Raises `FileRefused` beyond `ROWS`."""
    many, last = 0, 0
    for number, cells in rows:
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if not cells:
            if number - last > GAP:
                return
            continue
        many, last = many + 1, number
        if many > ROWS + 20:  # titles and headings stand above the rows
            raise FileRefused("too_many_rows", limit=f"{ROWS:,}".replace(",", "."))
        yield number, cells
