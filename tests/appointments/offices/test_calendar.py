from __future__ import annotations

import datetime as dt
import itertools
from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Closure, Office, OpeningHours
from appointments.offices.calendar import OfficeCalendar, moment, public_holidays

DAY = dt.date(2026, 11, 25)  # a Wednesday
HOLIDAY = dt.date(2026, 11, 24)
SATURDAY = dt.date(2026, 11, 28)


def calendar(office: Office, day: dt.date) -> OfficeCalendar:
    return OfficeCalendar(office, day, day)


def starts(office: Office, day: dt.date) -> list[str]:
    return [f"{start:%H:%M}" for start, _end in calendar(office, day).times(day, 30)]


def test_24_november_is_a_holiday_from_2026_and_not_before() -> None:
    assert HOLIDAY in public_holidays(2026)
    assert dt.date(2027, 11, 24) in public_holidays(2027)
    assert dt.date(2025, 11, 24) not in public_holidays(2025)


def test_a_holiday_has_its_name_in_the_readers_language(world: SimpleNamespace) -> None:
    assert calendar(world.office, HOLIDAY).why_closed(HOLIDAY) == public_holidays(2026, "vi")[HOLIDAY]
    with translation.override("en"):
        assert calendar(world.office, HOLIDAY).why_closed(HOLIDAY) == "Vietnam Cultural Day"


def test_a_working_day_is_open_in_its_hours(world: SimpleNamespace) -> None:
    assert calendar(world.office, DAY).why_closed(DAY) == ""
    assert starts(world.office, DAY) == ["08:00", "08:30", "14:00", "14:30"]


@pytest.mark.parametrize("day", [HOLIDAY, SATURDAY, dt.date(2027, 2, 8)])
def test_holidays_and_weekends_have_no_times(world: SimpleNamespace, day: dt.date) -> None:
    assert calendar(world.office, day).why_closed(day)
    assert starts(world.office, day) == []


def test_a_holiday_that_the_government_moved_is_worked(world: SimpleNamespace) -> None:
    Closure.objects.create(day=HOLIDAY, is_open=True, reason="Nghỉ bù ngày khác")
    assert len(starts(world.office, HOLIDAY)) == 4


def test_a_saturday_worked_instead_has_the_hours_of_a_working_day(world: SimpleNamespace) -> None:
    Closure.objects.create(day=SATURDAY, is_open=True, reason="Làm bù")
    assert starts(world.office, SATURDAY) == ["08:00", "08:30", "14:00", "14:30"]


def test_the_offices_own_row_goes_before_the_row_for_every_office(world: SimpleNamespace) -> None:
    Closure.objects.create(office=world.office, day=DAY, is_open=True, reason="Vẫn làm")
    Closure.objects.create(day=DAY, reason="Bão")
    assert starts(world.office, DAY)
    Closure.objects.create(office=world.office, day=HOLIDAY, reason="Sửa điện")
    Closure.objects.create(day=HOLIDAY, is_open=True, reason="Làm bù")
    assert calendar(world.office, HOLIDAY).why_closed(HOLIDAY) == "Sửa điện"


@given(opens=st.times(), closes=st.times(), minutes=st.integers(min_value=5, max_value=240))
def test_times_lie_within_the_hours_and_never_overlap(opens: dt.time, closes: dt.time, minutes: int) -> None:
    office_calendar = OfficeCalendar.__new__(OfficeCalendar)
    office_calendar.hours = {
        2: [OpeningHours(weekday=2, opens=min(opens, closes), closes=max(opens, closes))]
    }
    office_calendar.closures = {}
    times = office_calendar.times(DAY, minutes)
    first, last = moment(DAY, min(opens, closes)), moment(DAY, max(opens, closes))
    assert all(first <= start and end <= last for start, end in times)
    assert all(end - start == dt.timedelta(minutes=minutes) for start, end in times)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(times))
    assert last - first - dt.timedelta(minutes=minutes) * len(times) < dt.timedelta(minutes=minutes)
