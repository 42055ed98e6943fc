"""What the scheduler does for people in quarantine."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from quarantine.daily.reminders import remind
from quarantine.models import Order, Reminder

ASK_FROM = dt.time(7)
ASK_UNTIL = dt.time(18)  # after that a missed report is the commune's work, in its worklist
BATCH = 1_000  # phones a run; the next run goes on


@shared_task
def run_day() -> int:
    """Ask each phone that has not reported today, once; say how many were asked now.

    Found by scanning, so a scheduler that was down in the morning asks when it is back.
    """
    now = timezone.localtime()
    if not ASK_FROM <= now.time() < ASK_UNTIL:
        return 0
    asked = Reminder.objects.filter(on_date=now.date()).values("phone")
    waiting = (
        Order.objects.unreported(now.date())
        .exclude(person__phone="")
        .exclude(person__phone__in=asked)
        .order_by("person__phone", "pk")
        .distinct("person__phone")
        .select_related("person")
    )
    return sum(remind(order) for order in waiting[:BATCH])
