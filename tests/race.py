"""Several things at the same moment, each on a thread and a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*works: Callable[[], Any], seconds: float = 30) -> list[Any]:
    """Start all together; what each returned or raised, in their order. A test that hangs fails."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(seconds)
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever: a deadlock"
    return results


def meeting(parties: int, seconds: float = 5) -> Callable[[], None]:
    """A point at which the racers wait for each other, so that a race without its guard surely happens.

    Whoever is kept away by the guard never comes: the others go on after `seconds`.
    """
    barrier = threading.Barrier(parties)

    def meet() -> None:
        try:
            barrier.wait(seconds)
        except threading.BrokenBarrierError:
            return

    return meet
