"""Files of any origin are read, and given back as they came."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from portal.sheets import encodings, reading
from portal.sheets.cells import LENGTH, is_formula
from portal.sheets.reading import read_table
from portal.sheets.writing import as_text, with_remarks
from tests.sheets.files import csv_text, saved, xlsx

HEADINGS = ["Họ và tên", "Ngày sinh", "Địa chỉ"]
ROW = ["Nguyễn Thị Hoa", "12/03/1989", "ấp Bùng Binh, xã Hưng Thuận"]


def cells(content: bytes) -> list[list[object]]:
    return [row for _number, row in read_table(content).rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1258", "tcvn3"]
)
def test_a_csv_is_read_in_every_encoding_and_with_every_separator(encoding: str, separator: str) -> None:
    rows = [HEADINGS, [f'"{cell}"' for cell in ROW]]
    text = csv_text(*rows, separator=separator)
    content = text.encode(encoding) if encoding.startswith("utf") else encodings.encode(text, encoding)
    table = read_table(content)
    assert [row for _number, row in table.rows] == [HEADINGS, ROW]
    assert table.separator == separator
    assert encodings.encode(text, table.encoding).removeprefix(b"\xef\xbb\xbf") in (
        content.removeprefix(b"\xef\xbb\xbf"),
        content,
    )


@given(
    st.lists(
        st.sampled_from("aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵdđ "),
        max_size=40,
    ).map("".join)
)
def test_tcvn3_and_windows_1258_lose_no_letter(text: str) -> None:
    assert encodings.tcvn3(encodings.encode(text, "tcvn3").decode("latin-1")) == text
    written = encodings.encode(text, "windows-1258")
    assert encodings.nfc(written.decode("cp1258")) == text


def test_tcvn3_that_was_pasted_into_excel_is_mended() -> None:
    pasted = [
        encodings.encode(cell, "tcvn3").decode("latin-1") for cell in ["Nguyễn Văn Tú", "xã Hưng Thuận"]
    ]
    assert cells(xlsx(["Hä vµ tªn", "Quª"], pasted)) == [
        ["Họ và tên", "Quê"],
        ["Nguyễn Văn Tú", "xã Hưng Thuận"],
    ]


def test_a_first_line_that_names_the_separator_keeps_the_numbers_of_the_rows() -> None:
    table = read_table(b"sep=;\r\na;b\r\n1,5;2\r\n")
    assert table.rows == [(2, ["a", "b"]), (3, ["1,5", "2"])]


def test_excel_keeps_numbers_dates_and_the_numbers_of_its_rows() -> None:
    content = xlsx(
        ["a", "b", "c"], [], [72184004821, dt.datetime(1984, 11, 24), True], [None, " x ", "'0901"]
    )
    assert read_table(content).rows == [
        (1, ["a", "b", "c"]),
        (3, [72184004821, dt.datetime(1984, 11, 24), "x"]),
        (4, [None, "x", "0901"]),
    ]


def test_a_cell_merged_over_the_rows_of_a_family_counts_for_each() -> None:
    book = Workbook()
    for row in (["Số gia đình", "Tên"], ["1", "Hoa"], [None, "Bảo"], [None, "Lan"], ["2", "Sáu"]):
        book.active.append(row)
    book.active.merge_cells("A2:A4")
    assert [row[0] for row in cells(saved(book))] == ["Số gia đình", "1", "1", "1", "2"]


def test_hidden_sheets_are_left_alone_and_named() -> None:
    book = Workbook()
    book.active.title, book.active.sheet_state = "Nháp", "hidden"
    book.active.append(["không đọc"])
    book.create_sheet("Danh sách").append(["Họ và tên"])
    table = read_table(saved(book))
    assert (table.sheet, table.hidden, table.rows) == ("Danh sách", ["Nháp"], [(1, ["Họ và tên"])])


def test_the_columns_beyond_the_hundredth_are_not_read() -> None:
    book = Workbook()
    book.active.append(["a"])
    book.active.cell(1, 16_384, "xa")
    assert read_table(saved(book)).rows == [(1, ["a"])]


def test_a_very_long_cell_is_cut() -> None:
    assert cells(xlsx(["x" * 32_000]))[0][0] == "x" * LENGTH
    assert cells(b'a,b\r\n"' + b"y" * 90_000 + b'",1\r\n')[1] == ["y" * LENGTH, "1"]


def test_signs_that_nobody_typed_are_left_out() -> None:
    assert cells("Họ và tên,b\r\nHoa\0\x0e Lan,\ufeff1\r\n".encode())[1] == ["Hoa Lan", "1"]


def test_a_formula_stays_text_in_both_kinds() -> None:
    for content in (xlsx(["a", "=1+1"], ['=HYPERLINK("http://x")', 5]), b'a,=1+1\r\n"=cmd|x",5\r\n'):
        first, second = cells(content)
        assert is_formula(first[1])  # type: ignore[arg-type]
        assert is_formula(second[0])  # type: ignore[arg-type]


@given(st.text(max_size=20))
@example("=1+1")
@example(" @x")
def test_what_goes_back_is_no_formula(text: str) -> None:
    shown = as_text(text)
    assert shown.lstrip(" ")[:1] not in ("=", "@", "-", "\t", "\r", "\n")


def test_the_workbook_goes_back_with_its_sheets_and_without_its_formulas() -> None:
    book = Workbook()
    for row in (["Tên", "Ngày"], ["Hoa", "=TODAY()"], ["Sáu", "x"]):
        book.active.append(row)
    book.create_sheet("Ghi chú").append(["=1+1"])
    content = saved(book)
    back = load_workbook(io.BytesIO(with_remarks(content, read_table(content), 1, "Lý do", {3: "=sai"})))
    sheet = back.active
    assert [cell.value for cell in sheet["C"]] == ["Lý do", None, "'=sai"]
    assert sheet["B2"].value == "'=TODAY()"
    assert sheet["B2"].data_type == "s"
    assert back["Ghi chú"]["A1"].value == "'=1+1"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        told = read_table(content).rows or "nothing"
    except reading.FileRefused as refusal:
        told = str(refusal)
    assert told


def test_signs_that_nobody_sees_are_dropped_from_cells() -> None:
    hidden = ["Nguyễn\u200b Thị\u00a0Lan", "\u202d0903123456\u202c", "Minh\u00ad", "LÃ\x9d TrÃ\xad"]
    for content in (xlsx(["a"] * 4, hidden), ("a,a,a,a\r\n" + ",".join(hidden)).encode()):
        assert cells(content)[1] == ["Nguyễn Thị Lan", "0903123456", "Minh", "LÝ Trí"]
