"""Put a message into the outbox, within the transaction of the fact that it tells."""

from __future__ import annotations

import datetime as dt
import logging
import time
from functools import cache
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from kombu import Connection
from kombu.pools import producers

from portal.notifications.kinds import kind_of
from portal.notifications.models import Message
from portal.records.log import subject_of

logger = logging.getLogger(__name__)
PATIENCE = 1.0  # seconds that a page waits for the broker
SILENCE = 5.0  # seconds for which this process does not ask a broker that did not answer
_silent_until = 0.0  # by time.monotonic()


class OutsideTransaction(RuntimeError):
    """A message was written apart from its fact: one could then exist without the other."""


def notify(
    kind: str,
    *,
    phone: str = "",
    email: str = "",
    about: models.Model | None = None,
    context: dict[str, Any] | None = None,
    secrets: dict[str, str] | None = None,
    expires_at: dt.datetime | None = None,
    language: str = settings.LANGUAGE_CODE,
) -> Message | None:
    """Queue one message; it is sent after the commit. Nothing is queued for nobody (None).

    `language` is the recipient's, Vietnamese unless known: an officer who works in English must not
    make a family get English.

    Raises `OutsideTransaction` outside a transaction and KeyError for an unknown kind.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(kind)
    kind_of(kind)
    if not (phone or email):
        return None
    about_type, about_id = subject_of(about) if about is not None else ("", None)
    message = Message.objects.create(
        kind=kind,
        phone=phone,
        email=email,
        language=language,
        context={key: str(value) for key, value in (context or {}).items()},
        secrets=secrets or {},
        about_type=about_type,
        about_id=about_id,
        expires_at=expires_at,
    )
    transaction.on_commit(lambda: hand_to_worker(message.pk))
    return message


def hand_to_worker(message_id: int) -> None:
    """Tell a worker at once. With the broker down nothing is lost: the sweep finds the row, and the
    page waits for the broker's silence once, not once a message."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    from portal.notifications.tasks import deliver

    try:
        with producers[_connection()].acquire(block=True, timeout=PATIENCE) as producer:
            deliver.apply_async(args=(message_id,), producer=producer, retry=False)
    except Exception as error:  # kombu raises what its transport raises
        _silent_until = time.monotonic() + SILENCE
        logger.warning("message %s waits for the sweep: %s", message_id, error)


@cache
def _connection() -> Connection:
    """A page's own way to the broker, less patient than a worker's."""
    options = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    return current_app.connection_for_write(transport_options=options)


def broker_is_back() -> None:
    """Ask the broker again at once."""
    global _silent_until
    _silent_until = 0.0
