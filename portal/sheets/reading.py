"""The rows of a file that somebody sent.

    table = read_table(content)
    for number, cells in table.rows: …      # number as Excel counts, from 1; cells as the sender wrote them

A cell is a text, a number, a date or None (`cells`). A formula is its own text ("=A1+1"). Letters that came
through in the wrong way are mended (`letters`).
At most `ROWS` rows and `COLUMNS` columns are read; lines that are wholly empty are left out.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH, to_excel

from portal.sheets import delimited, encodings, letters, workbooks
from portal.sheets.cells import Cell, cell_of, clean
from portal.sheets.refusals import FileRefused

BYTES = 10 * 1024 * 1024
ROWS = 20_000
COLUMNS = 100
GAP = 1_000  # empty rows after which nothing more is looked for
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


@dataclass
class Table:
    """`kind` is xlsx or csv; the rest says how the file was written, so that it can be given back alike."""

    kind: str
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    hidden: list[str] = field(default_factory=list)  # sheets that were not looked at
    epoch: dt.datetime = WINDOWS_EPOCH  # from which the workbook counts days


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
    # Letters come first: what is left of a broken one can be a sign that nobody sees.
    encoding = letters.mend(table.rows)
    if table.kind == "xlsx":
        table.encoding = encoding
    table.rows = [row for number, cells in table.rows if (row := (number, _cleaned(cells)))[1]]
    if not table.rows:
        raise FileRefused("empty")
    return table


def _cleaned(cells: list[Cell]) -> list[Cell]:
    cells = [clean(cell) if isinstance(cell, str) else cell for cell in cells]
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


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
    return Table("xlsx", rows, sheet=sheet.title, hidden=hidden, epoch=book.epoch)


def _cells(sheet: Any, below: dict[int, list[tuple[int, int, int]]]) -> Iterator[tuple[int, list[Cell]]]:
    sources = {(source, column) for cells in below.values() for _own, source, column in cells}
    values: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS), start=1):
        width = next((place for place in range(len(row), 0, -1) if row[place - 1].value is not None), 0)
        cells = [_cell(cell, sheet.parent.epoch) for cell in row[:width]]
        if number in below:
            cells += [None] * (COLUMNS - width)
            for own, source, column in below[number]:
                cells[own - 1] = cells[own - 1] or values.get((source, column))
        for column, value in enumerate(cells, start=1):
            if (number, column) in sources:
                values[number, column] = value
        yield number, cells


def _cell(cell: Any, epoch: dt.datetime) -> Cell:
    if isinstance(cell.value, dt.datetime):
        return cell_of(cell.value, cell.number_format, to_excel(cell.value, epoch))
    return cell_of(cell.value)


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
    separator = delimited.separator_of(text)
    rows: Iterator[tuple[int, list[Cell]]] = (
        (number, [cell_of(cell) for cell in cells[:COLUMNS]])
        for number, cells in delimited.rows_of(text, separator)
    )
    return Table("csv", list(_kept(rows)), encoding=encoding, separator=separator)


def _kept(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Without the empty ones. Raises `FileRefused` beyond `ROWS`."""
    many, last = 0, 0
    for number, cells in rows:
        while cells and (cells[-1] is None or (isinstance(cells[-1], str) and not cells[-1].strip())):
            cells.pop()
        if not cells:
            if number - last > GAP:
                return
            continue
        many, last = many + 1, number
        if many > ROWS + 20:  # titles and headings stand above the rows
            raise FileRefused("too_many_rows", limit=f"{ROWS:,}".replace(",", "."))
        yield number, cells
