"""Long work of a worker that is one transaction: held by one worker at a time, and told of while it runs.

A worker that is killed leaves nothing, and its hold ends with it: the next look begins the work anew.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, models

from portal import locks

WAIT = "200ms"  # nothing hangs on a number that somebody looks at


def take(kind: locks.Kind, pk: int) -> bool:
    """Hold this work until the transaction ends; False when another worker holds it."""
    return locks.try_hold(kind, pk)


@contextmanager
def without_collector() -> Iterator[None]:
    """For work that makes rows by the ten thousand and no rings among them: Python would look through all of them
    for rings again and again, a seventh of the time of a list."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def told_beside(row: models.Model) -> Iterator[Callable[[int, int], None]]:
    """`tell(done, total)` writes both columns of the row over a connection of its own, so that others see it."""
    own = connection.copy()
    table = own.ops.quote_name(row._meta.db_table)

    def tell(done: int, total: int) -> None:
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
        yield tell
    finally:
        own.close()
