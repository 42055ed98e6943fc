"""What the scheduler does for appointments."""

from __future__ import annotations

from celery import shared_task

from appointments.booking import actions
from appointments.models import Office


@shared_task
def make_slots() -> int:
    """Open the next days of every office. Returns how many slots are new."""
    return sum(actions.make_slots(office) for office in Office.objects.filter(place__is_active=True))
