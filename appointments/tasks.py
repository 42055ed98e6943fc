"""The scheduler's task for appointments."""

from __future__ import annotations

from celery import shared_task

from appointments.models import Office
from appointments.offices import slots


@shared_task
def make_slots() -> int:
    """Make the slots of the next days of every office. Returns how many slots are new."""
    return sum(slots.make_slots(office) for office in Office.objects.filter(place__is_active=True))
