"""What a device says of itself when it is heard of: how many entries wait in it, since when, and what its clock says."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.places.models import Place
from repatriation.models import OfflineDevice

MOST_AHEAD = 2**31 - 1  # seconds that the column takes
MOST_WAITING = 100_000


@transaction.atomic
def note_device(
    uuid: UUID,
    place: Place,
    *,
    by: User,
    waiting: int,
    since: dt.datetime | None,
    clock: dt.datetime | None,
    may_forget: bool,
) -> OfflineDevice:
    """Write down what the device says; `since` and `clock` are by its clock, and are stored by the server's."""
    now = timezone.now()
    ahead = int((clock - now).total_seconds()) if clock is not None else 0
    ahead = max(-MOST_AHEAD, min(MOST_AHEAD, ahead))
    waiting = max(0, min(MOST_WAITING, waiting))
    values: dict[str, Any] = {
        "place": place,
        "seen_at": now,
        "seen_by": by,
        "waiting": waiting,
        "waiting_since": _by_server(since, ahead, now) if waiting else None,
        "seconds_ahead": ahead,
        "may_forget": may_forget,
    }
    device, _made = OfflineDevice.objects.update_or_create(uuid=uuid, defaults=values)
    return device


def _by_server(since: dt.datetime | None, ahead: int, now: dt.datetime) -> dt.datetime:
    if since is None:
        return now
    try:
        return min(now, since - dt.timedelta(seconds=ahead))
    except OverflowError:
        return now
