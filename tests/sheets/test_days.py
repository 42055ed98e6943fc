"""The days of a column, of files that Excel, other programs and people made."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, to_excel

from portal.sheets.cells import Cell, CellFault
from portal.sheets.days import DOUBTS, FAULTS, Day, DayColumn
from portal.sheets.reading import read_table
from tests.sheets.files import saved

TODAY = dt.date(2026, 11, 23)
OLDEST = dt.date(1906, 11, 1)
days = st.dates(dt.date(1917, 1, 1), TODAY)
columns = st.lists(days, min_size=1, max_size=12)
SHOWN = (
    "dd/mm/yyyy",
    "mm-dd-yy",
    "d/m/yy",
    "dd\\/mm\\/yyyy;@",
    "[$-42A]dd/mm/yyyy",
    "dd-mmm-yyyy",
    "yyyy-mm-dd",
)


def column_of(cells: list[Cell], epoch: dt.datetime = WINDOWS_EPOCH, **options: Any) -> DayColumn:
    return DayColumn(cells, earliest=OLDEST, latest=TODAY, epoch=epoch, **{"timeless": True, **options})


def read(cells: list[Cell], epoch: dt.datetime = WINDOWS_EPOCH, **options: Any) -> list[Day]:
    column = column_of(cells, epoch, **options)
    return [column.read(cell) for cell in cells]


def values(cells: list[Cell], epoch: dt.datetime = WINDOWS_EPOCH, **options: Any) -> list[Any]:
    return [day.value for day in read(cells, epoch, **options)]


def sheet(
    cells: list[Any], shown: str = "dd/mm/yyyy", epoch: dt.datetime = WINDOWS_EPOCH
) -> tuple[list[Cell], dt.datetime]:
    """The cells as they come out of an Excel file in which they were written."""
    book = Workbook()
    book.epoch = epoch
    for number, cell in enumerate(cells, start=1):
        book.active.cell(number, 1, cell)
        if not isinstance(cell, str):
            book.active.cell(number, 1).number_format = shown
    table = read_table(saved(book))
    return [row[0] for _number, row in table.rows], table.epoch


def at(day: dt.date, seconds: float = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
@given(columns, st.sampled_from(SHOWN), st.integers(-600, 600))
def test_a_date_cell_is_its_day_whatever_the_epoch_the_format_and_some_seconds(
    epoch: dt.datetime, wanted: list[dt.date], shown: str, seconds: int
) -> None:
    cells, found = sheet([at(day, seconds) for day in wanted], shown, epoch)
    assert found == epoch
    assert values(cells, found) == wanted


@given(
    st.integers(1907, TODAY.year),
    st.sampled_from([*SHOWN, "yyyy"]),
    st.sampled_from([WINDOWS_EPOCH, MAC_EPOCH]),
)
def test_a_year_in_a_cell_for_dates_is_the_year_and_is_asked_about(
    year: int, shown: str, epoch: dt.datetime
) -> None:
    cells, found = sheet([year, dt.datetime(1989, 10, 5)], shown, epoch)
    day = read(cells, found)[0]
    assert (day.value, day.doubt) == (year, "day_was_year")


@given(days)
def test_a_cell_that_shows_the_year_alone_is_the_year(day: dt.date) -> None:
    cells, epoch = sheet([at(day)], "yyyy")
    assert values(cells, epoch) == [day.year]


@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
@given(st.lists(st.dates(dt.date(1960, 1, 1), TODAY), min_size=1, max_size=8), st.booleans())
def test_a_column_of_counts_of_days_is_read_by_its_epoch(
    epoch: dt.datetime, wanted: list[dt.date], as_text: bool
) -> None:
    sure = [dt.date(1980, 3, 1) + dt.timedelta(days=n) for n in range(8)]  # 29281 … can be no 29/2/81
    counts: list[Cell] = [
        int(to_excel(at(day), epoch)) for day in [*wanted, *[dt.date(1988, 8, 8)] * 2, *sure]
    ]
    assume(sum(int(str(n)[1:3]) not in range(1, 13) and not ("10" <= str(n)[:2] <= "31" and str(n)[2] != "0") for n in counts) >= max(2, len(counts) / 5))  # type: ignore[arg-type,misc] # fmt: skip
    found = read([str(count) for count in counts] if as_text else counts, epoch)
    assert [day.value for day in found[: len(wanted)]] == wanted
    assert not any(day.doubt for day in found)


@given(st.integers(10_000, 99_999), st.lists(days, max_size=3))
def test_a_number_of_five_digits_alone_is_no_day(number: int, others: list[dt.date]) -> None:
    cells: list[Cell] = [str(number), *(f"{day:%d/%m/}{day.year}" for day in others)]
    with pytest.raises(CellFault) as caught:
        read(cells)
    assert caught.value.code == "day_number"


@given(st.lists(days, min_size=2, max_size=20))
def test_short_days_are_no_counts(wanted: list[dt.date]) -> None:
    """31285 is the third of December 1985, or no day; the 26th of August it is not."""
    cells: list[Cell] = [f"{day.day}{day.month:02d}{day.year % 100:02d}" for day in wanted if day.day < 10]
    assume(cells)
    column = column_of(cells)
    for cell in cells:
        with pytest.raises(CellFault):
            column.read(cell)


@given(st.lists(days, min_size=2, max_size=15))
def test_a_text_column_in_the_american_order_is_read_so_and_asks(wanted: list[dt.date]) -> None:
    assume(any(day.day > 12 for day in wanted))
    found = read([f"{day:%m/%d/}{day.year}" for day in wanted])
    assert [day.value for day in found] == wanted
    assert all(day.doubt for day in found if day.value.day != day.value.month)  # type: ignore[union-attr]


@given(st.lists(days, min_size=1, max_size=15))
def test_a_text_column_in_the_order_of_the_country_is_believed(wanted: list[dt.date]) -> None:
    assume(any(day.day > 12 for day in wanted) or len(wanted) < 8)
    found = read([f"{day:%d/%m/}{day.year}" for day in wanted])
    assert found == [Day(day) for day in wanted]


@given(st.lists(days, min_size=4, max_size=15), st.sampled_from(["mm/dd/yyyy", "m/d/yyyy", "mm-dd-yy"]))
def test_what_an_american_excel_made_of_days_is_turned_back_and_asks(
    wanted: list[dt.date], shown: str
) -> None:
    """It takes 05/10/1989 for a day in May, and leaves 24/11/1984 a text."""
    assume(
        any(day.day > 12 for day in wanted) and any(day.day <= 12 and day.day != day.month for day in wanted)
    )
    typed = [
        at(day.replace(day=day.month, month=day.day)) if day.day <= 12 else f"{day:%d/%m/}{day.year}"
        for day in wanted
    ]
    cells, epoch = sheet(typed, shown)
    found = read(cells, epoch)
    assert [day.value for day in found] == wanted
    assert [day.doubt for day in found] == [
        "day_swapped" if day.day <= 12 and day.day != day.month else "" for day in wanted
    ]


@given(st.lists(days, min_size=2, max_size=12))
def test_dates_of_an_american_sheet_with_later_days_are_believed(wanted: list[dt.date]) -> None:
    assume(any(day.day > 12 for day in wanted))
    cells, epoch = sheet([at(day) for day in wanted], "mm/dd/yyyy")
    assert read(cells, epoch) == [Day(day) for day in wanted]


@pytest.mark.parametrize(
    ("moment", "timeless", "wanted"),
    [
        ("04/10/1989 23:59:17", True, dt.date(1989, 10, 5)),
        ("1989-10-04 17:00:00", True, dt.date(1989, 10, 5)),  # midnight here, written in UTC
        ("1989-10-04T17:00:00Z", True, dt.date(1989, 10, 5)),
        ("1989-10-04T17:00:00.000Z", False, dt.date(1989, 10, 5)),
        ("1989-10-04T16:53:20+00:00", True, dt.date(1989, 10, 5)),  # the local time of 1906
        ("1989-10-05 12:00:00", True, dt.date(1989, 10, 5)),
        ("1989-10-05T00:00:00+07:00", True, dt.date(1989, 10, 5)),
        ("1989-10-05 00:00:00.000+0700", False, dt.date(1989, 10, 5)),
        ("2021-11-20T20:00:00-05", False, dt.date(2021, 11, 21)),
        ("05/10/1989 12:00:00 SA", True, dt.date(1989, 10, 5)),
        ("20/11/2021 7:30 CH", False, dt.date(2021, 11, 20)),
        ("20/11/2021 19:30", False, dt.date(2021, 11, 20)),
        ("20/11/2021 23:55", False, dt.date(2021, 11, 20)),  # somebody wrote that time
        ("20/11/2021 23:59:58", False, dt.date(2021, 11, 21)),
        (dt.datetime(2021, 11, 20, 19, 30), False, dt.date(2021, 11, 20)),
        (dt.datetime(2021, 11, 20, 23, 59, 30), False, dt.date(2021, 11, 21)),
    ],
)
def test_moments(moment: Cell, timeless: bool, wanted: dt.date) -> None:
    assert values([moment], timeless=timeless) == [wanted]


@pytest.mark.parametrize(
    ("cell", "wanted", "doubt"),
    [
        (5101989, dt.date(1989, 10, 5), ""),
        ("5101989", dt.date(1989, 10, 5), ""),
        (1121989, dt.date(1989, 12, 1), "day_was_number"),  # or 11/2/1989
        ("05101989.0", dt.date(1989, 10, 5), ""),
        ("1.955", 1955, ""),
        ("1.955E+03", 1955, ""),
        ("../../1955", 1955, ""),
        ("Ngày 5 tháng 10 năm 1989", dt.date(1989, 10, 5), ""),
        ("sinh năm 1955", 1955, ""),
        ("SN 1955", 1955, ""),
        ("Sinh ngày 05/10/1989", dt.date(1989, 10, 5), ""),
        ("5 tháng 10 1989", dt.date(1989, 10, 5), ""),
        ("1989/10/05", dt.date(1989, 10, 5), ""),
        ("1989.10.5", dt.date(1989, 10, 5), ""),
        ("19891005", dt.date(1989, 10, 5), ""),
        (20191005, dt.date(2019, 10, 5), ""),
        ("05/10/1989.", dt.date(1989, 10, 5), ""),
    ],
)
def test_days_in_other_words(cell: Cell, wanted: Any, doubt: str) -> None:
    (day,) = read([cell])
    assert (day.value, day.doubt) == (wanted, doubt)


@given(st.dates(dt.date(1906, 1, 1), dt.date(2026, 11, 23)))
def test_eight_digits_are_one_day_in_either_order(day: dt.date) -> None:
    assert read([f"{day:%d%m%Y}", f"{day:%Y%m%d}"]) == [Day(day), Day(day)]


@given(
    st.lists(
        st.one_of(
            st.text(max_size=24), st.integers(), st.floats(), st.dates(), st.datetimes(), st.times(), st.none(),
            st.from_regex(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}", fullmatch=True),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_any_column_gives_days_or_faults_with_a_sentence(cells: list[Any]) -> None:
    column = column_of(cells)
    for cell in cells:
        try:
            day = column.read(cell)
        except CellFault as fault:
            assert fault.code in FAULTS  # noqa: PT017
        else:
            assert day.doubt in ("", *DOUBTS)
