"""A sender's own file, given back with a column of remarks; and small files from rows of ours."""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from portal.sheets.cells import Cell
from portal.sheets.encodings import encode
from portal.sheets.reading import CONTROL, Table

GAP = 1_000  # empty rows that are written; a row further down comes up to here
FORMULA = tuple("=+-@\t\r\n")  # what a spreadsheet takes for the beginning of a formula
_NO_TITLE = re.compile(r"[\\*?:/\[\]]")

logger = logging.getLogger(__name__)


def with_remarks(
    content: bytes, table: Table, heading_row: int, title: str, remarks: Mapping[int, str]
) -> bytes:
    """Return the file with one more column: `title` in the row of the headings, a remark in each row that has one.

    An Excel file keeps its sheets and looks, and its formulas become text; one that would take much memory, and a
    CSV, are written anew from the cells that were read, a CSV in its own encoding and with its own separator.
    """
    if table.kind == "csv":
        return _csv_with(table, heading_row, title, remarks)
    if table.is_light:
        try:
            return _workbook_with(content, table, heading_row, title, remarks)
        except Exception as error:  # whatever a library makes of a part that was not read
            logger.info("a list is given back without its looks: %s", type(error).__name__)
    return _fresh_with(table, heading_row, title, remarks)


def _workbook_with(
    content: bytes, table: Table, heading_row: int, title: str, remarks: Mapping[int, str]
) -> bytes:
    book = load_workbook(io.BytesIO(content), keep_links=False)
    for sheet in book.worksheets:
        for cell in sheet._cells.values():  # `iter_rows` would make every cell up to the farthest
            if cell.data_type == "f":
                cell.value = as_text(str(getattr(cell.value, "text", None) or cell.value))
    sheet = book[table.sheet]
    column = _free_column(sheet, table)
    head = sheet.cell(heading_row, column, title)
    head.font, head.alignment = Font(bold=True, color="9C0006"), Alignment(wrap_text=True)
    for number, remark in remarks.items():
        cell = sheet.cell(number, column, as_text(remark))
        cell.font, cell.alignment = Font(color="9C0006"), Alignment(wrap_text=True, vertical="top")
        cell.fill = PatternFill("solid", fgColor="FFE3E0")
    sheet.column_dimensions[get_column_letter(column)].width = 60
    return _bytes(book)


def _free_column(sheet: Any, table: Table) -> int:
    """Return the first empty column beside the list; a cell that stands far away may stay there."""
    used = {column for (_row, column), cell in sheet._cells.items() if cell.value is not None}
    column = max(len(cells) for _number, cells in table.rows) + 1
    while column in used:
        column += 1
    return min(column, 16_384)


def _fresh_with(table: Table, heading_row: int, title: str, remarks: Mapping[int, str]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NO_TITLE.sub(" ", table.sheet)[:31])
    for row in _rows_with(table, heading_row, title, remarks):
        sheet.append([as_text(cell) if isinstance(cell, str) else cell for cell in row])
    return _bytes(book)


def _csv_with(table: Table, heading_row: int, title: str, remarks: Mapping[int, str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.separator or ",", lineterminator="\r\n")
    for row in _rows_with(table, heading_row, title, remarks):
        writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in row])
    text = out.getvalue()
    return encode(text, table.encoding)


def _rows_with(
    table: Table, heading_row: int, title: str, remarks: Mapping[int, str]
) -> Iterable[list[Cell]]:
    width = max(len(cells) for _number, cells in table.rows)
    last = 0
    for number, cells in table.rows:
        for _empty in range(min(number - last - 1, GAP)):
            yield []
        last = number
        remark = title if number == heading_row else remarks.get(number, "")
        yield [*cells, *[None] * (width - len(cells)), remark]


def as_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula; signs that a cell cannot hold are left out."""
    text = CONTROL.sub("", text)
    starts = text.lstrip(" ")[:1]
    # A phone number may begin with its plus.
    harmless = starts == "+" and text.strip()[1:].replace(" ", "").isdigit()
    return f"'{text}" if starts in FORMULA and starts and not harmless else text


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    text_rows: int = 0,
    choices: Mapping[int, Sequence[str]] = MappingProxyType({}),
    choices_name: str = "Danh mục",
) -> bytes:
    """A new workbook; the first row of each sheet is bold. All cells are text, and of the first sheet so many
    empty rows too, so that Excel keeps the zeros that numbers begin with.

    `choices` are the drop-downs of the first sheet's empty rows, by column from 0. They only help: another text may
    be typed. Their lists stand on a hidden sheet, for Excel takes no long list into the cell itself.
    """
    book = Workbook(write_only=True)
    for position, (name, rows) in enumerate(sheets.items()):
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        width = max(map(len, rows))
        for column in range(1, width + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 60 if column == width == 2 else 20
        for number, row in enumerate(rows):
            sheet.append([_text_cell(sheet, value, bold=number == 0) for value in row])
        if position == 0:
            for _row in range(text_rows):
                sheet.append([_text_cell(sheet, None) for _column in range(width)])
            for place, column in enumerate(choices, start=1):
                sheet.data_validations.append(
                    _drop_down(choices_name, place, len(choices[column]), column, 1 + len(rows), text_rows)
                )
    if choices:
        lists = book.create_sheet(choices_name)
        lists.sheet_state = "hidden"
        for line in zip_longest(*choices.values()):
            lists.append(list(line))
    return _bytes(book)


def _drop_down(name: str, place: int, length: int, column: int, first: int, rows: int) -> DataValidation:
    letter, cells = get_column_letter(place), get_column_letter(column + 1)
    return DataValidation(
        type="list",
        formula1=f"'{name}'!${letter}$1:${letter}${length}",
        sqref=f"{cells}{first}:{cells}{first + max(rows, 1) - 1}",
        allow_blank=True,
        showErrorMessage=False,
    )


def _text_cell(sheet: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = "@"
    if value is not None:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
