"""The one way in which a row changes its status.

A model lists what may follow what:

    TRANSITIONS = {"accept": ({"sent"}, "accepted"), "refuse": ({"sent"}, "refused")}

`transition` locks the row, checks the table, saves and logs; `transition_many` does so for a whole set in
a few statements. The database refuses every other way (`portal.records.guards`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import event_for, save_events
from portal.records.models import Event
from portal.records.refusals import Refused

M = TypeVar("M", bound=models.Model)


class TransitionRefused(Refused):
    """The row's status does not allow this. `obj` is the row as it is now."""

    def __init__(self, obj: Any, verb: str) -> None:
        self.obj = obj
        self.verb = verb
        super().__init__(verb)

    def __str__(self) -> str:
        return _("Không làm được: trạng thái hiện nay là “%(status)s”. Vui lòng tải lại trang để xem.") % {
            "status": self.obj.get_status_display()
        }


def allowed(obj: Any, verb: str) -> bool:
    """Return whether the table allows `verb` for the row as it was read."""
    sources, _target = obj.TRANSITIONS[verb]
    return obj.status in sources


@transaction.atomic
def transition(
    obj: M,
    verb: str,
    *,
    by: User | Actor,
    reason: str = "",
    data: dict[str, Any] | None = None,
    place: Place | None = None,
    columns: Mapping[str, Any] | None = None,
    **fields: Any,
) -> M:
    """Move one row along its table, save the named fields in the same statement, and log it.

    `reason`, `data` and `place` belong to the log. A column of the row that has such a name is given in
    `columns`, and saved like the other fields. Returns the locked, fresh row.

    Raises `TransitionRefused` when the status, read under the lock, does not allow the verb.
    """
    fields |= columns or {}
    if "status" in fields:
        raise ValueError("the table says what the status becomes")
    model: Any = type(obj)
    sources, target = model.TRANSITIONS[verb]
    row: Any = model._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    before = row.status
    if before not in sources:
        raise TransitionRefused(row, verb)
    row.status = target
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["status", *fields])
    event = event_for(
        row, verb, by=by, reason=reason, data=data, place=place, from_status=before, to_status=target
    )
    save_events([event])
    locked: M = row
    return locked


def transition_many(
    rows: Iterable[M],
    verb: str,
    *,
    by: User | Actor,
    reason: str = "",
    data: Callable[[M], dict[str, Any]] | dict[str, Any] | None = None,
    locked: bool = False,
    into: list[Event] | None = None,
    **fields: Any,
) -> list[M]:
    """Move rows of one model along their table together, all or none of them, each with its own event.

    Every row gets the same `fields`; `data` is the same for all, or a function that makes it for each. The
    rows are locked here, in the order of their ids. With `locked`, the caller has locked them in this
    transaction, and they are not read again. With `into`, the events are only built, and the caller saves them with
    others of its own; there is no savepoint then, so a refusal ends the caller's transaction. Returns the locked
    rows, in the order given.

    Raises `TransitionRefused` with the first row whose status does not allow the verb.
    """
    if "status" in fields:
        raise ValueError("the table says what the status becomes")
    given: list[Any] = list(rows)
    if not given:
        return []
    with transaction.atomic(savepoint=into is None):
        events = _move(given, verb, locked, fields, by=by, reason=reason, data=data)
        if into is None:
            save_events(events.values())
        else:
            into += events.values()
    return list(events)


def _require_allowed(rows: Iterable[Any], verb: str) -> None:
    for row in rows:
        if not allowed(row, verb):
            raise TransitionRefused(row, verb)


def _move(given: list[Any], verb: str, locked: bool, fields: dict[str, Any], **log: Any) -> dict[Any, Event]:
    """Move the rows; return their events by the locked row."""
    model: Any = type(given[0])
    _sources, target = model.TRANSITIONS[verb]
    locked_rows: list[Any] = given if locked else _lock_all(model, [row.pk for row in given])
    _require_allowed(locked_rows, verb)
    before: dict[str, list[int]] = {}
    for row in locked_rows:
        before.setdefault(row.status, []).append(row.pk)
    for status, ids in before.items():
        # Check that no status has changed since it was read, in case the caller's rows were not locked.
        now = model._base_manager.filter(pk__in=ids).order_by("pk")
        if now.filter(status=status).update(status=target, **fields) != len(ids):
            raise TransitionRefused(now.exclude(status=target).first() or now.first(), verb)
    events = {}
    data = log.pop("data")
    for row in locked_rows:
        details = data(row) if callable(data) else data
        source, row.status = row.status, target
        for name, value in fields.items():
            setattr(row, name, value)
        events[row] = event_for(row, verb, data=details, from_status=source, to_status=target, **log)
    return events


def _lock_all(model: Any, ids: list[int]) -> list[Any]:
    rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids]
