"""The days of an order, one by one, for its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from quarantine.models import DailyCheck, Order, ScheduledTest


@dataclass(frozen=True)
class OrderDay:
    number: int
    on: dt.date
    state: str  # good, bad, missed, now, todo
    test: ScheduledTest | None


def days_of(order: Order, checks: Sequence[DailyCheck], tests: Sequence[ScheduledTest]) -> list[OrderDay]:
    """Return every day from the first to the last.

    A day without a check is missed once it is over, except the first, since people arrive at any hour.
    """
    today = timezone.localdate()
    by_date = {check.on_date: check for check in checks}
    test_by_date = {test.due_on: test for test in tests}
    dates = [order.starts_on + dt.timedelta(days=number) for number in range(order.total_days + 1)]
    ended = order.status not in {order.Status.ORDERED, order.Status.ACTIVE}
    return [
        OrderDay(number, on, _state(number, on, today, by_date.get(on), ended), test_by_date.get(on))
        for number, on in enumerate(dates)
    ]


def _state(number: int, on: dt.date, today: dt.date, check: DailyCheck | None, ended: bool) -> str:
    if check is not None:
        return "bad" if check.is_red else "good"
    if on == today and not ended:
        return "now"
    return "missed" if on < today and number > 0 else "todo"
