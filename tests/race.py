"""Several things at the same moment, each on a thread and a database connection of its own.

Racers meet at points in the work that races, and a point never waits for a time: it opens when everybody has
come, or when nobody else can come any more, because the others have ended or wait for a lock of somebody who
stands at a point. PostgreSQL says who waits for whom. `HANG` only ends a test that would never end.

    meet = meeting(2)
    with before_statement('INSERT INTO "repatriation_offer"', meet):
        results = at_once(first, second)        # both stand before the INSERT, or one is kept away from it

    pause = Pause()                             # something in `first` calls pause()
    results = interrupt(pause, first, second)   # the second runs in the midst of the first

A point to which nobody came fails the test: the code no longer passes where the race was.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

HANG = 120  # seconds after which a race is given up
_LOOK_AGAIN = 0.01  # seconds between two looks at who waits for whom

_mine = threading.local()
_unvisited: list[Meeting | Pause] = []
_statements: list[_Statement] = []


class Stuck(AssertionError):
    """A racer waits for what never comes."""


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Start all together; return what each returned or raised, in their order."""
    race = _Race(works)
    try:
        return race.run()
    finally:
        _unvisited.clear()


def interrupt(pause: Pause, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Run the second while the first stands at the pause, until it has ended or waits for a lock."""

    def later() -> Any:
        racer: _Racer = _mine.racer
        (other,) = racer.others()
        racer.wait(lambda: pause.visits > 0 or other.done)
        return second()

    return at_once(first, later)


def until(condition: Callable[[], bool]) -> None:
    """Let this racer wait until something is so."""
    _mine.racer.wait(condition)


class Meeting:
    """A point at which so many racers wait for each other; `kept_apart` says whether one could not come."""

    def __init__(self, parties: int) -> None:
        self.parties, self.visits, self.kept_apart = parties, 0, False
        self._here: list[_Racer] = []
        self._opened = 0
        _unvisited.append(self)

    def __call__(self) -> None:
        racer: _Racer = _mine.racer
        with racer.race.changed:
            self.visits += 1
            if self.kept_apart:
                return
            self._here.append(racer)
            if len(self._here) == self.parties:
                self._open()
                return
            opened = self._opened
        racer.wait(lambda: self._opened > opened or self._is_hopeless(racer))

    def _is_hopeless(self, racer: _Racer) -> bool:
        """Open for good when too few of those who are missing can still come."""
        stuck = racer.race.held()
        with racer.race.changed:
            missing = [one for one in racer.race.racers if one not in self._here]
            coming = [one for one in missing if not (one.done or one in stuck)]
            if racer in self._here and len(self._here) + len(coming) < self.parties:
                self.kept_apart = True
                self._open()
                return True
        return False

    def _open(self) -> None:
        self._opened += 1
        self._here.clear()
        _mine.racer.race.changed.notify_all()


def meeting(parties: int) -> Meeting:
    """A point at which the racers wait for each other, so that a race without its guard surely happens."""
    return Meeting(parties)


class Pause:
    """A point at which the first racer stands still, once, while the second runs (see `interrupt`).

    `kept_away` says whether the second was waiting for a lock when the first went on.
    """

    def __init__(self) -> None:
        self.visits, self.kept_away = 0, False
        _unvisited.append(self)

    def __call__(self) -> None:
        racer: _Racer = _mine.racer
        if not racer.is_first:
            return
        with racer.race.changed:
            self.visits += 1
            racer.race.changed.notify_all()
        if self.visits == 1:
            racer.wait(lambda: self._is_over(racer))

    def _is_over(self, racer: _Racer) -> bool:
        (other,) = racer.others()
        if other.done:
            return True
        self.kept_away = other in racer.race.held()
        return self.kept_away


# --- Points in the statements ---------------------------------------------------------------------


class _Statement(NamedTuple):
    pattern: re.Pattern[str]
    point: Callable[[], None]
    before: bool


def before_statement(start: str, point: Callable[[], None]) -> Any:
    """Bring each racer to the point before its first statement in which this stands."""
    return _at_statement(_Statement(re.compile(re.escape(start)), point, before=True))


def after_statement(start: str, point: Callable[[], None]) -> Any:
    """Bring each racer to the point after its first statement in which this stands."""
    return _at_statement(_Statement(re.compile(re.escape(start)), point, before=False))


@contextmanager
def _at_statement(statement: _Statement) -> Iterator[None]:
    _statements.append(statement)
    try:
        yield
    finally:
        _statements.remove(statement)


class _Points:
    """Wraps the statements of one racer's connection."""

    def __init__(self) -> None:
        self.passed: set[int] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        here = [one for one in _statements if id(one) not in self.passed and one.pattern.search(sql)]
        self.passed |= {id(one) for one in here}
        for one in here:
            if one.before:
                one.point()
        result = execute(sql, params, many, context)
        for one in here:
            if not one.before:
                one.point()
        return result


# --- Who waits for whom ---------------------------------------------------------------------------


class _Racer:
    def __init__(self, race: _Race, work: Callable[[], Any], *, is_first: bool) -> None:
        self.race, self.work, self.is_first = race, work, is_first
        self.done = self.pausing = False
        self.result: Any = None
        self.pid: int | None = None
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        _mine.racer = self
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            self.race.start.wait(HANG)
            with connection.execute_wrapper(_Points()):
                self.result = self.work()
        except Stuck as error:
            self.race.stuck.append(error)
        except Exception as error:
            self.result = error
        finally:
            connection.close()
            with self.race.changed:
                self.done = True
                self.race.changed.notify_all()

    def others(self) -> list[_Racer]:
        return [one for one in self.race.racers if one is not self]

    def wait(self, condition: Callable[[], bool]) -> None:
        """Stand still until the condition is true; look again when a racer moves, and now and then."""
        ends = time.monotonic() + HANG
        self.pausing = True
        try:
            while not condition():
                if time.monotonic() > ends:
                    raise Stuck("a racer waits for what never comes")
                with self.race.changed:
                    self.race.changed.wait(_LOOK_AGAIN)
        finally:
            self.pausing = False


class _Race:
    def __init__(self, works: tuple[Callable[[], Any], ...]) -> None:
        self.changed = threading.Condition()
        self.start = threading.Barrier(len(works))
        self.racers = [_Racer(self, work, is_first=not number) for number, work in enumerate(works)]
        self.stuck: list[Stuck] = []
        self.looking = threading.Lock()
        self.watcher: BaseDatabaseWrapper | None = None

    def run(self) -> list[Any]:
        with ExitStack() as after:
            after.callback(lambda: self.watcher and self.watcher.close())
            ends = time.monotonic() + HANG + 10
            for racer in self.racers:
                racer.thread.start()
            for racer in self.racers:
                racer.thread.join(max(0, ends - time.monotonic()))
        assert all(racer.done for racer in self.racers), "a thread waits for ever: a deadlock"
        if self.stuck:
            raise self.stuck[0]
        assert all(point.visits for point in _unvisited), "nobody came to a point of the race"
        return [racer.result for racer in self.racers]

    def held(self) -> set[_Racer]:
        """Those who wait for a lock of somebody who stands at a point, or of somebody who waits so."""
        with self.looking:
            if self.watcher is None:
                self.watcher = connection.copy()
                self.watcher.inc_thread_sharing()
            running = {one.pid: one for one in self.racers if one.pid and not (one.done or one.pausing)}
            with self.watcher.cursor() as cursor:
                cursor.execute(
                    "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) AS pid", [list(running)]
                )
                by = {running[pid]: set(blockers) for pid, blockers in cursor.fetchall()}
            still = {one.pid for one in self.racers if one.pausing}
            held: set[_Racer] = set()
            while more := {one for one in by if one not in held and by[one] & still}:
                held |= more
                still |= {one.pid for one in more}
            return held
