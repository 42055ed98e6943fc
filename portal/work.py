"""Long work of a worker in one transaction: locked by one worker at a time, with its progress shown meanwhile.

A worker that is killed leaves nothing, and its lock ends with it: the next run begins the work anew. A row that
counts the attempts is given up when its worker was killed again and again.
"""

from __future__ import annotations

import gc
import logging
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection, models

from portal import locks
from portal.embedded.processes import die_with_parent

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 2  # at one step; a worker that died in each of them would die in the next
WAIT = "200ms"  # a number of progress is dropped rather than waited for


def take(kind: locks.Kind, pk: int) -> bool:
    """Lock this work until the transaction ends. Return False when another worker has it."""
    return locks.try_hold(kind, pk)


class GivenUp(RuntimeError):
    """The worker died in every attempt at this work."""


def begin_attempt(row: models.Model) -> None:
    """Count one more attempt at the work on this row, whatever becomes of it. Raises `GivenUp` when it had all.

    It is written over a connection of its own, before the work begins: a worker that is killed cannot say so. Call it
    after `take`, and set `attempts` to 0 when the work ends in any way.
    """
    own = connection.copy()
    table = own.ops.quote_name(row._meta.db_table)
    try:
        with own.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET attempts = attempts + 1 WHERE id = %s AND attempts < %s",  # noqa: S608 - a table of ours
                [row.pk, MOST_ATTEMPTS],
            )
            if cursor.rowcount:
                return
            cursor.execute(f"SELECT FROM {table} WHERE id = %s", [row.pk])
            if cursor.rowcount:  # else the row was made in this transaction, as the demo's lists are
                raise GivenUp
    finally:
        own.close()


def run_apart(command: str, *arguments: str, megabytes: int, seconds: int) -> bool:
    """Run a management command in a process of its own, whose memory and time the kernel limits.

    The memory goes back with the process, and a file that takes more than it may harms nobody else. Return whether
    the command ended well.
    """
    limit = megabytes * 1024 * 1024
    end_with_us = die_with_parent(signal.SIGKILL)

    def prepare() -> None:
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        if end_with_us is not None:
            end_with_us()

    process = subprocess.Popen(  # noqa: S603 - a command of ours
        [sys.executable, "-m", "django", command, *arguments],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        preexec_fn=prepare,
    )
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        logger.warning("%s %s takes longer than %s s", command, " ".join(arguments), seconds)
        return False
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if status:
        logger.warning("%s %s ended with status %s", command, " ".join(arguments), status)
    return status == 0


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
