"""Sending one message: claim the row, hand it to a channel, write down the outcome."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from portal.notifications.channels import ChannelRefused, channel
from portal.notifications.models import Attempt, Message

ATTEMPTS = 5
# Pauses between attempts, an hour in all: an outage of the provider that long loses no message.
PAUSES = [
    dt.timedelta(seconds=30),
    dt.timedelta(minutes=4),
    dt.timedelta(minutes=15),
    dt.timedelta(minutes=45),
]
# After this the claim of a worker that died while sending expires, and the sweep queues the row again.
CLAIM = dt.timedelta(minutes=2)


def claim(message_id: int) -> Message | None:
    """Claim the row for this worker by one conditional UPDATE. Return None when another has it."""
    now = timezone.now()
    taken = Message.objects.filter(pk=message_id, status=Message.Status.QUEUED).update(
        status=Message.Status.SENDING, claimed_at=now, attempts=F("attempts") + 1
    )
    return Message.objects.get(pk=message_id) if taken else None


def deliver_now(message_id: int) -> None:
    """Send a queued message once. A message past its time is marked as expired instead.

    Without a channel it stays queued as it is.
    """
    sender = channel()
    message = claim(message_id) if sender is not None else None
    if sender is None or message is None:
        return
    if message.expires_at is not None and message.expires_at <= timezone.now():
        _finish(message, Message.Status.EXPIRED, "none", "expired")
        return
    try:
        with translation.override(message.language):
            detail = sender.send(message, message.text)
    except ChannelRefused as refusal:
        final = refusal.final or message.attempts >= ATTEMPTS
        state = Message.Status.FAILED if final else Message.Status.QUEUED
        _finish(message, state, sender.name, "refused", str(refusal))
    else:
        state = Message.Status.DELIVERED if sender.confirms_at_once else Message.Status.SENT
        _finish(message, state, sender.name, "accepted", detail, wipe=not sender.keeps_secrets)


@transaction.atomic
def _finish(
    message: Message, state: str, channel_name: str, outcome: str, detail: str = "", *, wipe: bool = False
) -> None:
    ended = state != Message.Status.QUEUED
    changes: dict[str, Any] = {"status": state, "finished_at": timezone.now() if ended else None}
    if wipe or state in {Message.Status.EXPIRED, Message.Status.FAILED}:
        changes["secrets"] = {}
    # A row that is queued under the same number was taken back from this worker because it was slow, and no
    # other has claimed it. This worker's outcome counts, or the message would go out twice.
    mine = Message.objects.filter(pk=message.pk, attempts=message.attempts)
    mine.filter(status__in=[Message.Status.SENDING, Message.Status.QUEUED]).update(**changes)
    Attempt.objects.create(
        message=message, number=message.attempts, channel=channel_name, outcome=outcome, detail=detail[:300]
    )


def take_back_lost_claims() -> int:
    """Queue again what a dead worker was sending; return how many.

    The reference stays the same, so that a provider that has the message already can drop the duplicate.
    A message that lost its last attempt (it kills its worker, or cannot be rendered) has failed. A lost
    attempt leaves no `Attempt`: its number is missing.
    """
    cutoff = timezone.now() - CLAIM
    lost = Message.objects.filter(status=Message.Status.SENDING, claimed_at__lt=cutoff)
    lost.filter(attempts__gte=ATTEMPTS).update(
        status=Message.Status.FAILED, finished_at=timezone.now(), secrets={}
    )
    return lost.update(status=Message.Status.QUEUED)


def expire_waiting() -> int:
    """Mark queued messages past their time as expired, while no channel takes any; return how many."""
    now = timezone.now()
    late = Message.objects.filter(status=Message.Status.QUEUED, expires_at__lte=now)
    return late.update(status=Message.Status.EXPIRED, finished_at=now, secrets={})


def waiting(older_than: dt.timedelta, limit: int) -> list[int]:
    """Return the ids of queued messages that no worker has claimed for a while, oldest first.

    A refused message waits for its next attempt, longer each time.
    """
    now = timezone.now()
    due = Q(attempts=0, created_at__lt=now - older_than)
    for attempts, pause in enumerate(PAUSES, start=1):
        due |= Q(attempts=attempts, claimed_at__lt=now - pause)
    rows = Message.objects.filter(due, status=Message.Status.QUEUED)
    return list(rows.order_by("created_at").values_list("pk", flat=True)[:limit])
