"""Numbers as programs write them, and words for none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sheets.nothing import is_none
from portal.sheets.numbers import is_shortened, ungrouped

numbers = st.integers(1, 999_999_999_999)


@given(numbers, st.integers(1, 4), st.sampled_from(".,"))
def test_a_whole_number_is_one_with_decimals(number: int, zeros: int, point: str) -> None:
    # Three zeros behind a point could be a group of thousands.
    wanted = str(number) if zeros != 3 or number > 999 else f"{number}000"
    assert ungrouped(f"{number}{point}{'0' * zeros}") == wanted


@given(st.from_regex(r"0[0-9]{8,11}", fullmatch=True))
def test_zeros_at_the_beginning_stay(number: str) -> None:
    assert ungrouped(number) == number
    assert ungrouped(f"{number}.0") == number


@given(numbers, st.sampled_from(",. '"))
def test_groups_of_three_are_put_together(number: int, sign: str) -> None:
    assert ungrouped(f"{number:,}".replace(",", sign)) == str(number)


@given(numbers)
def test_scientific_notation_is_read_where_it_lost_nothing(number: int) -> None:
    digits = str(number)
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    text = f"{mantissa}E+{len(digits) - 1}"
    assert is_shortened(text) == (digits[1:].endswith("0"))
    if not is_shortened(text):
        assert ungrouped(text) == digits


@pytest.mark.parametrize("text", ["7.2E+10", "7,21550E+10", "9.01E+08", "7.2155E10"])
def test_a_number_that_was_cut_is_told(text: str) -> None:
    assert is_shortened(text)
    assert ungrouped(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "12/3",
        "05/10/1989",
        "1989-10-05",
        "0901 234 567 ",
        "12.34.56",
        "B1234567",
        "",
        "1,23,456",
        "A.0",
    ],
)
def test_no_other_text_is_changed(text: str) -> None:
    assert ungrouped(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "không có", "Không Có", "KHÔNG", "khong co", "ko có", "chưa cấp", "chưa có", "Chưa làm", "mất", "đã mất", "N/A",
        "n/a", "NA", "x", "X", "-", "--", "...", "…", "/", "?", "0", "", " ", "không rõ", "none", "Mất CCCD", "(không có)",
    ],
)  # fmt: skip
def test_words_for_none(text: str) -> None:
    assert is_none(text)


@pytest.mark.parametrize(
    "text", ["Mất việc", "Không Văn Có", "x1", "1", "012", "Lê", "ấp Chưa", "M", "10", "Xã Hưng Thuận"]
)
def test_other_words_mean_something(text: str) -> None:
    assert not is_none(text)
