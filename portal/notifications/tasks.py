"""The worker's tasks of the outbox."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from portal.notifications import delivery
from portal.notifications.outbox import DELIVER, HAND_OUT, hand_to_worker

SWEEP_AFTER = dt.timedelta(seconds=10)
SWEEP_LIMIT = 500


@shared_task(name=DELIVER)
def deliver(message_id: int) -> None:
    delivery.deliver_now(message_id)


@shared_task(name=HAND_OUT)
def hand_out(message_ids: list[int]) -> None:
    """Give each of these messages a task of its own, so that several workers share them."""
    for message_id in message_ids:
        hand_to_worker(message_id)


@shared_task
def sweep() -> int:
    """Hand out again the messages that the broker or a dead worker lost. Returns how many."""
    delivery.take_back_lost_claims()
    if delivery.channel() is None:
        delivery.expire_waiting()
        return 0
    ids = delivery.waiting(SWEEP_AFTER, SWEEP_LIMIT)
    for message_id in ids:
        hand_to_worker(message_id)
    return len(ids)
