"""Writing messages into the outbox, in the transaction of the fact that they tell."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from kombu import Connection
from kombu.pools import producers

from portal.notifications.kinds import kind_of
from portal.notifications.models import Message
from portal.records.effects import QueuedMessage, add_messages, is_collecting
from portal.records.log import subject_of

logger = logging.getLogger(__name__)
PATIENCE = 1.0  # seconds that a page waits for the broker
DELIVER = "portal.notifications.tasks.deliver"  # the worker's tasks by name: they import this module
HAND_OUT = "portal.notifications.tasks.hand_out"
SILENCE = 5.0  # seconds for which this process does not ask a broker that did not answer
# Parts of texts that an act draws or counts from now on, and that differ when it runs again.
OF_THIS_RUN = {"code", "trip", "number", "link", "deadline", "until"}
_silent_until = 0.0  # by time.monotonic()


class OutsideTransaction(RuntimeError):
    """A message was written outside a transaction: it or its fact could exist without the other."""


@dataclass(frozen=True)
class Note:
    """One message to one recipient. `context` and `secrets` fill the places of the kind's text.

    `language` is the recipient's, Vietnamese unless known; it never follows the language of the officer.
    """

    phone: str = ""
    email: str = ""
    about: models.Model | None = None
    context: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    expires_at: dt.datetime | None = None
    language: str = settings.LANGUAGE_CODE


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
    """Queue one message, which is sent after the commit. Return None when there is no recipient.

    The arguments are those of a `Note`. Raises `OutsideTransaction` outside a transaction and KeyError for
    an unknown kind.
    """
    note = Note(phone, email, about, context or {}, secrets or {}, expires_at, language)
    return next(iter(notify_many(kind, [note])), None)


def notify_many(kind: str, notes: Iterable[Note]) -> list[Message]:
    """Queue one message for each note that has a recipient, in one statement.

    After the commit a worker is told of all of them at once. Raises what `notify` raises.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(kind)
    kind_of(kind)
    messages = Message.objects.bulk_create(_message(kind, note) for note in notes if note.phone or note.email)
    if is_collecting():
        add_messages(_queued(message) for message in messages)
    ids = [message.pk for message in messages]
    if ids:
        transaction.on_commit(lambda: hand_to_worker(*ids))
    return messages


def _message(kind: str, note: Note) -> Message:
    about_type, about_id = subject_of(note.about) if note.about is not None else ("", None)
    return Message(
        kind=kind,
        phone=note.phone,
        email=note.email,
        language=note.language,
        context={key: str(value) for key, value in note.context.items()},
        secrets=note.secrets,
        about_type=about_type,
        about_id=about_id,
        expires_at=note.expires_at,
    )


def _queued(message: Message) -> QueuedMessage:
    return QueuedMessage(
        kind=message.kind,
        title=message.title,
        text=message.render({}),
        recipient=message.phone or message.email,
        about_type=message.about_type,
        about_id=message.about_id,
        facts=tuple(sorted((key, text) for key, text in message.context.items() if key not in OF_THIS_RUN)),
    )


def hand_to_worker(*message_ids: int) -> None:
    """Tell a worker of these messages in one call.

    When the broker is down nothing is lost: the sweep finds the rows. The page waits for the broker once,
    since later calls skip it for `SILENCE` seconds.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    name, args = (DELIVER, message_ids) if len(message_ids) == 1 else (HAND_OUT, (list(message_ids),))
    try:
        with producers[_connection()].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task(name, args=args, producer=producer, retry=False)
    except Exception as error:  # kombu raises what its transport raises
        _silent_until = time.monotonic() + SILENCE
        logger.warning("messages %s wait for the sweep: %s", message_ids, error)


@cache
def _connection() -> Connection:
    """Return a page's connection to the broker, with shorter timeouts than a worker's."""
    options = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    return current_app.connection_for_write(transport_options=options)
