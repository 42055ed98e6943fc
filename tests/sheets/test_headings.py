"""Where the headings of a table are, whatever stands above and below them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.places.text import fold
from portal.sheets.cells import Cell
from portal.sheets.headings import Headings, Skipped, find, skip_end, skip_numbers

KEYS = {
    "ten": "name",
    "nam sinh": "birth",
    "dien thoai": "phone",
    "noi o xa": "commune",
    "noi o tinh": "province",
}
TABLE = ["Tên", "Năm sinh", "Điện thoại"]
PEOPLE: list[list[Cell]] = [["Hoa", 1979, "0901"], ["Sáu", 1955, "0902"], ["Lan", 2001, "0903"]]
WIDE = st.integers(3, 12)


def meaning(heading: str, group: str) -> str:
    return KEYS.get(fold(f"{group} {heading}"), KEYS.get(fold(heading), ""))


def numbered(*rows: list[Cell]) -> list[tuple[int, list[Cell]]]:
    return [(number, row) for number, row in enumerate(rows, start=1) if row]


def found_in(*rows: list[Cell]) -> Headings:
    table = numbered(*rows)
    found = find(table, meaning)
    skip_numbers(found, table)
    skip_end(found, table, lambda cells: any(str(cell)[-4:].isdigit() for cell in cells[1:2]))
    return found


@given(
    st.lists(st.lists(st.text("CỘNG HÒA xã hội", min_size=1, max_size=9), min_size=1, max_size=3), max_size=5)
)
def test_titles_stand_above(titles: list[list[Cell]]) -> None:
    found = found_in(*titles, TABLE, *PEOPLE)
    assert (found.row, found.last) == (len(titles) + 1, len(titles) + 1)
    assert found.places == {"name": 0, "birth": 1, "phone": 2}
    assert not found.skipped


@pytest.mark.parametrize(
    "upper",
    [["Tên", "Năm sinh", "Nơi ở", None], ["Tên", "Năm sinh", "Nơi ở"]],
)
@pytest.mark.parametrize("lower", [[None, None, "Xã", "Tỉnh"], ["Tên", "Năm sinh", "Xã", "Tỉnh"]])
def test_a_heading_of_two_rows(upper: list[Cell], lower: list[Cell]) -> None:
    found = found_in(["DANH SÁCH"], upper, lower, ["Hoa", 1979, "Hưng Thuận", "Tây Ninh"])
    assert (found.row, found.last) == (2, 3)
    assert found.places == {"name": 0, "birth": 1, "commune": 2, "province": 3}


def test_a_first_person_is_no_second_row() -> None:
    found = found_in(TABLE, ["Hoa", "không rõ", "không"], *PEOPLE)
    assert found.last == 1


def _brackets(many: int) -> list[Cell]:
    return [f"({place})" for place in range(1, many + 1)]


def _letters(many: int) -> list[Cell]:
    return [chr(ord("A") + place) for place in range(many)]


ORDERS = [
    _brackets,
    _letters,
    lambda many: list(range(1, many + 1)),
    lambda many: [float(place) for place in range(1, many + 1)],
    lambda many: [f"[{place}]" for place in range(1, many + 1)],
    lambda many: [f"{place}." for place in range(1, many + 1)],
    lambda many: [f"Cột {place}" for place in range(1, many + 1)],
    lambda many: [*_letters(2), *_brackets(many - 2)],
    lambda many: [None, *_brackets(many - 1)] if many > 3 else _brackets(many),
    lambda many: [*_brackets(many - 1), f"({many})=(1)+(2)"],
    lambda many: ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"][:many],
]


@pytest.mark.parametrize("order", ORDERS)
@given(many=WIDE)
def test_a_row_that_numbers_the_columns_holds_nobody(order: object, many: int) -> None:
    found = found_in(TABLE, order(many), *PEOPLE)  # type: ignore[operator]
    assert found.skipped == {2: Skipped.COLUMN_NUMBERS}


@pytest.mark.parametrize(
    "row",
    [
        ["3", "1979", "0901"],
        [1, 1979, 901],
        ["A", "1979", ""],
        [1, 1, 1],
        ["x", "x", "x"],
        ["(2)", "(3)", "(4)"],
    ],
)
def test_a_row_that_does_not_count_from_one_is_read(row: list[Cell]) -> None:
    assert not found_in(TABLE, row, *PEOPLE).skipped


def test_notes_in_brackets_hold_nobody() -> None:
    found = found_in(TABLE, ["(ghi đủ họ tên)", "(ngày/tháng/năm)", "(di động)"], *PEOPLE)
    assert found.skipped == {2: Skipped.NOTES}


@pytest.mark.parametrize(
    "end",
    [
        [["Tổng cộng: 3 người"]],
        [["TỔNG CỘNG", None, 3]],
        [["Danh sách này có 3 người."], [None, None, "Tây Ninh, ngày 5 tháng 10 năm 2021"]],
        [[None, "NGƯỜI LẬP BIỂU", "CHỦ TỊCH"], ["", "(đã ký)"], [None, "Nguyễn Văn Tám", "Trương Văn Bảy"]],
    ],
)
def test_what_ends_a_list_holds_nobody(end: list[list[Cell]]) -> None:
    found = found_in(TABLE, *PEOPLE, *end)
    assert found.skipped == dict.fromkeys(range(5, 5 + len(end)), Skipped.END)


@pytest.mark.parametrize(
    "last",
    [
        ["Tống Cộng", 1979],
        ["Trương Bé", 2019, ""],
        ["Cộng Văn Tổng", "05/06/1990"],
        ["Trương Bé", None, ""],
        ["Hoa"],
    ],
)
def test_the_last_person_is_nobodys_signature(last: list[Cell]) -> None:
    assert not found_in(TABLE, *PEOPLE, last).skipped
    assert not found_in(TABLE, ["Tổng cộng", None, 3], last, *PEOPLE).skipped
