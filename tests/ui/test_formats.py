from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.ui import formats

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+84901234567", "090•••4567"),
        ("0901234567", "090•••4567"),
        ("0901 234 567", "090•••4567"),
        ("123", "•••"),
        ("", ""),
        (None, ""),
    ],
)
def test_mask_phone_keeps_three_and_four_digits(phone, shown):
    assert formats.mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("072084004821", "•••4821"), ("B1234567", "•••4567"), ("123", "•••"), (None, "")]
)
def test_mask_identity_keeps_the_last_four(number, shown):
    assert formats.mask_identity(number) == shown


def test_mask_email_keeps_the_first_letter_and_the_host():
    assert formats.mask_email("hanh.le@example.vn") == "h•••@example.vn"
    assert formats.mask_email("") == ""


def test_moments_are_written_in_the_time_of_vietnam():
    assert formats.vn_datetime(NOW) == "21:00 22/11/2026"
    assert formats.vn_date(datetime(2026, 11, 22, 18, 0, tzinfo=UTC)) == "23/11/2026"
    assert formats.vn_date(None) == formats.vn_datetime(None) == formats.vn_time(None) == ""
    assert formats.vn_weekday(date(2026, 11, 24)) == "Thứ ba, 24/11"


def test_numbers_have_points_between_thousands():
    assert formats.count(1286) == "1.286"
    assert formats.count(0) == "0"
    with translation.override("en"):
        assert formats.count(1286) == "1,286"
        assert formats.money(1_855_000) == "1,855,000\N{NO-BREAK SPACE}₫"
        assert formats.vn_date(date(2026, 11, 24)) == "24/11/2026"
    assert formats.money(1_855_000) == "1.855.000\N{NO-BREAK SPACE}₫"


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(hours=3, minutes=20), "còn 3 giờ 20 phút"),
        (timedelta(minutes=38), "còn 38 phút"),
        (timedelta(seconds=20), "còn dưới 1 phút"),
        (timedelta(days=2, hours=5), "còn 2 ngày 5 giờ"),
        (timedelta(0), "vừa quá hạn"),
        (-timedelta(hours=1, minutes=42), "quá hạn 1 giờ 42 phút"),
        (-timedelta(days=1, minutes=1), "quá hạn 1 ngày 0 giờ"),
    ],
)
def test_clock_says_what_is_left_or_how_late(left, text):
    assert formats.clock_text(NOW + left, NOW) == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "24/11/1984",
            "24-11-1984",
            "24.11.1984",
            "24 11 1984",
            "1984-11-24",
            "24111984",
            " 24 / 11 / 1984 ",
        ),
        *("24–11–1984", "24−11−1984", "24\u201111\u20111984", "24—11—1984", "24⁄11⁄1984", "24\\11\\1984"),
        *("1984/11/24", "1984.11.24", "24-11-1984.", "24,11,1984", "２４/１１/１９８４", "Ngày 24/11/1984"),
        *("ngày 24 tháng 11 năm 1984", "24 tháng 11, 1984", "24 thg 11, 1984", "ngay 24 thang 11 nam 1984"),
    ],
)
def test_parse_date_reads_what_people_write(text):
    assert formats.parse_date(text) == date(1984, 11, 24)


@pytest.mark.parametrize("text", ["", "31/2/1984", "1984", "24/11/84", "hôm qua", "2411198", "٢٤/١١/١٩٨٤"])
def test_parse_date_refuses_the_rest(text):
    with pytest.raises(ValueError):
        formats.parse_date(text)


@pytest.mark.parametrize("text", ["31/2/1984", "31/11/2026", "2026/13/01", "ngày 30 tháng 2 năm 2026"])
def test_a_day_that_the_calendar_does_not_have(text):
    with pytest.raises(formats.NoSuchDay):
        formats.parse_date(text)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_date_written_is_read_back(day):
    assert formats.parse_date(formats.vn_date(day)) == day
    assert formats.parse_date(f"{day:%d%m%Y}") == day
    assert formats.parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    ("typed", "today", "nearest", "ahead"),
    [
        ("6/12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("6-12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("06.12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("6 12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("ngày 6 tháng 12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("3/1", date(2026, 11, 30), "03/01/2027", "03/01/2027"),
        ("29/11", date(2026, 11, 30), "29/11/2026", "29/11/2026"),
        ("1/7", date(2026, 11, 30), "01/07/2026", "01/07/2027"),
        ("31/12", date(2027, 1, 3), "31/12/2026", "31/12/2026"),
        ("06.12.2026", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("ngày 6 tháng 12 năm 2026", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("6/12/26", date(2026, 11, 30), "6/12/26", "06/12/2026"),
        ("31/6", date(2026, 11, 30), "31/06/2026", "31/06/2026"),
        ("29/2", date(2027, 11, 30), "29/02/2028", "29/02/2028"),
        ("06–12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("6 thg 12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("mùng 6/12", date(2026, 11, 30), "06/12/2026", "06/12/2026"),
        ("mùng 6", date(2026, 11, 30), "mùng 6", "mùng 6"),
        ("612", date(2026, 11, 30), "612", "612"),
        ("6/12/026", date(2026, 11, 30), "6/12/026", "6/12/026"),
        ("mai", date(2026, 11, 30), "mai", "mai"),
    ],
)
def test_a_day_without_a_year_is_the_nearest_and_a_planned_one_the_next(typed, today, nearest, ahead):
    assert formats.with_year(typed, today, ahead=False) == nearest
    assert formats.with_year(typed, today, ahead=True) == ahead


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)), st.integers(-29, 330))
def test_a_planned_day_is_read_back_without_its_year(today, later):
    day = today + timedelta(days=later)
    assert formats.with_year(f"{day.day}/{day.month}", today, ahead=True) == formats.vn_date(day)
