"""Whole lists as careless people send them, read without the database: who is in them, and what is asked."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from unittest import mock

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from portal.sheets.refusals import FileRefused
from repatriation.importing import checking
from repatriation.importing.families import ListLine, join
from repatriation.importing.lines import read_lines
from tests.sheets.files import csv_text, part_of, repacked, saved, xlsx

HEADINGS = [
    "Số gia đình",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Số giấy tờ",
    "Điện thoại",
    "Tỉnh đang ở",
    "Quê",
]
SHORT = ["Họ và tên", "Ngày sinh", "Quê"]


def person(
    family: Any = 1, name: str = "Nguyễn Thị Mận", birth: Any = "12/03/1989", **more: Any
) -> list[Any]:
    known = {
        "sex": "Nữ",
        "identity": None,
        "phone": "0903100061",
        "province": "Bình Dương",
        "home": "Hưng Thuận",
    }
    return [family, name, birth, *(known | more).values()]


OTHER = person(2, "Lê Văn Ổi")


def read(content: bytes | str) -> tuple[list[ListLine], dict[int, str]]:
    table, headings = checking.read(content.encode() if isinstance(content, str) else content)
    return read_lines(table, headings), {number: str(why) for number, why in headings.skipped.items()}


def names(content: bytes | str) -> list[str | None]:
    return [line.values.get("full_name") for line in read(content)[0]]


def codes(line: ListLine) -> list[str]:
    return [fault.code for fault in line.errors]


def refused(content: bytes | str) -> str:
    with pytest.raises(FileRefused) as caught:
        read(content)
    assert str(caught.value)
    return caught.value.code


# --- Rows that hold nobody, and people who are no such rows -----------------------------------------


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["Ấp 1"], "group"),
        ([None, "Xã Hưng Thuận"], "group"),
        (["I", "Xã Hưng Thuận"], "group"),
        (["II. Khu phố Lộc An", None, 12], "group"),
        (["Hộ ông Tám"], "group"),
        (["DANH SÁCH NGƯỜI VỀ (tiếp theo)"], "group"),
        ([3], "empty"),
        ([3, None, None, None, None, None, "4"], "empty"),
        (["---"] * 8, "empty"),
        (["Cộng ấp 1", 2], "sum"),
        (["Grand Total", 2], "sum"),
        (["Tổng cộng: 2 người"], "sum"),
        ([None, "Cộng", "2 người"], "sum"),
        (HEADINGS, "headings"),
    ],
)
def test_what_parts_a_list_holds_nobody(row: list[Any], why: str) -> None:
    lines, skipped = read(xlsx(HEADINGS, person(), row, OTHER))
    assert [line.values["full_name"] for line in lines] == ["Nguyễn Thị Mận", "Lê Văn Ổi"]
    assert skipped == {3: why}


def test_the_headings_of_a_second_page_are_numbered_again() -> None:
    numbers = [f"({place})" for place in range(1, 9)]
    _lines, skipped = read(xlsx(HEADINGS, numbers, person(), ["DANH SÁCH (tiếp)"], HEADINGS, numbers, OTHER))
    assert skipped == {2: "column_numbers", 4: "group", 5: "headings", 6: "column_numbers"}


DATED = [None, "Tây Ninh, ngày 5 tháng 10 năm 2021"]


@pytest.mark.parametrize(
    "last",
    [
        person(2, "Lê Văn Ổi", None),
        [None, "Lê Văn Ổi", None, "Nam", "072079001234"],
        [None, "Lê Văn Ổi", None, None, None, "0903100062"],
        [2, "Trưởng Văn Bé"],
    ],
)
def test_somebody_without_a_birth_under_the_end_is_not_left_out(last: list[Any]) -> None:
    lines, skipped = read(xlsx(HEADINGS, person(), DATED, last))
    assert 4 not in skipped
    assert codes(lines[-1]) == ["missing"]


@pytest.mark.parametrize("before", [["Tổng cộng: 1"], OTHER])
@pytest.mark.parametrize(
    "last",
    [
        [None, "Phó Thị Hoa"],
        [None, "Cộng Thị Hoa"],
        ["Cộng đồng", "Lê Văn Ổi"],
        [None, "Trang"],
    ],
)
def test_a_name_alone_is_left_out_only_under_a_signature(before: list[Any], last: list[Any]) -> None:
    lines, skipped = read(xlsx(HEADINGS, person(), before, last))
    assert 4 not in skipped
    assert codes(lines[-1]) == ["missing"]


@pytest.mark.parametrize(
    "end",
    [
        [["Ghi chú: ai chưa có căn cước thì để trống"]],
        [
            ["NGƯỜI LẬP", None, "KẾ TOÁN", None, "THỦ QUỸ", None, "CHỦ TỊCH"],
            ["A Bé", None, "B Bé", None, "C Bé"],
        ],
        [[None, None, "Tây Ninh, ngày 05/10/2021"], [None, "CÁN BỘ LẬP"], [None, "Lê Văn Tám"]],
        [[None, "Tổng cộng", "1250 người"], ["Bằng chữ: một nghìn hai trăm năm mươi"]],
        [[None, "Người duyệt"], [None, "Lê Văn Tám"]],
    ],
)
def test_ends_of_official_lists(end: list[list[Any]]) -> None:
    lines, skipped = read(xlsx(HEADINGS, person(), *end))
    assert (len(lines), skipped) == (1, dict.fromkeys(range(3, 3 + len(end)), "end"))


@pytest.mark.parametrize(
    "numbers",
    [
        ["①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧"],
        [f"-{place}-" for place in range(1, 9)],
        [f"{{{place}}}" for place in range(1, 9)],
        [f"{place}/" for place in range(1, 9)],
        [-place for place in range(1, 9)],  # Excel makes it of (1)
        ["1", "2", "3a", "3b", "4", "5", "6", "7"],
        ["(i)", "(ii)", "(iii)", "(iv)", "(v)", "(vi)", "(vii)", "(viii)"],
    ],
)
def test_columns_are_numbered_in_many_ways(numbers: list[Any]) -> None:
    assert read(xlsx(HEADINGS, numbers, person()))[1] == {2: "column_numbers"}


# --- Headings ---------------------------------------------------------------------------------------


def test_a_heading_of_three_rows() -> None:
    lines, _skipped = read(
        xlsx(
            ["STT", "Họ và tên", "Thông tin cá nhân", None, None, None, None, "Quê quán"],
            [None, None, "Năm sinh", None, "Giấy tờ", "Nơi ở hiện nay"],
            [None, None, "Nam", "Nữ", "CCCD", "Xã, phường", "Tỉnh"],
            [1, "Lê Văn Ổi", 1979, None, "072079001234", "Trung Mỹ Tây", "TP HCM", "Hưng Thuận"],
            [2, "Trần Thị Bưởi", None, 1981, None, "Trung Mỹ Tây", "TP HCM", "Hưng Thuận"],
        )
    )
    assert [(line.values["birth"], line.values["sex"]) for line in lines] == [
        ("1979", "male"),
        ("1981", "female"),
    ]
    assert {line.values["origin_province"] for line in lines} == {"TP HCM"}
    assert not any(line.errors for line in lines)


@pytest.mark.parametrize(
    "headings",
    [
        ["1. Họ và tên", "2. Ngày sinh", "3. Quê"],
        ["I) Họ và tên", "II) Ngày sinh", "III) Quê"],
        ["Họ và tên/Full name", "Ngày sinh/DOB", "Quê/Home"],
        ["Họ và tên\nFull name", "Ngày sinh\n(Date of birth)", "Quê\nHome commune"],
    ],
)
def test_headings_with_numbers_and_in_two_languages(headings: list[str]) -> None:
    assert names(xlsx(headings, ["Lê Văn Ổi", "1979", "Hưng Thuận"])) == ["Lê Văn Ổi"]


@pytest.mark.parametrize(
    ("headings", "row", "name"),
    [
        (["Họ", "Tên đệm", "Tên", *SHORT[1:]], ["Lê", "Văn", "Ổi"], "Lê Văn Ổi"),
        (["Họ và tên", None, *SHORT[1:]], ["Lê Văn", "Ổi"], "Lê Văn Ổi"),
        (["Họ và tên", None, *SHORT[1:]], ["Lê Văn Ổi", "Nam"], "Lê Văn Ổi"),
        (["Họ và tên", None, *SHORT[1:]], ["Lê Văn Ổi", "x"], "Lê Văn Ổi"),
        (["Họ và tên", None, *SHORT[1:]], ["Lê Văn Ổi", "Tổ 5"], "Lê Văn Ổi"),
        (["Họ", "Tên", *SHORT[1:]], ["Lê Văn Ổi", None], "Lê Văn Ổi"),
        (["Họ", "Tên", *SHORT[1:]], ["Lê Văn", None], None),
    ],
)
def test_a_name_in_several_columns(headings: list[Any], row: list[Any], name: str | None) -> None:
    assert names(xlsx(headings, [*row, "1979", "Hưng Thuận"])) == [name]


def test_given_names_beside_a_long_list_of_names_and_other_words() -> None:
    headings = ["Họ và tên", None, *SHORT[1:]]
    given = ["Ổi", "Tý", "Mận", "Sáu", "Bảy", "Lan", "Hoa", "Bưởi", "Xoài"]
    relations = ["Vợ", "Con", "Chồng", "Mẹ", "Cha", "Cháu", "Ông"]
    for words, joined in ((given, True), (relations, False), (["Kinh", "Khmer"], False)):
        rows = [["Lê Văn", words[number % len(words)], 1979, "Hưng Thuận"] for number in range(200)]
        assert names(xlsx(headings, *rows))[0] == ("Lê Văn Ổi" if joined else "Lê Văn")


@pytest.mark.parametrize(
    ("heading", "cell"), [("Ngày sinh (mm/dd/yyyy)", "03/12/1989"), ("Ngày sinh", "3/12/1989 12:00:00 AM")]
)
def test_the_american_order_that_is_told_is_read_so_and_asks(heading: str, cell: str) -> None:
    (line,), _skipped = read(xlsx(["Họ và tên", heading, "Quê"], ["Lê Văn Ổi", cell, "Hưng Thuận"]))
    assert line.values["birth"] == "12/03/1989"
    assert "day_swapped" in {fault.code for fault in line.remarks}


def test_headings_in_another_order_part_no_list() -> None:
    assert refused(xlsx(HEADINGS, person(), [*HEADINGS[1::-1], *HEADINGS[2:]], OTHER)) == "heading_again"
    assert (
        refused(xlsx(HEADINGS, person(), [], SHORT, ["Lê Văn Ổi", "1979", "Hưng Thuận"])) == "heading_again"
    )


def test_a_household_is_no_surname() -> None:
    for heading, keys in (("Hộ", {"family", "full_name"}), ("Họ", {"surname", "full_name"})):
        _table, headings = checking.read(
            xlsx([heading, "Tên", *SHORT[1:]], [1, "Lê Văn Ổi", "1979", "Hưng Thuận"])
        )
        assert keys <= headings.places.keys()


@pytest.mark.parametrize(
    ("shown", "birth", "asked"),
    [("mm/yyyy", "1989", "day_unknown"), ("mmm-yy", "1989", "day_unknown"), ("d-mmm", None, "day_short")],
)
def test_a_cell_that_hides_a_part_of_its_day(shown: str, birth: str | None, asked: str) -> None:
    book = Workbook()
    book.active.append(SHORT)
    book.active.append(["Lê Văn Ổi", dt.datetime(1989, 3, 1), "Hưng Thuận"])
    book.active["B2"].number_format = shown
    (line,), _skipped = read(saved(book))
    assert line.values.get("birth") == birth
    assert asked in {fault.code for fault in line.errors + line.remarks}


def test_a_row_without_a_family_is_of_the_family_with_its_phone() -> None:
    def families(*rows: list[Any]) -> list[int]:
        lines, _skipped = read(xlsx(HEADINGS, *rows))
        with mock.patch("repatriation.importing.families._settle_family"):
            join(lines, mock.Mock(), [])
        return [line.family for line in lines]

    blank = person(None, "Trần Gia Bảo")
    assert families(person(1), blank, person(2, phone="0903100062")) == [1, 1, 2]
    assert families(blank, person(1)) == [1, 1]
    assert families(person(1), blank, person(2)) == [1, 2, 3]  # two families have that phone


def test_the_first_sheet_is_named_where_it_has_no_list() -> None:
    assert refused(xlsx(DS=[HEADINGS, person()])) == "empty_sheet"
    assert refused(xlsx(["Hướng dẫn"], ["Điền trang sau"], DS=[HEADINGS, person()])) == "not_first_sheet"
    assert (
        refused(xlsx(["Họ và tên", "Ngày sinh", "Điện thoại"], DS=[HEADINGS])) == "no_heading"
    )  # names the column


# --- Fields -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["nt", "NT", "-nt-", "n/t", "như trên", "Giống trên", '"', "''", "//", "〃"])
def test_ditto_marks_mean_the_cell_above(sign: str) -> None:
    lines, _skipped = read(
        xlsx(
            HEADINGS,
            person(1),
            person(sign, "Trần Gia Bảo", "2019", phone=sign, province=sign, home=sign),
            person(2, "Lê Văn Ổi", phone="0903100062"),
            person(sign, "Lê Văn Tý", "2001", phone=sign),
        )
    )
    assert [line.values["family"] for line in lines] == ["1", "1", "2", "2"]
    assert [line.values["phone"][-2:] for line in lines] == ["61", "61", "62", "62"]
    assert {line.values["home"] for line in lines} == {"Hưng Thuận"}


def test_a_field_too_many_is_told() -> None:
    lines, _skipped = read(csv_text(HEADINGS, person(province="12 đường số 7, Bình Dương"), OTHER))
    assert [codes(line) for line in lines] == [["row_shifted"], []]
    # Excel writes all rows as wide as the widest, and some programs a separator behind each.
    assert not any(line.errors for line in read(csv_text([*HEADINGS, ""], [*person(), "ghi chú"]))[0])
    assert not any(line.errors for line in read(csv_text(HEADINGS, [*person(), ""]))[0])


def test_quotation_marks_behind_a_space() -> None:
    text = 'Họ và tên, Ngày sinh, Quê\n"Lê Văn Ổi", "12/03/1989", "Hưng Thuận, Tây Ninh"\n'
    (line,), _skipped = read(text)
    assert (line.values["birth"], line.values["home"]) == ("12/03/1989", "Hưng Thuận, Tây Ninh")
    assert names('Họ và tên,Ngày sinh,Quê\nLê Văn Ổi,1979, "Hẻm" 5\n') == ["Lê Văn Ổi"]


@pytest.mark.parametrize("sign", [*"^~#:!"])
def test_a_file_may_name_any_separator(sign: str) -> None:
    assert names(f"sep={sign}\r\n{csv_text(HEADINGS, person(), separator=sign)}") == ["Nguyễn Thị Mận"]


def test_signs_that_excel_writes_in_hexadecimal() -> None:
    rows = [person(name="Nguyễn_x000D_\nThị Mận"), person(2, home="Hưng Thuận_x000D_")]
    lines, _skipped = read(xlsx(HEADINGS, *rows))
    assert (lines[0].values["full_name"], lines[1].values["home"]) == ("Nguyễn Thị Mận", "Hưng Thuận")


@pytest.mark.parametrize("height", ["0", "0.0", "0.00"])
def test_a_row_of_no_height_is_hidden(height: str) -> None:
    content = xlsx(HEADINGS, person(), OTHER)
    sheet = part_of(content, "xl/worksheets/sheet1.xml").decode()
    sheet = sheet.replace('<row r="3"', f'<row r="3" ht="{height}" customHeight="1"')
    assert checking.read(repacked(content, {"xl/worksheets/sheet1.xml": sheet.encode()}))[0].hidden_rows == [
        3
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.permutations([person(number, f"Lê Thị {word}") for number, word in enumerate(("Ổi", "Na", "Bé"), 1)]),
    st.lists(
        st.sampled_from([["Ấp 1"], ["Cộng", 3], [7], [None] * 8, HEADINGS, ["Ghi chú: xem sau"]]), max_size=6
    ),
    st.randoms(use_true_random=False),
)
def test_nobody_is_lost_between_other_rows(
    people: list[list[Any]], others: list[list[Any]], rng: Any
) -> None:
    rows = [*people]
    for other in others:
        rows.insert(rng.randint(0, len(rows)), other)
    with time_machine.travel("2026-11-23 12:00+07:00", tick=False):
        lines, skipped = read(xlsx(HEADINGS, *rows))
    found = [name for line in lines if (name := line.values.get("full_name")) and re.match("Lê Thị", name)]
    assert found == [row[1] for row in people]
    filled = {number for number, row in enumerate(rows, 2) if any(row)}
    assert filled == {line.number for line in lines} | skipped.keys()
