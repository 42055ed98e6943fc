"""The slots of an office, made weeks ahead."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from appointments.models import Office, Slot
from appointments.offices.calendar import OfficeCalendar, day_bounds


@transaction.atomic
def make_slots(office: Office, until: dt.date | None = None) -> int:
    """Make the slots of an office from today to a day (included; by default as far as it opens ahead).

    Safe to repeat. Slots follow the calendar: those that are no longer in it are closed, those that came
    back are opened again; bookings stay. Returns how many slots are new.
    """
    today = timezone.localdate()
    last = until or today + dt.timedelta(weeks=office.weeks_ahead)
    calendar = OfficeCalendar(office, today, last)
    times = [
        time
        for number in range((last - today).days + 1)
        for time in calendar.times(today + dt.timedelta(days=number), office.slot_minutes)
    ]
    span = Slot.objects.filter(
        office=office, starts_at__gte=day_bounds(today)[0], starts_at__lt=day_bounds(last)[1]
    )
    known = set(span.values_list("starts_at", flat=True))
    missing = [
        Slot(office=office, starts_at=starts_at, ends_at=ends_at, capacity=office.capacity_per_slot)
        for starts_at, ends_at in times
        if starts_at not in known
    ]
    Slot.objects.bulk_create(missing, ignore_conflicts=True)  # another run may be making the same
    wanted = [starts_at for starts_at, _ends_at in times]
    span.filter(is_closed=False).exclude(starts_at__in=wanted).update(is_closed=True)
    span.filter(is_closed=True, starts_at__in=wanted).update(is_closed=False)
    return len(missing)
