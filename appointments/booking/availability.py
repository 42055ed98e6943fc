"""The procedures, offices, days and slots that can still be booked. They hold no personal data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Office, Procedure, Slot
from appointments.offices.calendar import OfficeCalendar
from portal.places.order import vietnamese


@dataclass
class OpenDay:
    """One day of an office: its slots still to come, or the reason why there are none."""

    date: dt.date
    slots: list[Slot] = field(default_factory=list)
    why_closed: str = ""

    @property
    def weekday(self) -> str:
        """Return the short name for a narrow strip, in the reader's language."""
        names = (_("Thứ 2"), _("Thứ 3"), _("Thứ 4"), _("Thứ 5"), _("Thứ 6"), _("Thứ 7"), _("CN"))
        return names[self.date.weekday()]

    @property
    def free(self) -> int:
        return sum(slot.free for slot in self.slots)


def procedures() -> list[Procedure]:
    """Return the procedures that some office takes."""
    return list(
        Procedure.objects.filter(is_active=True, offices__place__is_active=True)
        .distinct()
        .order_by(*vietnamese("name"), "pk")
    )


def offices_for(procedure: Procedure) -> list[Office]:
    offices = procedure.offices.filter(place__is_active=True)
    return list(
        offices.select_related("place__parent__parent").order_by(*vietnamese("place__short_name"), "pk")
    )


def days(office: Office) -> list[OpenDay]:
    """Return the days from today to the last with slots.

    A working day on which the office is closed has the reason; weekends are left out.
    """
    open_days: dict[dt.date, OpenDay] = {}
    for slot in Slot.objects.filter(office=office).open_after(timezone.now()).order_by("starts_at"):
        open_days.setdefault(slot.day, OpenDay(slot.day)).slots.append(slot)
    if not open_days:
        return []
    first, last = timezone.localdate(), max(open_days)
    calendar = OfficeCalendar(office, first, last)
    for number in range((last - first).days):
        day = first + dt.timedelta(days=number)
        if day not in open_days and day.weekday() in calendar.hours and (reason := calendar.why_closed(day)):
            open_days[day] = OpenDay(day, why_closed=reason)
    return [open_days[day] for day in sorted(open_days)]


def slot_of(office: Office, slot_id: int) -> Slot | None:
    """Return a slot of this office that is still to come, free or full."""
    return Slot.objects.filter(office=office, pk=slot_id).open_after(timezone.now()).first()


def nearest(slot: Slot, limit: int = 4) -> list[Slot]:
    """Return the free slots of the same office closest to this one, in order of time."""
    free = (
        Slot.objects.filter(office=slot.office_id).open_after(timezone.now()).with_room().exclude(pk=slot.pk)
    )
    before = free.filter(starts_at__lt=slot.starts_at).order_by("-starts_at")[:limit]
    after = free.filter(starts_at__gte=slot.starts_at).order_by("starts_at")[:limit]
    by_distance = sorted([*before, *after], key=lambda other: abs(other.starts_at - slot.starts_at))
    return sorted(by_distance[:limit], key=lambda other: other.starts_at)
