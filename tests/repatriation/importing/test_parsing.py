"""One cell of a list, as people write it."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections import defaultdict
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from citizens.forms import read_number
from citizens.identity import BIRTH_PLACES
from citizens.names import read_name
from portal.sheets.refusals import FileRefused
from repatriation.importing import parsing, parsing_declared
from repatriation.importing.columns import BY_KEY, COLUMNS
from repatriation.importing.faults import ERRORS, REMARKS, text_of
from repatriation.importing.meanings import find_headings, meaning
from repatriation.importing.parsing import Wrong
from repatriation.importing.parsing_days import BIRTH, DAYS
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


def birth(cell: Any) -> str:
    return DAYS["birth"].read(cell, BIRTH.column([cell]))[0]


def past_day(cell: Any) -> str:
    return DAYS["tested"].read(cell, DAYS["tested"].column([cell]))[0]


@given(days)
def test_a_day_is_the_same_in_every_form(day: dt.date) -> None:
    written = f"{day:%d/%m/}{day.year}"
    forms = [
        day, dt.datetime(day.year, day.month, day.day, 7), written, day.isoformat(), f"{day.day}/{day.month}/{day.year}",
        f"{day:%d-%m-}{day.year}", f"{day:%d.%m.}{day.year}", f"{day:%d%m}{day.year}",
        f"{day.isoformat()} 00:00:00", f"  {written} ", int(f"{day:%d%m}{day.year}"), f"{day:%d%m}{day.year}.0",
        f"{written} 00:00", f"{day.day} tháng {day.month} năm {day.year}",
    ]  # fmt: skip
    with time_machine.travel("2026-11-23 12:00+07:00", tick=False):
        assert {birth(form) for form in forms} == {written}


@given(st.integers(1906, 2026))
def test_a_year_alone_stays_a_year(year: int) -> None:
    forms = (
        year,
        float(year),
        str(year),
        f"{year}.0",
        f"{year},0",
        f"00/00/{year}",
        f"năm {year}",
        f"--/--/{year}",
    )
    with time_machine.travel("2026-11-23 12:00+07:00", tick=False):
        assert {birth(form) for form in forms} == {str(year)}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31/02/1990", "day_impossible"),
        ("12/13/1990", "day_impossible"),
        ("1990-02-30", "day_impossible"),
        ("12/3/90", "day_short"),
        ("hôm qua", "day_unreadable"),
        ("24/11/2026", "birth_future"),
        ("01/01/1850", "birth_old"),
        ("1850", "birth_old"),
        ("05/05/1905", "birth_too_old"),
        ("1905", "birth_too_old"),
        ("2027", "birth_future"),
        ("32843", "day_number"),
        (32843, "day_number"),
        ("241184", "day_number"),
        ("không nhớ", "missing"),
        (None, "missing"),
        ("", "missing"),
    ],
)
@time_machine.travel("2026-11-23 12:00+07:00", tick=False)
def test_a_day_that_does_not_exist_is_told(cell: Any, code: str) -> None:
    assert code_of(birth, cell) == code


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.dates(), st.none()))
def test_no_cell_stops_a_reader(cell: Any) -> None:
    for read in (
        parsing.parse_name,
        parsing.parse_sex,
        parsing.parse_identity,
        lambda one: parsing.parse_phone(parsing.plain(one)),
        parsing.parse_flag,
        parsing.parse_reasons,
        parsing.parse_address,
        parsing_declared.parse_doses,
        parsing_declared.parse_test_kind,
        parsing_declared.parse_test_outcome,
        parsing.parse_family,
        *(partial(kind.read, column=kind.column([cell])) for kind in DAYS.values()),
        parsing.refuse_formula,
    ):
        try:
            read(cell)  # type: ignore[operator]
        except Wrong as wrong:
            assert wrong.code in ERRORS  # noqa: PT017 - any code that has words will do


@given(st.from_regex(r"0[0-9]{2}[0-3][0-9]{8}", fullmatch=True))
def test_zeros_that_excel_dropped_are_put_back_where_the_length_tells(number: str) -> None:
    assume(number[:3] in BIRTH_PLACES)  # else a CMND has a digit too many
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
        ("M123A45678901", "identity_long"),
        ("72155001234.0", ("072155001234", True)),
        ("072155001234.0", ("072155001234", False)),
        ("7.2155001234E+10", ("072155001234", True)),
        ("72,155,001,234", ("072155001234", True)),
        ("290,123,456", ("290123456", False)),
        *(
            (word, ("", False))
            for word in ("không có", "Chưa cấp", "MẤT", "N/A", "x", "-", "chua co", "0", "...", "K")
        ),
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
        ("903100011.0", "+84903100011"),
        ("84903100011", "+84903100011"),
        ("không có", ""),
        ("-", ""),
        ("01683100151", "phone_old"),
        ("1683100151", "phone_old"),
        ("+84 168 310 0151", "phone_old"),
        ("84-168-310-0151", "phone_old"),
    ],
)
def test_phones(text: str, found: str) -> None:
    if found.startswith("phone"):
        assert code_of(parsing.parse_phone, text) == found
    else:
        assert parsing.parse_phone(text) == found


@given(st.from_regex(r"[A-Za-z0-9 .\-]{0,16}", fullmatch=True))
def test_a_list_takes_the_papers_that_the_form_takes(text: str) -> None:
    """But for zeros that a list puts back, and words for none."""
    try:
        found, mended = parsing.parse_identity(text)
    except Wrong:
        found, mended = None, False
    try:
        wanted: str | None = read_number(text)
    except ValidationError:
        wanted = None
    assert mended or found == "" or found == wanted


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Nguyễn Thị Hoa", ""),
        ("H'Niê Ê Ban", ""),
        ("Anna Müller", ""),
        ("Đỗ-Thị Cam", ""),
        ("Nguy?n Th? Hoa", "name_broken"),
        ("Hoa?", "name_broken"),
        ("Nguy\ufffdn", "name_broken"),
        ("LÃª Na", "name_broken"),
        ("Nguyá»…n", "name_broken"),
        ("Traø My", "name_in_old_font"),
        ("Hoa 2", "odd_name"),
        ("Hoa (mẹ)", "odd_name"),
        ("<b>Hoa</b>", "odd_name"),
        ("Hoa; Lan", "odd_name"),
        ("123", "no_name"),
    ],
)
def test_a_list_takes_no_name_that_the_form_refuses(name: str, code: str) -> None:
    if code:
        assert code_of(parsing.parse_name, name) == code
    else:
        assert parsing.parse_name(name) == read_name(name) == name


@given(st.text(max_size=30))
def test_no_name_is_taken_that_the_form_refuses(name: str) -> None:
    try:
        taken = parsing.parse_name(name)
    except Wrong:
        return
    assert read_name(name) == taken


@pytest.mark.parametrize("cell", ["1", "01", "1.0", "001", 1, 1.0, " 1 ", "1,0"])
def test_a_family_number_is_one_however_it_is_written(cell: Any) -> None:
    assert parsing.parse_family(cell) == "1"


def test_families_may_have_letters() -> None:
    assert [parsing.parse_family(letter) for letter in ("A", "K", "x", "A1", "1.5")] == [
        "A",
        "K",
        "x",
        "A1",
        "1.5",
    ]
    assert parsing.parse_family("không có") == ""


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
        (dt.datetime(2026, 11, 20, 23, 59, 30), "2026-11-21"),
        ("20/11/2026 19:30", "2026-11-20"),
        ("23/11/2026", "2026-11-23"),
        ("24/11/2026", "day_future"),
        ("01/01/1899", "day_before_covid"),
        ("30/11/2019", "day_before_covid"),
        ("2026", "day_unreadable"),
        ("hôm qua", "day_unreadable"),
        ("31/06/2026", "day_impossible"),
        ("chưa", ""),
        (None, ""),
    ],
)
def test_a_day_of_a_dose_or_a_test_has_come(cell: Any, found: str) -> None:
    if found in ERRORS:
        assert code_of(past_day, cell) == found
    else:
        assert past_day(cell) == found


@time_machine.travel("2026-11-23 12:00+07:00", tick=False)
def test_a_recovery_counts_for_half_a_year() -> None:
    kind = DAYS["recovered"]
    column = kind.column([])
    assert kind.read("24/05/2026", column)[0] == "2026-05-24"
    assert code_of(kind.read, "23/05/2026", column) == "recovered_long_ago"


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
