"""Messages to the officers of a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from portal.accounts.models import User
from portal.notifications.outbox import Note, notify_many


def notify_officers(
    kind: str,
    officers: Iterable[User],
    *,
    about: models.Model | None = None,
    context: dict[str, Any] | None = None,
) -> list[User]:
    """Queue one message for each of these officers who has a phone or an email; return those officers.

    The text goes to phones and must name nobody and tell no health data: it says where to look. Raises what
    `notify_many` raises.
    """
    reachable = [officer for officer in officers if officer.phone or officer.email]
    notify_many(
        kind,
        [Note(officer.phone, officer.email, about, context or {}) for officer in reachable],
    )
    return reachable
