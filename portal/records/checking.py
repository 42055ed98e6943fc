"""The check of the chains over the logs: which row is the first that is not as it was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from portal.records.models import SealMark
from portal.records.sealing import LOGS, Log, hash_of

CHUNK = 10_000  # rows that are looked at in one statement

CHANGED = "its content is not what was sealed"
DELETED = "it was sealed and is gone"
INSERTED = "it was put in behind rows that were sealed already"
UNCHAINED = "the seal before it is gone"


@dataclass(frozen=True)
class Break:
    """The first row of a log that does not fit its chain."""

    row_id: int
    position: int  # 0: it has no seal
    fault: str


@dataclass(frozen=True)
class Report:
    """What the check of one log found. `waiting` are rows that are not sealed yet."""

    log: Log
    sealed: int
    head: bytes
    waiting: int
    breaks: tuple[Break, ...]


def check_logs() -> list[Report]:
    return [check_log(log) for log in LOGS]


def check_log(log: Log) -> Report:
    """Go through one chain from its first seal, up to the first row that does not fit."""
    position, former = 0, b""
    breaks = []
    for sealed_position, row_id, sealed_hash, values in _sealed_rows(log):
        fault = ""
        if sealed_position != position + 1:
            fault = UNCHAINED
        elif values[0] is None:
            fault = DELETED
        elif hash_of(former, values) != sealed_hash:
            fault = CHANGED
        if fault:
            breaks.append(Break(row_id, sealed_position, fault))
            break
        position, former = sealed_position, sealed_hash
    slipped_in, waiting = _without_seal(log)
    if slipped_in is not None:
        breaks.append(Break(slipped_in, 0, INSERTED))
    return Report(log, position, former, waiting, tuple(sorted(breaks, key=lambda found: found.row_id)))


def hash_at(log: Log, position: int) -> bytes:
    """Return the hash of one seal; nothing when there is no such seal."""
    found = log.seal_model._default_manager.filter(position=position).values_list("hash", flat=True).first()
    return bytes(found) if found is not None else b""


def _sealed_rows(log: Log) -> Iterator[tuple[int, int, bytes, tuple[Any, ...]]]:
    """Yield position, id, hash and the row's values of each seal, in order; values of None for a row that is gone."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT seal.position, seal.row_id, seal.hash, {', '.join(log.columns)}"  # noqa: S608 - names of ours
                f" FROM {log.seals} AS seal LEFT JOIN {log.rows} AS log ON log.id = seal.row_id"
                " WHERE seal.position > %s ORDER BY seal.position LIMIT %s",
                [after, CHUNK],
            )
            rows = cursor.fetchall()
        for position, row_id, sealed_hash, *values in rows:
            yield position, row_id, bytes(sealed_hash), tuple(values)
            after = position
        if len(rows) < CHUNK:
            return


def _without_seal(log: Log) -> tuple[int | None, int]:
    """Return the first row without a seal among those that are sealed, and how many rows wait for theirs."""
    mark = SealMark.objects.filter(log=log.key).first()
    sealed_to = mark.sealed_to if mark is not None else 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(log.id) FILTER (WHERE log.id <= %s), count(*) FILTER (WHERE log.id > %s)"  # noqa: S608
            f" FROM {log.rows} AS log WHERE NOT EXISTS"
            f" (SELECT 1 FROM {log.seals} AS seal WHERE seal.row_id = log.id)",
            [sealed_to, sealed_to],
        )
        row: tuple[int | None, int] = cursor.fetchone()
    return row
