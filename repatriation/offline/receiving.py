"""Take in what a device kept: open each entry, do it by itself as its recorder, say what became of it.

Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from portal import locks
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.text import cleaned_json
from repatriation.models import OfflineDevice, OfflineEntry
from repatriation.offline.kinds import KINDS, Done
from repatriation.offline.messages import tell_of_urgent_entry
from repatriation.offline.recorder import recorder_of
from repatriation.offline.sealing import Unreadable, open_sealed
from repatriation.offline.urgent import is_urgent
from repatriation.offline.written import WrongShape, written

logger = logging.getLogger(__name__)
Status = OfflineEntry.Status


@dataclass(frozen=True)
class Sealed:
    """One entry as it came: what the device says of it in the open, and what is sealed."""

    key: UUID
    sequence: int
    key_id: int
    sealed: str

    @property
    def bound_to(self) -> str:
        return f"{self.key}:{self.sequence}"


@dataclass(frozen=True)
class Result:
    """The answer to one entry; the device lets go of what is named here, unless it is to come `later`."""

    key: UUID
    sequence: int
    state: str  # stored, repeated, waits, to_settle, later
    text: str = ""
    place_id: int | None = None  # where it was recorded: whose officers may read the text
    extra: dict[str, Any] = field(default_factory=dict)


def receive(entries: Iterable[Sealed], device: OfflineDevice, *, by: User) -> list[Result]:
    """Do the entries of a device in its order. One that fails holds nobody else up."""
    return [
        receive_one(one, device, by=by)
        for one in sorted(entries, key=lambda one: (one.sequence, str(one.key)))
    ]


def receive_one(sealed: Sealed, device: OfflineDevice, *, by: User) -> Result:
    """Do one entry, and what waited for it. A fault of the database leaves it on the device."""
    try:
        with transaction.atomic():
            result = _receive(sealed, device, by)
    except DatabaseError:
        pk = device.pk
        logger.exception("an entry of device %s has to come again", pk)
        return Result(sealed.key, sealed.sequence, "later")
    if result.state in {"stored", "repeated"}:
        _do_followers(sealed.key, by)
    return result


def _receive(sealed: Sealed, device: OfflineDevice, by: User) -> Result:
    locks.hold(locks.Kind.OFFLINE_ENTRY, str(sealed.key))
    values, problem = _values_of(sealed, device, by)
    entry = OfflineEntry(**values)
    known = list(OfflineEntry.objects.filter(key=entry.key).order_by("pk"))
    if same := next((row for row in known if row.digest == entry.digest), None):
        return _answer(sealed, same, Done(same.reason, repeated=True))
    if not problem and known:
        problem = _("Cùng một phiếu đã được gửi với nội dung khác. Vui lòng xem hai nội dung cạnh nhau.")
    if not problem and (first := _unfinished(entry)):
        reason = (
            _("Chờ xử lý xong lượt trước của máy này.")
            if isinstance(first, OfflineEntry)
            else _("Chờ lượt trước của máy này, chưa gửi tới.")
        )
        return _answer(sealed, _saved(values, Status.WAITING, by, reason), Done(""))
    return _answer(sealed, *_do(entry, values, problem, by))


def _do(entry: OfflineEntry, values: dict[str, Any], problem: str, by: User) -> tuple[OfflineEntry, Done]:
    """Write the new entry as done, or as one to settle with the reason."""
    if not problem:
        try:
            with transaction.atomic():
                done = perform(entry)
                return _saved(values, Status.STORED, by), done
        except Refused as refusal:
            problem = refusal.to_officer()
        except DatabaseError:
            raise
        except Exception:
            name = entry.kind
            logger.exception("an entry of kind %s could not be done", name)
            problem = _("Cổng gặp lỗi khi ghi lượt này. Nội dung còn đủ, vui lòng xem rồi ghi lại.")
    row = _saved(values, Status.TO_SETTLE, by, problem)
    tell_of_urgent_entry(row)
    return row, Done(problem)


def _saved(values: dict[str, Any], status: str, by: User, reason: str = "") -> OfflineEntry:
    """Write the row in its first status. The log says who sent it, and who recorded it."""
    row = OfflineEntry.objects.create(**values, status=status, reason=reason[:600])
    verb = "refuse" if status == Status.TO_SETTLE else "receive"
    record(row, verb, by=by, data=_log_data(row))
    return row


def perform(entry: OfflineEntry, **how: Any) -> Done:
    """Do what the entry says as its recorder, or as `by`. Raises `Refused`."""
    kind = KINDS.get(entry.kind)
    by = how.pop("by", entry.recorded_by)
    if kind is None or by is None:
        raise Refused(_("Cổng không đọc được loại lượt này. Vui lòng xem nội dung rồi nhập lại."))
    if not (by.is_active and kind.may_record(by, entry.place)):
        raise Refused(
            _("%(officer)s không còn quyền ghi tại %(place)s. Vui lòng xem rồi ghi lại.")
            % {"officer": by.full_name, "place": entry.place.name}
        )
    return kind.perform(entry, by=by, **how)


def _unfinished(entry: OfflineEntry) -> OfflineEntry | UUID | None:
    """Return what has to be done first: the entry that somebody has to settle, or the key that did not come yet.

    The lock on that key makes sure that it finds this entry waiting when it comes at the same moment.
    """
    if entry.after is None or entry.after == entry.key:
        return None
    locks.hold(locks.Kind.OFFLINE_ENTRY, str(entry.after))
    rows = list(OfflineEntry.objects.filter(key=entry.after, device=entry.device_id).order_by("pk"))
    if any(row.status in {Status.STORED, Status.SETTLED} for row in rows):
        return None
    return rows[0] if rows else entry.after


def _do_followers(key: UUID, by: User) -> None:
    """Do the entries that waited for this one, in the device's order, and those that waited for them."""
    waiting = OfflineEntry.objects.filter(after=key, status=Status.WAITING).order_by("sequence", "pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                done = _do_waiting(pk, by)
        except DatabaseError:
            logger.exception("entry %s has to wait longer", pk)
            continue
        if done is not None:
            _do_followers(done.key, by)


def do_followers(entry: OfflineEntry, *, by: User) -> None:
    """Go on with what waited for an entry that somebody settled."""
    _do_followers(entry.key, by)


def _do_waiting(pk: int, by: User) -> OfflineEntry | None:
    rows = OfflineEntry.objects.select_related("recorded_by", "place", "device")
    locks.hold(locks.Kind.OFFLINE_ENTRY, str(rows.get(pk=pk).key))
    entry: OfflineEntry = rows.select_for_update(of=("self",)).get(pk=pk)
    if entry.status != Status.WAITING:
        return None
    try:
        with transaction.atomic():
            perform(entry)
            return transition(entry, "store", by=by, data=_log_data(entry), columns={"reason": ""})
    except Refused as refusal:
        transition(
            entry, "refuse", by=by, data=_log_data(entry), columns={"reason": refusal.to_officer()[:600]}
        )
        tell_of_urgent_entry(entry)
        return None


# --- What came ------------------------------------------------------------------------------------


def _values_of(sealed: Sealed, device: OfflineDevice, by: User) -> tuple[dict[str, Any], str]:
    """Return the row's values, and why it cannot be done. What cannot be read is kept as it came."""
    values: dict[str, Any] = {
        "key": sealed.key,
        "device": device,
        "sequence": sealed.sequence,
        "sent_by": by,
        "place": device.place,
    }
    try:
        said = written(cleaned_json(json.loads(open_sealed(sealed.key_id, sealed.sealed, sealed.bound_to))))
    except (Unreadable, WrongShape, ValueError, RecursionError):
        values |= {
            "digest": hashlib.sha256(sealed.sealed.encode()).hexdigest(),
            "kind": "",
            "content": {"key_id": sealed.key_id, "sealed": sealed.sealed},
        }
        return values, _(
            "Cổng không mở được lượt này. Nội dung được giữ nguyên, vui lòng hỏi lại người đã ghi."
        )
    recorder = recorder_of(said.recorder)
    place = Place.objects.filter(pk=said.place).first()
    values |= {
        "digest": said.digest,
        "after": said.after,
        "kind": said.kind if said.kind in KINDS else "",
        "place": place or device.place,
        "recorded_by": recorder,
        "device_time": said.at,
        "registration_code": said.registration,
        "content": said.content,
        "is_urgent": is_urgent(said.fields),
    }
    if (kind := KINDS.get(said.kind)) is not None:
        values["names"] = ", ".join(kind.names(OfflineEntry(**values)))[:600]
    if recorder is None or place is None:
        return values, _(
            "Lượt này không có dấu của cán bộ đã ghi, hoặc nơi ghi không còn. Vui lòng xem nội dung."
        )
    return values, ""


# --- What is answered -----------------------------------------------------------------------------

STATES = {
    Status.WAITING: "waits",
    Status.STORED: "stored",
    Status.TO_SETTLE: "to_settle",
    Status.SETTLED: "repeated",
}


def _answer(sealed: Sealed, entry: OfflineEntry, done: Done) -> Result:
    state = STATES[Status(entry.status)]
    if done.repeated and state == "stored":
        state = "repeated"
    return Result(sealed.key, sealed.sequence, state, entry.reason or done.text, entry.place_id, done.extra)


def _log_data(entry: OfflineEntry) -> dict[str, Any]:
    """Say in the log who recorded, beside who sent, by the number of the account."""
    return {
        "recorded_by": entry.recorded_by_id,
        "device": entry.device.label,
        "sequence": entry.sequence,
    }
