"""Watches in which order the statements of a transaction lock, and compares it with the written order.

Every test runs under the watch (tests/conftest.py). A transaction is one outermost `atomic()` of the portal; the
transaction that pytest puts around a test does not count. What is seen: advisory locks, SELECT … FOR UPDATE or SHARE,
and rows that are changed or deleted. What is not seen: locks that triggers and foreign keys of the database take.

Only the first lock of a table or a kind counts: rows of one table are locked in the order of their ids. A lock
that does not wait (SKIP LOCKED, NOWAIT, `try_hold`) cannot close a circle; it counts for those after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.locks import Kind

PAGE = Path(__file__).parent.parent / "docs" / "decisions" / "0019-order-of-locks.md"

found: list[str] = []  # what contradicted the order since it was last looked at


class Order(NamedTuple):
    """`rank`: the place of each table and kind; `under`: the tables that are locked under a row of another."""

    rank: dict[str, int]
    under: dict[str, str]


@cache
def written() -> Order:
    """Read the order from the page: the numbered list under "The order", the list under "Under another row"."""
    parts = {part.split("\n", 1)[0].strip(): part for part in PAGE.read_text("utf-8").split("\n## ")}
    steps = re.findall(r"^\d+\. (.+)$", parts["The order"], re.MULTILINE)
    names = [name for step in steps for name in re.findall(r"`(\w+)`", step.split(":")[0])]
    under = re.findall(r"^- `(\w+)` under `(\w+)`", parts["Under another row"], re.MULTILINE)
    assert len(names) == len(set(names)), "each stands once in the order"
    return Order({name: number for number, name in enumerate(names)}, dict(under))


# --- What a statement locks -----------------------------------------------------------------------

STATEMENT = re.compile(r"\s*(?:SELECT|WITH|UPDATE|DELETE|INSERT)\b", re.IGNORECASE)
ROWS = re.compile(
    r"\bFOR (?:NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)\b(?: OF ((?:\"?\w+\"?(?:, )?)+))?( SKIP LOCKED| NOWAIT)?",
    re.IGNORECASE,
)
TABLES = re.compile(r"\b(?:FROM|JOIN) \"?(\w+)\"?", re.IGNORECASE)
WRITES = re.compile(
    r"(?<!FOR )(?<!KEY )(?<!DO )\b(?:UPDATE|DELETE FROM) (?:ONLY )?\"?(\w+)\"?", re.IGNORECASE
)
INSERTS = re.compile(r"\bINSERT INTO \"?(\w+)\"?", re.IGNORECASE)
ADVISORY = re.compile(r"\bpg_(try_)?advisory_xact_lock(?:_shared)?\(")
DAYS = "SELECT repatriation_intake_day_"


class Lock(NamedTuple):
    name: str
    waits: bool = True
    writes: bool = False


def locks_of(sql: str, params: Any = None) -> list[Lock]:
    """The locks that a statement takes, in the order in which it names them."""
    if not STATEMENT.match(sql):
        return []
    if call := ADVISORY.search(sql):
        return [Lock(Kind(params[0]).name, waits=not call[1])]
    if sql.startswith(DAYS):
        return [Lock(Kind.INTAKE_DAY.name)]
    locks = []
    for of, no_wait in ROWS.findall(sql):
        names = re.findall(r"\w+", of) if of else TABLES.findall(sql)
        locks += [Lock(name, waits=not no_wait) for name in names]
    return locks + [Lock(name, writes=True) for name in WRITES.findall(sql)]


# --- What a transaction holds ---------------------------------------------------------------------


class Held:
    """What one connection has locked in its transaction, in order; rows that it inserted are its own."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.own: set[str] = set()
        self.marks: list[int] = []

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        if in_transaction(context["connection"]) and not getattr(context["connection"], "_unwatched", False):
            for lock in locks_of(text, params):
                self.add(lock, text)
            self.own |= set(INSERTS.findall(text))
        return execute(sql, params, many, context)

    def add(self, lock: Lock, sql: str) -> None:
        if lock.name in self.names or (lock.writes and lock.name in self.own):
            return
        if lock.waits and (wrong := contradiction(self.names, lock)):
            found.append(f"{wrong}\n    {' '.join(sql.split())[:300]}")
        self.names.append(lock.name)

    def forget(self) -> None:
        self.names.clear()
        self.own.clear()


def contradiction(held: list[str], lock: Lock) -> str:
    """What is wrong with this lock after those that are held; "" where nothing is."""
    rank, under = written()
    if parent := under.get(lock.name):
        return "" if not held or parent in held else f"{lock.name} is locked without {parent}"
    if alone := [name for name in held if name in under and under[name] not in held]:
        return f"{lock.name} is locked after {', '.join(alone)}"
    before = [name for name in held if name not in under]
    if lock.writes and lock.name not in rank:
        return ""
    if before and lock.name not in rank:
        return f"{lock.name} is locked after {', '.join(before)} and has no place in the order"
    late = [name for name in before if rank.get(name, -1) > rank.get(lock.name, -1)]
    return f"{lock.name} is locked after {', '.join(late)}" if late else ""


def in_transaction(connection: BaseDatabaseWrapper) -> bool:
    return any(not block._from_testcase for block in connection.atomic_blocks)


def around() -> transaction.Atomic:
    """A transaction of a test around several of the portal's, each of which is watched for itself."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


@contextmanager
def unwatched() -> Iterator[None]:
    """For work that is one transaction of many actions and has the database for itself, such as the demo."""
    connection = transaction.get_connection()
    connection._unwatched = True
    try:
        yield
    finally:
        connection._unwatched = False


@contextmanager
def watching() -> Iterator[None]:
    """Watch every connection, from its first transaction on; what is seen goes to `found`."""
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

    def held_by(block: transaction.Atomic) -> tuple[BaseDatabaseWrapper, Held]:
        connection = transaction.get_connection(block.using)
        held: Held | None = getattr(connection, "_held_locks", None)
        if held is None:
            held = connection._held_locks = Held()
        if held not in connection.execute_wrappers:
            connection.execute_wrappers.insert(0, held)  # others take theirs off at the end of the list
        return connection, held

    def entered(block: transaction.Atomic) -> None:
        held_by(block)[1].marks.append(len(held_by(block)[1].names))
        enter(block)

    def left(block: transaction.Atomic, kind: Any, error: Any, trace: Any) -> None:
        connection, held = held_by(block)
        mark = held.marks.pop() if held.marks else 0
        try:
            leave(block, kind, error, trace)
        finally:
            if kind is not None:
                del held.names[mark:]  # what a savepoint had locked is free again
            if not in_transaction(connection):
                held.forget()

    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = entered, left
    try:
        yield
    finally:
        transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave
