"""The rows of a file that somebody sent.

    table = read_table(content)
    for number, cells in table.rows: …      # number as Excel counts, from 1; cells as the sender wrote them

A cell is a text, a number, a date or None (`cells`). A formula is its own text ("=A1+1"). Letters that came
through in the wrong way are mended (`letters`).
At most `ROWS` rows and `COLUMNS` columns are read; lines that are wholly empty are left out, and no other.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from portal.sheets import delimited, encodings, letters, sheetrows, workbooks
from portal.sheets.cells import Cell, cell_of, clean
from portal.sheets.refusals import FileRefused
from portal.ui.formats import count

BYTES = 10 * 1024 * 1024
ROWS = 20_000
COLUMNS = 100
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
    unread: list[str] = field(default_factory=list)  # sheets beside the first, which alone is read
    hidden_rows: list[int] = field(default_factory=list)  # they are read
    hidden_columns: list[str] = field(default_factory=list)  # so are they
    epoch: dt.datetime = WINDOWS_EPOCH  # from which the workbook counts days
    widths: dict[int, int] = field(
        default_factory=dict
    )  # of the rows of a CSV, with empty fields at their ends
    is_light: bool = False  # whether all of it can be built in memory


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
        if table.unread:
            raise FileRefused("empty_sheet", sheet=table.sheet[:80])
        raise FileRefused("empty")
    return table


def _cleaned(cells: list[Cell]) -> list[Cell]:
    cells = [clean(cell) if isinstance(cell, str) else cell for cell in cells]
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


# --- Excel -----------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Table:
    with workbooks.opened(content) as archive:
        contents = workbooks.survey(archive)
        visible = [sheet for sheet in contents.sheets if sheet.is_visible]
        if not visible:
            raise FileRefused("no_sheet")
        part = workbooks.find_part(archive, visible[0].path)
        if part is None:
            raise FileRefused("broken")
        table = Table("xlsx", sheet=visible[0].name, unread=[sheet.name for sheet in visible[1:]])
        table.epoch = MAC_EPOCH if contents.counts_from_1904 else WINDOWS_EPOCH
        table.hidden = [sheet.name for sheet in contents.sheets if not sheet.is_visible]
        sheet = sheetrows.Sheet()
        hidden: set[int] = set()
        raw = sheetrows.read_rows(archive, part, contents, COLUMNS, sheet)
        table.rows = sorted(_kept(_cells(raw, hidden)), key=lambda row: row[0])
    contents.cost.tags = contents.budget.tags
    table.is_light = contents.cost.is_light
    numbers = [number for number, _cells in table.rows]
    if len(set(numbers)) < len(numbers):  # Excel itself calls such a file damaged
        raise FileRefused("broken")
    _fill_merged(table.rows, numbers, sheet.merges)
    table.hidden_rows = [number for number in numbers if number in hidden]
    used = {
        column for _number, cells in table.rows for column, cell in enumerate(cells, 1) if cell is not None
    }
    table.hidden_columns = [
        get_column_letter(column)
        for column in sorted(used)
        if any(first <= column <= last for first, last in sheet.hidden_columns)
    ]
    return table


def _cells(rows: Iterator[sheetrows.RawRow], hidden: set[int]) -> Iterator[tuple[int, list[Cell]]]:
    for number, is_hidden, raw in rows:
        cells: list[Cell] = [None] * max(raw)
        for column, cell in raw.items():
            cells[column - 1] = cell_of(*cell)
        if is_hidden:
            hidden.add(number)
        yield number, cells


def _fill_merged(
    rows: list[tuple[int, list[Cell]]], numbers: list[int], merges: set[tuple[int, int, int]]
) -> None:
    """Let a cell that is merged over rows count for each of them that has something else in it."""
    filled: dict[int, int] = {}  # by column, the last row of the ranges so far: Excel has none that overlap
    for column, top, bottom in sorted(merges):
        if top <= filled.get(column, 0):
            continue
        filled[column] = bottom
        first = bisect_left(numbers, top)
        if first == len(numbers) or numbers[first] != top or len(rows[first][1]) < column:
            continue
        value = rows[first][1][column - 1]
        for _number, cells in rows[first + 1 : bisect_left(numbers, bottom + 1)]:
            cells += [None] * (column - len(cells))
            cells[column - 1] = cells[column - 1] or value


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
    table = Table("csv", encoding=encoding, separator=separator)
    table.rows = list(_kept(_fields(delimited.rows_of(text, separator), table.widths)))
    return table


def _fields(
    rows: Iterator[tuple[int, list[str]]], widths: dict[int, int]
) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in rows:
        if any(cells):
            widths[number] = len(cells)
        yield number, [cell_of(cell) for cell in cells[:COLUMNS]]


def _kept(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Without the empty ones. Raises `FileRefused` beyond `ROWS`."""
    many = 0
    for number, cells in rows:
        while cells and (cells[-1] is None or (isinstance(cells[-1], str) and not cells[-1].strip())):
            cells.pop()
        if not cells:
            continue
        many += 1
        if many > ROWS + 20:  # titles and headings stand above the rows
            raise FileRefused("too_many_rows", limit=count(ROWS))
        yield number, cells
