"""No row of a workbook is lost, whatever the sheet says of itself; what is hidden is told."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from openpyxl import Workbook

from portal.sheets.reading import FileRefused, Table, read_table
from portal.sheets.walking import TAGS
from tests.sheets.files import part_of, repacked, saved

SHEET = "xl/worksheets/sheet1.xml"
PEOPLE = [["Số gia đình", "Họ và tên"], ["1", "Hoa"], ["2", "Sáu"], ["3", "Tư"]]


def book_of(rows: list[list[object]]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def changed(old: str, new: str, rows: list[list[object]] | None = None) -> bytes:
    """The list with something else in its sheet."""
    content = saved(book_of(rows or PEOPLE))
    sheet = part_of(content, SHEET).decode()
    assert re.search(old, sheet), sheet
    return repacked(content, {SHEET: re.sub(old, new, sheet).encode()})


def names(table: Table) -> list[object]:
    return [cells[1] for _number, cells in table.rows[1:]]


@pytest.mark.parametrize(
    "dimension",
    [
        '<dimension ref="A1"/>', '<dimension ref="A1:B2"/>', '<dimension ref="A1:XFD1048576"/>', '<dimension ref="B7:A1"/>',
        '<dimension ref="nonsense"/>', "<dimension/>", "",
    ],
)  # fmt: skip
def test_the_size_that_a_sheet_declares_counts_for_nothing(dimension: str) -> None:
    assert names(read_table(changed("<dimension[^>]*/>", dimension))) == ["Hoa", "Sáu", "Tư"]


@pytest.mark.parametrize("number", [5, 1_500, 30_000, 1_048_576])
def test_a_row_below_many_empty_ones_is_read(number: int) -> None:
    content = changed(
        '<row r="4">(.*?)r="A4"(.*?)r="B4"', rf'<row r="{number}">\1r="A{number}"\2r="B{number}"'
    )
    table = read_table(content)
    assert names(table) == ["Hoa", "Sáu", "Tư"]
    assert table.rows[-1][0] == number


def test_a_row_of_a_csv_below_many_empty_ones_is_read() -> None:
    assert read_table(b"a,b\r\n" + b"\r\n" * 1_500 + b"1,2\r\n").rows[-1] == (1_502, ["1", "2"])


def test_rows_and_cells_without_a_place_follow_one_another() -> None:
    content = changed('<row r="[0-9]+">', "<row>")
    sheet = re.sub(rb' r="[A-Z]+[0-9]+"', b"", part_of(content, SHEET))
    assert names(read_table(repacked(content, {SHEET: sheet}))) == ["Hoa", "Sáu", "Tư"]


def test_rows_out_of_order_are_put_in_order_and_none_stands_twice() -> None:
    rows = re.findall("<row .*?</row>", part_of(saved(book_of(PEOPLE)), SHEET).decode())
    assert names(read_table(changed("<row .*</row>", "".join([rows[0], *rows[:0:-1]])))) == [
        "Hoa",
        "Sáu",
        "Tư",
    ]
    with pytest.raises(FileRefused) as caught:
        read_table(changed("<row .*</row>", "".join([*rows, rows[3]])))
    assert caught.value.code == "broken"


def test_names_with_a_prefix_are_read_alike() -> None:
    content = saved(book_of(PEOPLE))
    sheet = part_of(content, SHEET).decode().replace('xmlns="', 'xmlns:x="')
    sheet = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", sheet)
    assert names(read_table(repacked(content, {SHEET: sheet.encode()}))) == ["Hoa", "Sáu", "Tư"]


def test_a_cell_merged_over_rows_counts_where_something_else_stands() -> None:
    book = book_of(
        [["Số gia đình", "Tên"], ["1", "Hoa"], [None, "Bảo"], [None, None], [None, "Lan"], ["2", "Sáu"]]
    )
    book.active.merge_cells("A2:A5")
    assert [cells for _number, cells in read_table(saved(book)).rows[1:]] == [
        ["1", "Hoa"],
        ["1", "Bảo"],
        ["1", "Lan"],
        ["2", "Sáu"],
    ]


def test_more_merged_cells_than_families_of_the_longest_list_all_count() -> None:
    ranges = "".join(f'<mergeCell ref="A{top}:A{top + 1}"/>' for top in range(2, 40_000, 2))
    rows = [
        ["Số gia đình", "Tên"],
        *([str(number // 2) if number % 2 == 0 else None, "x"] for number in range(19_000)),
    ]
    content = changed("</sheetData>", f"</sheetData><mergeCells>{ranges}</mergeCells>", rows)
    table = read_table(content)
    assert [cells[0] for _number, cells in table.rows[-3:]] == ["9498", "9499", "9499"]


@pytest.mark.parametrize("hidden", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_hidden_rows_are_read_and_told(hidden: str) -> None:
    table = read_table(changed('<row r="3"', f'<row {hidden} r="3"'))
    assert (names(table), table.hidden_rows) == (["Hoa", "Sáu", "Tư"], [3])


def test_rows_hidden_unless_they_say_otherwise_are_told() -> None:
    content = changed("<sheetFormatPr", '<sheetFormatPr zeroHeight="1"')
    sheet = part_of(content, SHEET).replace(b'<row r="1"', b'<row hidden="0" r="1"')
    assert read_table(repacked(content, {SHEET: sheet})).hidden_rows == [2, 3, 4]


def test_hidden_columns_are_read_and_told() -> None:
    book = book_of(PEOPLE)
    book.active.column_dimensions["B"].hidden = True
    book.active.column_dimensions["F"].hidden = True  # nothing stands there
    table = read_table(saved(book))
    assert (names(table), table.hidden_columns) == (["Hoa", "Sáu", "Tư"], ["B"])


def test_further_sheets_are_told_as_unread() -> None:
    book = book_of(PEOPLE)
    book.create_sheet("Thêm").append(["4", "Năm"])
    book.create_sheet("Ẩn").sheet_state = "veryHidden"
    table = read_table(saved(book))
    assert (table.unread, table.hidden) == (["Thêm"], ["Ẩn"])


def test_shared_strings_and_styles_are_found_and_dates_keep_their_format() -> None:
    content = saved(book_of([["a", "b"], ["x", 45_000.5], ["y", 7]]))
    strings = "<sst><si><r><t>Ngu</t></r><r><t>yễn</t></r><rPh><t>không</t></rPh></si></sst>".encode()
    relation = (
        b'<Relationship Id="s" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
    )
    relations = part_of(content, "xl/_rels/workbook.xml.rels").replace(b"</Relationships>", relation)
    sheet = part_of(content, SHEET).decode()
    sheet = re.sub(r'<c r="A2".*?</c>', '<c r="A2" t="s"><v>0</v></c>', sheet)
    changes = {
        "xl/sharedStrings.xml": strings,
        "xl/_rels/workbook.xml.rels": relations,
        SHEET: sheet.encode(),
    }
    assert read_table(repacked(content, changes)).rows[1:] == [(2, ["Nguyễn", 45_000.5]), (3, ["y", 7])]


@pytest.mark.parametrize(("kind", "epoch"), [("", dt.datetime(1899, 12, 30)), ("1", dt.datetime(1904, 1, 1))])
def test_a_workbook_has_its_own_epoch(kind: str, epoch: dt.datetime) -> None:
    book = book_of([["a", "b"], ["x", dt.datetime(1989, 10, 5)]])
    if kind:
        book.epoch = epoch
    table = read_table(saved(book))
    assert table.epoch == epoch
    assert table.rows[1][1][1] == dt.datetime(1989, 10, 5)


def test_more_tags_than_twenty_thousand_rows_need_are_refused() -> None:
    content = changed("</sheetData>", "<row/>" * TAGS + "</sheetData>")
    with pytest.raises(FileRefused) as caught:
        read_table(content)
    assert caught.value.code == "bomb"
