"""The functions that write the logs. No other code creates their rows."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor, as_actor
from portal.records.effects import add_events
from portal.records.models import Event, Read


def subject_of(obj: models.Model) -> tuple[str, int]:
    """Return the name under which the logs store a row: `("citizens.person", 12)`."""
    return obj._meta.label_lower, obj.pk


def event_for(
    obj: models.Model,
    verb: str,
    *,
    by: User | Actor,
    reason: str = "",
    data: dict[str, Any] | None = None,
    place: Place | None = None,
    from_status: str = "",
    to_status: str = "",
) -> Event:
    """Build, without saving, the event of one row (for sets, which are saved with bulk_create)."""
    actor = as_actor(by)
    subject_type, subject_id = subject_of(obj)
    place_id = place.pk if place is not None else getattr(obj, "log_place_id", None)
    return Event(
        actor_kind=actor.kind,
        actor_label=str(actor.label)[:120],
        user=actor.user,
        subject_type=subject_type,
        subject_id=subject_id,
        verb=verb,
        from_status=from_status,
        to_status=to_status,
        reason=reason,
        data=data or {},
        place_id=place_id,
    )


def record(obj: models.Model, verb: str, **details: Any) -> Event:
    """Log a change that is no change of status. Takes what `event_for` takes."""
    event = event_for(obj, verb, **details)
    save_events([event])
    return event


def save_events(events: Iterable[Event]) -> None:
    """Write events that `event_for` built into the log, in one statement."""
    add_events(Event.objects.bulk_create(events))


def record_changed(
    changed: str,
    params: dict[str, Any],
    *,
    model: type[models.Model],
    verb: str,
    by: User | Actor,
    to_status: str = "",
) -> int:
    """Log what one statement changes in many rows, in that statement; return how many.

    `changed` is SQL that may stand after WITH and ends by defining `changed (subject_id, place_id, data)`.
    `to_status` is for rows that were made in that status.
    """
    actor = as_actor(by)
    own: dict[str, Any] = {
        "log_at": timezone.now(),
        "log_kind": actor.kind,
        "log_label": str(actor.label)[:120],
        "log_user": actor.user.pk if actor.user else None,
        "log_type": model._meta.label_lower,
        "log_verb": verb,
        "log_to": to_status,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {changed} {_LOG_CHANGED}", params | own)
        return cursor.rowcount


_LOG_CHANGED = """
INSERT INTO records_event (at, actor_kind, actor_label, user_id, subject_type, subject_id, verb, from_status,
    to_status, reason, data, place_id)
SELECT %(log_at)s, %(log_kind)s, %(log_label)s, %(log_user)s, %(log_type)s, subject_id, %(log_verb)s, '', %(log_to)s, '',
    data, place_id
FROM changed
"""


def client_address(request: HttpRequest | None) -> str | None:
    """Return the address from which a request came.

    Behind a proxy it is the last of `X-Forwarded-For`, which the proxy itself wrote; the visitor can write
    anything before it.
    """
    if request is None:
        return None
    text = request.META.get("REMOTE_ADDR", "")
    if settings.PORTAL_BEHIND_PROXY:
        text = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or text
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def record_read(
    user: User,
    kind: str,
    *,
    subject: models.Model | None = None,
    subject_type: str = "",
    subject_ids: Iterable[int] = (),
    reason: str = "",
    request: HttpRequest | None = None,
    place: Place | None = None,
) -> Read:
    """Log that `user` saw these rows. `kind` is one of `Read.kind`'s choices."""
    ids = list(subject_ids)
    if subject is not None:
        subject_type, subject_id = subject_of(subject)
        ids = [subject_id, *ids]
    return Read.objects.create(
        user=user,
        kind=kind,
        subject_type=subject_type,
        subject_ids=ids,
        reason=reason[:300],
        address=client_address(request),
        place=place,
    )


def history(obj: models.Model) -> models.QuerySet[Event]:
    """Return every event of one row, oldest first. Fetch `obj` itself through `visible_to`."""
    subject_type, subject_id = subject_of(obj)
    return Event.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("at", "id")
