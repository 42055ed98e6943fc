"""Progress of a work that is one transaction: told over a connection beside it, so that others see it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, models

WAIT = "200ms"  # nothing hangs on a number that somebody looks at


@contextmanager
def told_beside(row: models.Model) -> Iterator[Callable[[int, int], None]]:
    """`tell(done, total)` writes both columns of the row."""
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
