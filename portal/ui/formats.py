"""How dates, times, numbers and masked data are written and read. Pure functions.

One way in each language. Days are written `24/11/2026`, or `24/11` where the year is plain, and times `21:40`, in
both: an English page shows the day that stands in the message, on the paper and in the form. Thousands are parted as
readers of the language know them: `1.286` in Vietnamese, `1,286` in English. Pages, sentences and exports take
these functions; nothing else formats a day or a number.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.text import plain_dashes

DOTS = "•••"
_SLASHES = str.maketrans(dict.fromkeys("⁄∕\\", "/"))
_SIGN = r"\s*[/.,\-]\s*|\s+"
_MONTH = rf"(?:{_SIGN}|\s*(?:tháng|thang|thg)\.?\s*)(?P<month>[0-9]{{1,2}})"
_YEAR = rf"(?:{_SIGN}|\s*,?\s*(?:năm|nam)\s*)"
DATE_SHAPES = (
    re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"),
    re.compile(rf"(?:ngày|ngay)?\s*(?P<day>[0-9]{{1,2}}){_MONTH}{_YEAR}(?P<year>[0-9]{{4}})", re.IGNORECASE),
    re.compile(r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})"),
)
# "Mùng 6/12" is a day of the moon's month to some: whoever typed it reads which day was understood.
DAY_WITHOUT_YEAR = re.compile(
    rf"(?:(?:ngày|ngay|mùng|mồng)\s*){{0,2}}(?P<day>[0-9]{{1,2}}){_MONTH}(?:{_YEAR}(?P<year>[0-9]{{2}}|[0-9]{{4}}))?",
    re.IGNORECASE,
)
JUST_PASSED = timedelta(days=30)  # a planned day so shortly before today was meant, and is a slip


def mask_phone(phone: str | None) -> str:
    """`+84901234567` or `0901234567` → `090•••4567`."""
    text = re.sub(r"[^\d+]", "", phone or "")
    if text.startswith("+84"):
        text = "0" + text[3:]
    if len(text) < 8:
        return DOTS if text else ""
    return f"{text[:3]}{DOTS}{text[-4:]}"


def mask_identity(number: str | None) -> str:
    """`072084001234` → `•••1234`."""
    text = (number or "").strip()
    if not text:
        return ""
    return DOTS + text[-4:] if len(text) > 5 else DOTS


def mask_email(address: str | None) -> str:
    """`hanh.le@example.vn` → `h•••@example.vn`."""
    name, at, host = (address or "").partition("@")
    return f"{name[:1]}{DOTS}@{host}" if at else ""


def vn_date(value: date | datetime | None) -> str:
    """`24/11/2026`; a moment is taken in the portal's time zone."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%d/%m/}{value.year:04d}"


def vn_time(value: datetime | None) -> str:
    """`21:40` in the portal's time zone."""
    if not value:
        return ""
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%H:%M}"


def vn_datetime(value: datetime | None) -> str:
    """`21:40 24/11/2026`."""
    return f"{vn_time(value)} {vn_date(value)}" if value else ""


def vn_day(value: date | None) -> str:
    """`24/11`: a day of this year or the next weeks."""
    return f"{value:%d/%m}" if value else ""


def vn_weekday(value: date | datetime | None) -> str:
    """`Thứ ba, 24/11`: the day as people speak of it, without the year."""
    if not value:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    names = (
        _("Thứ hai"),
        _("Thứ ba"),
        _("Thứ tư"),
        _("Thứ năm"),
        _("Thứ sáu"),
        _("Thứ bảy"),
        _("Chủ nhật"),
    )
    return _("%(weekday)s, %(day)s") % {"weekday": names[value.weekday()], "day": vn_day(value)}


def count(value: int | None) -> str:
    """`1286` → `1.286`; in English `1,286`."""
    if value is None:
        return ""
    text = f"{value:,}"
    return text if get_language() == "en" else text.replace(",", ".")


def money(value: int | float | None) -> str:
    """`1855000` → `1.855.000 ₫`, in English `1,855,000 ₫`; the đồng has no decimals."""
    return "" if value is None else f"{count(round(value))}\N{NO-BREAK SPACE}₫"


def clock_formats() -> dict[str, str]:
    """The sentences of a deadline, for the page's own clock. Keys: left or late, then the largest unit."""
    return {
        "left_days": _("còn {days} ngày {hours} giờ"),
        "left_hours": _("còn {hours} giờ {minutes} phút"),
        "left_minutes": _("còn {minutes} phút"),
        "left_now": _("còn dưới 1 phút"),
        "late_days": _("quá hạn {days} ngày {hours} giờ"),
        "late_hours": _("quá hạn {hours} giờ {minutes} phút"),
        "late_minutes": _("quá hạn {minutes} phút"),
        "late_now": _("vừa quá hạn"),
    }


def clock_text(deadline: datetime, now: datetime | None = None) -> str:
    """What is left until a deadline, or how late it is: `còn 3 giờ 20 phút`, `quá hạn 1 giờ 42 phút`."""
    left = deadline - (now or timezone.now())
    side = "left" if left > timedelta(0) else "late"
    minutes = int(abs(left).total_seconds()) // 60
    if minutes >= 24 * 60:
        unit = "days"
    elif minutes >= 60:
        unit = "hours"
    else:
        unit = "minutes" if minutes else "now"
    return clock_formats()[f"{side}_{unit}"].format(
        days=minutes // 1440,
        hours=minutes // 60 % 24 if unit == "days" else minutes // 60,
        minutes=minutes % 60,
    )


class NoSuchDay(ValueError):
    """It is written as a date, but the calendar has no such day."""


def parse_date(text: str) -> date:
    """Read a date as people in Vietnam write it: day first, in signs or words, or ISO, or eight digits `ddmmyyyy`.

    Raises `NoSuchDay` where the calendar has none, ValueError when it is none of these.
    """
    plain = _plain(text)
    for shape in DATE_SHAPES:
        if match := shape.fullmatch(plain):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError as error:
                raise NoSuchDay(text) from error
    raise ValueError(f"no date: {text!r}")


def _plain(text: str) -> str:
    return plain_dashes(unicodedata.normalize("NFKC", text)).translate(_SLASHES).strip().rstrip(".,")


def lacks_century(text: str) -> bool:
    """Whether it is a date with a year of two digits."""
    found = DAY_WITHOUT_YEAR.fullmatch(_plain(text))
    return bool(found and found["year"] and len(found["year"]) == 2)


def with_year(text: str, today: date, *, ahead: bool) -> str:
    """A day that was typed without a year, or with its last two digits, as `06/12/2026`; any other text as it is.

    The day nearest to `today`; with `ahead` the next one, or one that has just passed.
    """
    found = DAY_WITHOUT_YEAR.fullmatch(_plain(text))
    if found is None:
        return text
    day, month, year = int(found["day"]), int(found["month"]), found["year"]
    if year:
        return (
            f"{day:02}/{month:02}/{year if len(year) == 4 else f'20{year}'}"
            if ahead or len(year) == 4
            else text
        )
    days = []
    for one in (today.year - 1, today.year, today.year + 1):
        try:
            days.append(date(one, month, day))
        except ValueError:
            continue
    if ahead:
        days = [one for one in days if one >= today - JUST_PASSED][:1]
    if not days:
        return f"{day:02}/{month:02}/{today.year}"
    return vn_date(min(days, key=lambda one: abs(one - today)))
