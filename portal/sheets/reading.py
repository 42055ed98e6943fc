"""The rows of a file that somebody sent.

    table = read_table(content)
    for number, cells in table.rows: …      # number as Excel counts, from 1; cells as the sender wrote them

A cell is a text, a number, a date or None. A formula is its own text ("=A1+1"): `is_formula` tells it.
At most `ROWS` rows and `COLUMNS` columns are read; lines that are wholly empty are left out, and no other.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from portal.places.text import nfc
from portal.sheets import encodings, sheetrows, workbooks
from portal.sheets.refusals import FileRefused

BYTES = 10 * 1024 * 1024
ROWS = 20_000
COLUMNS = 100
CELL = 1_000  # characters; what is longer is cut, and no field is that long
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
    unread: list[str] = field(default_factory=list)  # sheets beside the first, which alone is read
    hidden_rows: list[int] = field(default_factory=list)  # they are read
    hidden_columns: list[str] = field(default_factory=list)  # so are they
    epoch: dt.datetime = WINDOWS_EPOCH  # from which the workbook counts days
    is_light: bool = False  # whether all of it can be built in memory


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
    return table


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
            cells[column - 1] = _cell(cell)
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


def _cell(raw: sheetrows.RawCell) -> Cell:
    value = raw.value
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return "x" if value else None
    return value


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
    many = 0
    for number, cells in rows:
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if not cells:
            continue
        many += 1
        if many > ROWS + 20:  # titles and headings stand above the rows
            raise FileRefused("too_many_rows", limit=f"{ROWS:,}".replace(",", "."))
        yield number, cells
