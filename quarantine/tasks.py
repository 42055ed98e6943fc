"""The scheduler's tasks for people in quarantine."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from quarantine.alerts.escalating import escalate_alerts
from quarantine.daily.reminders import remind
from quarantine.models import Order, Reminder

ASK_FROM = dt.time(7)
ASK_UNTIL = dt.time(18)  # later a missing check is the commune's work, in its worklist
BATCH = 1_000  # phones a run; the next run goes on


@shared_task
def run_day() -> int:
    """Remind each phone without a check of today, once; return how many were reminded now.

    The phones are found by a query, so a scheduler that was down in the morning reminds them later.
    """
    now = timezone.localtime()
    if not ASK_FROM <= now.time() < ASK_UNTIL:
        return 0
    reminded = Reminder.objects.filter(on_date=now.date()).values("phone")
    waiting = (
        Order.objects.unreported(now.date())
        .exclude(person__phone="")
        .exclude(person__phone__in=reminded)
        .order_by("person__phone", "pk")
        .distinct("person__phone")
        .select_related("person")
    )
    return sum(remind(order) for order in waiting[:BATCH])


@shared_task
def escalate() -> int:
    """Tell the next level of alerts on which nobody acts in time; return how many."""
    return escalate_alerts()
