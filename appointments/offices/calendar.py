"""The calendar of an office: its hours, the public holidays of Vietnam, and closures.

The holidays come from the library `holidays`, which computes coming years before the government
announces them, and the government moves days late. So a `Closure` overrides everything else: the
office's own row first, then the row for every office.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from appointments.models import Closure, Office, OpeningHours


@lru_cache(maxsize=32)
def public_holidays(year: int, language: str = "vi") -> dict[dt.date, str]:
    """Return the days off work of one year with their names in Vietnamese ("vi") or English ("en").

    Substituted days are among them; 24 November is one from 2026.
    """
    locale = "vi" if language == "vi" else "en_US"
    return dict(holidays.country_holidays("VN", years=year, language=locale))


class OfficeCalendar:
    """The calendar of one office over a span of days, read in two queries."""

    def __init__(self, office: Office, first: dt.date, last: dt.date) -> None:
        self.hours: dict[int, list[OpeningHours]] = {}
        for span in office.opening_hours.all():
            self.hours.setdefault(span.weekday, []).append(span)
        closures = Closure.objects.for_office(office).filter(day__range=(first, last))
        # Rows for every office first, so that the office's own row replaces them.
        self.closures = {row.day: row for row in sorted(closures, key=lambda row: row.office_id is not None)}

    def why_closed(self, day: dt.date) -> str:
        """Return the reason in the reader's language; empty when the office is open."""
        closure = self.closures.get(day)
        if closure is not None:
            return "" if closure.is_open else closure.reason
        holiday = public_holidays(day.year, translation.get_language() or "vi").get(day)
        if holiday:
            return holiday
        return "" if day.weekday() in self.hours else _("Ngày nghỉ trong tuần")

    def spans(self, day: dt.date) -> list[OpeningHours]:
        """Return the opening hours of the day, none when closed.

        A day worked instead of another (a Saturday, say) has the hours of the week's first working day.
        """
        if not self.hours or self.why_closed(day):
            return []
        return self.hours.get(day.weekday()) or self.hours[min(self.hours)]

    def times(self, day: dt.date, minutes: int) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return start and end of each slot of the day; a shorter rest at the end of a span is left out."""
        step = dt.timedelta(minutes=minutes)
        slots = []
        for span in self.spans(day):
            start, closes = moment(day, span.opens), moment(day, span.closes)
            while start + step <= closes:
                slots.append((start, start + step))
                start += step
        return slots


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    """Return the time of day at the office as an aware moment."""
    return timezone.make_aware(dt.datetime.combine(day, time), timezone.get_default_timezone())


def day_bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the midnights that bound a day: an index on moments can serve this span."""
    return moment(day, dt.time.min), moment(day + dt.timedelta(days=1), dt.time.min)
