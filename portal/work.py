"""Long work of a worker in one transaction: locked by one worker at a time, with its progress shown meanwhile.

A worker that is killed leaves nothing, and its lock ends with it: the next run begins the work anew.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, models

from portal import locks

WAIT = "200ms"  # a number of progress is dropped rather than waited for


def take(kind: locks.Kind, pk: int) -> bool:
    """Lock this work until the transaction ends. Return False when another worker has it."""
    return locks.try_hold(kind, pk)


@contextmanager
def without_collector() -> Iterator[None]:
    """Switch Python's garbage collector off for work that makes ten thousands of rows without reference cycles.

    Its repeated scans of all rows took a seventh of the time of a list.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def progress_beside(row: models.Model) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that writes `done` and `total` of the row over a connection of its own.

    Others so see the progress before the transaction ends.
    """
    own = connection.copy()
    table = own.ops.quote_name(row._meta.db_table)

    def write_progress(done: int, total: int) -> None:
        try:
            with own.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{WAIT}'")
                cursor.execute(
                    f"UPDATE {table} SET done = %s, total = %s WHERE id = %s",  # noqa: S608 - a table of ours
                    [done, total, row.pk],
                )
        except DatabaseError:
            return

    try:
        yield write_progress
    finally:
        own.close()
