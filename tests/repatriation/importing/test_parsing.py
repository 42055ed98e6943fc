"""One cell of a list, as people write it."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections import defaultdict
from typing import Any

import pytest
import time_machine
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.sheets.refusals import FileRefused
from repatriation.importing import parsing, parsing_declared
from repatriation.importing.columns import BY_KEY, COLUMNS, find_headings, meaning
from repatriation.importing.faults import ERRORS, REMARKS, text_of
from repatriation.importing.parsing import Wrong
from repatriation.models import declared
from repatriation.models.registration import Reason

TODAY = dt.date(2026, 11, 23)
days = st.dates(dt.date(1927, 5, 18), TODAY)  # Excel's numbers of five digits


def code_of(read: Any, *arguments: Any) -> str:
    with pytest.raises(Wrong) as caught:
        read(*arguments)
    assert caught.value.code in ERRORS
    assert text_of({"column": "birth", "code": caught.value.code, "params": caught.value.params})
    return caught.value.code


@given(days)
def test_a_day_is_the_same_in_every_form(day: dt.date) -> None:
    written = f"{day:%d/%m/}{day.year}"
    serial = (day - parsing.FIRST_DAY).days
    forms = [
        day, dt.datetime(day.year, day.month, day.day, 7), written, day.isoformat(), f"{day.day}/{day.month}/{day.year}",
        f"{day:%d-%m-}{day.year}", f"{day:%d.%m.}{day.year}", f"{day:%d%m}{day.year}", serial, float(serial), str(serial),
        f"{day.isoformat()} 00:00:00", f"  {written} ", int(f"{day:%d%m}{day.year}"),
    ]  # fmt: skip
    assert {parsing.parse_birth(form, TODAY) for form in forms} == {written}


@given(st.integers(1900, 2026))
def test_a_year_alone_stays_a_year(year: int) -> None:
    assert {parsing.parse_birth(form, TODAY) for form in (year, float(year), str(year))} == {str(year)}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31/02/1990", "day_impossible"),
        ("12/13/1990", "day_impossible"),
        ("1990-02-30", "day_impossible"),
        ("12/3/90", "day_impossible"),
        ("hôm qua", "day_unreadable"),
        ("24/11/2026", "birth_future"),
        ("01/01/1850", "birth_old"),
        ("2027", "day_unreadable"),
        (None, "missing"),
        ("", "missing"),
    ],
)
def test_a_day_that_does_not_exist_is_told(cell: Any, code: str) -> None:
    found = code_of(parsing.parse_birth, cell, TODAY)
    assert found == code or (cell == "2027" and found == "birth_future")


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.dates(), st.none()))
def test_no_cell_stops_a_reader(cell: Any) -> None:
    for read in (
        parsing.parse_name,
        parsing.parse_birth,
        parsing.parse_sex,
        parsing.parse_identity,
        lambda one: parsing.parse_phone(parsing.plain(one)),
        parsing.parse_flag,
        parsing.parse_reasons,
        parsing.parse_address,
        parsing_declared.parse_doses,
        parsing_declared.parse_test_kind,
        parsing_declared.parse_test_outcome,
        parsing_declared.parse_past_day,
        parsing_declared.parse_recovered,
        parsing.parse_travel_day,
        parsing.refuse_formula,
    ):
        try:
            read(cell)  # type: ignore[operator]
        except Wrong as wrong:
            assert wrong.code in ERRORS  # noqa: PT017 - any code that has words will do


@given(st.from_regex(r"0[0-9]{2}[0-3][0-9]{8}", fullmatch=True))
def test_zeros_that_excel_dropped_are_put_back_where_the_length_tells(number: str) -> None:
    kept = number.lstrip("0")
    whole = number if len(kept) >= 10 else None
    if whole:
        assert parsing.parse_identity(int(number)) == (whole, True)
        assert parsing.parse_identity(float(number)) == (whole, True)
    assert parsing.parse_identity(number) == (number, False)
    spaced = f"{number[:3]} {number[3:6]}.{number[6:9]}-{number[9:]}"
    assert parsing.parse_identity(spaced) == (number, False)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (29012345, ("029012345", True)),
        ("290123456", ("290123456", False)),
        ("b1234567", ("B1234567", False)),
        ("không", ("", False)),
        ("", ("", False)),
        ("0721840048", "identity_digits"),  # it begins with a zero: none was lost
        ("7.2184E+10", "identity_shortened"),
        ("7,2184E+10", "identity_shortened"),
        ("123", "identity_digits"),
        ("xin cấp", "identity_unknown"),
    ],
)
def test_numbers_of_papers(cell: Any, found: Any) -> None:
    if isinstance(found, str):
        assert code_of(parsing.parse_identity, cell) == found
    else:
        assert parsing.parse_identity(cell) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0901234567", "+84901234567"),
        ("901234567", "+84901234567"),
        ("+84 901 234 567", "+84901234567"),
        ("", ""),
        ("1022", "phone_hotline"),
        ("09012345", "phone_unreadable"),
        ("0901234567 / 0912345678", "phone_unreadable"),
        ("9.01E+08", "phone_shortened"),
    ],
)
def test_phones(text: str, found: str) -> None:
    if found.startswith("phone"):
        assert code_of(parsing.parse_phone, text) == found
    else:
        assert parsing.parse_phone(text) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [("Nữ", "female"), ("nu", "female"), ("NAM", "male"), ("F", "female"), ("", ""), ("khác", "sex_unknown")],
)
def test_sexes(cell: str, found: str) -> None:
    if found == "sex_unknown":
        assert code_of(parsing.parse_sex, cell) == found
    else:
        assert parsing.parse_sex(cell) == found


@pytest.mark.parametrize(
    ("read", "cell", "found"),
    [
        *((parsing_declared.parse_doses, cell, 2) for cell in (2, 2.0, "2", "2 mũi", "2 MUI", "2 doses")),
        *((parsing_declared.parse_doses, cell, 0) for cell in (0, "0", "chưa", "Chưa tiêm", "không", "Chưa tiêm mũi nào")),
        *((parsing_declared.parse_doses, cell, 4) for cell in (4, "7", "4 mũi trở lên")),  # as the form ends
        *((parsing_declared.parse_doses, cell, None) for cell in ("", None, "không rõ")),
        *((parsing_declared.parse_doses, cell, "doses_unknown") for cell in ("hai", "12", "-1", "1 hoặc 2", 1.5)),
        *((parsing_declared.parse_test_kind, cell, "rapid") for cell in ("Nhanh", "TEST NHANH", "kháng nguyên", "rapid")),
        *((parsing_declared.parse_test_kind, cell, "pcr") for cell in ("PCR", "rt-pcr", "Xét nghiệm PCR", "Real-time PCR")),
        *((parsing_declared.parse_test_kind, cell, "") for cell in ("", "chưa", "Chưa xét nghiệm")),
        *((parsing_declared.parse_test_kind, cell, "test_kind_unknown") for cell in ("nhanh và PCR", "máu", 1)),
        *((parsing_declared.parse_test_outcome, cell, "negative") for cell in ("Âm tính", "am tinh", "ÂM", "negative", "(-)")),
        *((parsing_declared.parse_test_outcome, cell, "positive") for cell in ("Dương tính", "duong", "Positive", "+", "(+)")),
        *((parsing_declared.parse_test_outcome, cell, "") for cell in ("", "không", "chưa có", "-")),
        *((parsing_declared.parse_test_outcome, cell, "test_outcome_unknown") for cell in ("không dương tính", "chờ", 0)),
    ],
)  # fmt: skip
def test_doses_and_tests_are_read_as_people_write_them(read: Any, cell: Any, found: Any) -> None:
    if isinstance(found, str) and found in ERRORS:
        assert code_of(read, cell) == found
    else:
        assert read(cell) == found
    with translation.override("en"):
        assert parsing_declared.parse_test_outcome("Âm tính") == "negative"
        assert parsing_declared.parse_test_kind(str(declared.TestKind.RAPID.label)) == "rapid"


@time_machine.travel("2026-11-23 12:00+07:00", tick=False)
@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("20/11/2026", "2026-11-20"),
        ("2026-11-20", "2026-11-20"),
        ("20112026", "2026-11-20"),
        (dt.datetime(2026, 11, 20, 7), "2026-11-20"),
        ((dt.date(2026, 11, 20) - parsing.FIRST_DAY).days, "2026-11-20"),
        ("23/11/2026", "2026-11-23"),
        ("24/11/2026", "day_future"),
        ("01/01/1899", "birth_old"),
        ("2026", "day_unreadable"),
        ("hôm qua", "day_unreadable"),
        ("31/06/2026", "day_impossible"),
        ("chưa", ""),
        (None, ""),
    ],
)
def test_a_day_of_a_dose_or_a_test_has_come(cell: Any, found: str) -> None:
    if found in ERRORS:
        assert code_of(parsing_declared.parse_past_day, cell) == found
    else:
        assert parsing_declared.parse_past_day(cell) == found


@time_machine.travel("2026-11-23 12:00+07:00", tick=False)
def test_a_recovery_counts_for_half_a_year() -> None:
    assert parsing_declared.parse_recovered("24/05/2026") == "2026-05-24"
    assert code_of(parsing_declared.parse_recovered, "23/05/2026") == "recovered_long_ago"


def test_reasons_are_told_by_their_words() -> None:
    found, unknown = parsing.parse_reasons("Mất việc, hết tiền trọ; con nhỏ ở quê, buồn")
    assert found == [Reason.FAMILY_NEED, Reason.LOST_WORK, Reason.NO_HOUSING]
    assert unknown == ["buồn"]
    assert parsing.parse_reasons("lý do riêng") == ([], ["lý do riêng"])
    for reason in Reason:
        assert parsing.parse_reasons(str(reason.label)) == ([reason], [])
        assert parsing.parse_reasons(reason.value)[0] == [reason]
        with translation.override("en"):
            assert parsing.parse_reasons(reason.value)[0] == [reason]


def strange(heading: str, rng: random.Random) -> str:
    """The heading as somebody else would type it."""
    if rng.random() < 0.5:
        bare = unicodedata.normalize("NFD", heading.replace("đ", "d").replace("Đ", "D"))
        heading = "".join(sign for sign in bare if not unicodedata.combining(sign))
    heading = rng.choice(
        [heading, heading.upper(), heading.lower(), f" {heading} ", f"{heading}:", f"{heading} (*)"]
    )
    return heading.replace(" ", "  ") if rng.random() < 0.3 else heading


@given(st.randoms(use_true_random=False), st.permutations(COLUMNS))
def test_headings_are_known_in_any_order_and_without_marks(rng: random.Random, columns: Any) -> None:
    cells = [strange(str(column.heading), rng) for column in columns]
    headings = find_headings([(1, ["DANH SÁCH"]), (3, [*cells, "Ghi chú"])])
    assert (headings.row, headings.ignored) == (3, ["Ghi chú"])
    assert headings.places == {column.key: place for place, column in enumerate(columns)}


def test_other_words_for_a_heading_mean_the_same_and_none_means_two() -> None:
    words = [(word, column.key) for column in COLUMNS for word in column.others.split(", ")]
    assert len({word for word, _key in words}) == len(words)
    assert all(meaning(word) == key for word, key in words)


def test_a_missing_or_a_doubled_heading_is_named() -> None:
    with pytest.raises(FileRefused) as caught:
        find_headings([(1, ["Họ và tên", "Ngày sinh", "Điện thoại"])])
    assert caught.value.params == {"columns": "Quê ở xã, phường"}
    with pytest.raises(FileRefused) as caught:
        find_headings([(1, ["Họ và tên", "Ngày sinh", "Quê", "SĐT", "Điện thoại"])])
    assert caught.value.code == "heading_twice"


def test_every_fault_has_its_sentence() -> None:
    params: dict[str, str] = defaultdict(lambda: "x")
    for code in ERRORS | REMARKS:
        for column in (*BY_KEY, ""):
            assert text_of({"column": column, "code": code, "params": params})
