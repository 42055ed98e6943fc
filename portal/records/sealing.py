"""The chain of hashes over each log: whoever changes, removes or slips in a row behind the triggers is found.

Rows are sealed some seconds after they were written, in the order of their ids, by one periodic job: acts wait for
nothing. Ids are given out before their transactions end, so a row may appear behind rows that are there already. A
mark is therefore set first (the highest id, and the number of the next transaction); rows up to the mark are sealed
when every transaction that had begun to write before it is over. docs/decisions/0025-logs-chained-by-hashes.md
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from portal import locks
from portal.records.models import Event, EventSeal, Read, ReadSeal, Seal, SealMark

logger = logging.getLogger(__name__)
BATCH = 5_000  # rows sealed in one transaction
PATIENCE = 20.0  # seconds after which a run leaves the rest to the next


@dataclass(frozen=True)
class Log:
    """A log with its seals. `columns` are what a hash covers; in another order or form every hash changes."""

    key: str
    rows: str
    seals: str
    seal_model: type[Seal]
    columns: tuple[str, ...]


# Transactions of other databases of the server write no log of ours. One of which nothing is known counts as ours.
_ALL_OVER_BEFORE = """
SELECT coalesce(min(running.xid), (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint))
FROM (SELECT xip::text::bigint AS xid FROM pg_snapshot_xip(pg_current_snapshot()) AS xip) AS running
WHERE NOT EXISTS (
    SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock'
        AND transactionid::text::bigint = running.xid % 4294967296
        AND datname <> current_database()
)
"""
AT = "(extract(epoch FROM log.at) * 1000000)::bigint"  # exact, and the same in every time zone
LOGS = (
    Log(
        "event",
        Event._meta.db_table,
        EventSeal._meta.db_table,
        EventSeal,
        (
            "log.id", AT, "log.actor_kind", "log.actor_label", "log.user_id", "log.subject_type", "log.subject_id",
            "log.verb", "log.from_status", "log.to_status", "log.reason", "log.data::text", "log.place_id",
        ),
    ),
    Log(
        "read",
        Read._meta.db_table,
        ReadSeal._meta.db_table,
        ReadSeal,
        (
            "log.id", AT, "log.user_id", "log.kind", "log.subject_type", "log.subject_ids", "log.reason",
            "log.address::text", "log.place_id",
        ),
    ),
)  # fmt: skip


def hash_of(former: bytes, values: tuple[Any, ...]) -> bytes:
    """Return the hash of a row with these values after the row whose hash is `former` (empty for the first)."""
    text = json.dumps([former.hex(), *values], ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).digest()


def seal_logs() -> int:
    """Seal what can be sealed of both logs now; return how many rows."""
    return sum(seal_log(log) for log in LOGS)


def seal_log(log: Log) -> int:
    """Seal batch after batch of one log up to its mark; return how many rows. What is newer is left to the next run.

    Does nothing while another worker seals.
    """
    sealed, until, more = 0, time.monotonic() + PATIENCE, True
    while more and time.monotonic() < until:
        count, more = _seal_batch(log)
        sealed += count
    if sealed:
        position, last = head(log)
        # Kept with the worker's log, outside the database: manage.py check_log --head compares it.
        logger.info("log sealed: %s:%s:%s", log.key, position, last.hex())
    return sealed


def head(log: Log) -> tuple[int, bytes]:
    """Return position and hash of the last seal; 0 and nothing when there is none."""
    last = log.seal_model._default_manager.order_by("-position").values_list("position", "hash").first()
    return (last[0], bytes(last[1])) if last else (0, b"")


@transaction.atomic
def _seal_batch(log: Log) -> tuple[int, bool]:
    """Return how many rows were sealed, and whether more are left up to the mark."""
    if not locks.try_hold(locks.Kind.SEALING, log.key):
        return 0, False
    with connection.cursor() as cursor:
        # Before this transaction writes: its own number would count as one that is not over.
        cursor.execute(_ALL_OVER_BEFORE)
        (all_over_before,) = cursor.fetchone()
        mark, _made = SealMark.objects.get_or_create(log=log.key)
        count = 0
        if mark.next_after <= all_over_before and mark.sealed_to < mark.next_to:
            count = _seal_up_to(cursor, log, mark)
        more = count > 0 and mark.sealed_to < mark.next_to
        if mark.sealed_to >= mark.next_to or _numbers_start_anew(cursor, mark):
            _set_mark(cursor, log, mark)
        mark.save()
    return count, more


def _seal_up_to(cursor: Any, log: Log, mark: SealMark) -> int:
    """Seal the next rows of the mark; note in `mark` how far."""
    cursor.execute(
        f"SELECT {', '.join(log.columns)} FROM {log.rows} AS log"  # noqa: S608 - names of ours
        " WHERE log.id > %s AND log.id <= %s ORDER BY log.id LIMIT %s",
        [mark.sealed_to, mark.next_to, BATCH],
    )
    position, former = head(log)
    positions, ids, hashes = [], [], []
    for values in cursor.fetchall():
        position, former = position + 1, hash_of(former, values)
        positions.append(position)
        ids.append(values[0])
        hashes.append(former)
    cursor.execute(
        f"INSERT INTO {log.seals} (position, row_id, hash)"  # noqa: S608 - a name of ours
        " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])",
        [positions, ids, hashes],
    )
    mark.sealed_to = ids[-1] if len(ids) == BATCH else mark.next_to
    return len(ids)


def _set_mark(cursor: Any, log: Log, mark: SealMark) -> None:
    """Note what is sealed next. The highest id is read before the number of this transaction is taken."""
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {log.rows}")  # noqa: S608 - a name of ours
    (highest,) = cursor.fetchone()
    cursor.execute("SELECT pg_current_xact_id()::text::bigint")
    (mark.next_after,) = cursor.fetchone()
    mark.next_to = max(highest, mark.sealed_to)


def _numbers_start_anew(cursor: Any, mark: SealMark) -> bool:
    """Whether the mark is from another server, whose transactions had higher numbers: a backup was restored."""
    cursor.execute("SELECT pg_current_xact_id()::text::bigint")
    return bool(cursor.fetchone()[0] < mark.next_after)
