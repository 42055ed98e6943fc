"""The watch over the order of locks: what it sees, and that it can fail."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import transaction

from portal import locks
from portal.locks import Kind
from portal.places.models import Place
from repatriation.models import Offer, Registration, Screening, Trip
from tests import lock_order
from tests.lock_order import Lock, around, locks_of, written

pytestmark = pytest.mark.any_order_of_locks


@pytest.fixture
def seen(db: None) -> list[str]:
    """What the watch has found."""
    return lock_order.found


def lock(*steps: type | Kind) -> None:
    with transaction.atomic():
        for step in steps:
            if isinstance(step, Kind):
                locks.hold(step, 1)
            else:
                list(step.objects.select_for_update(of=("self",)))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([Trip, Registration, Offer], ""),
        ([Kind.BOARDING_KEY, Trip, Kind.REGISTRATION_PHONE], ""),
        ([Trip, Registration, Trip], ""),  # locked already: nobody is waited for
        ([Registration, Trip], "repatriation_trip is locked after repatriation_registration"),
        ([Trip, Kind.BOARDING_KEY], "BOARDING_KEY is locked after repatriation_trip"),
        ([Registration, Screening], ""),
        ([Screening], ""),
        ([Trip, Screening], "repatriation_screening is locked without repatriation_registration"),
        ([Screening, Registration], "repatriation_registration is locked after repatriation_screening"),
    ],
)
def test_an_order_that_contradicts_the_page_is_found(steps: list[type], wrong: str, seen: list[str]) -> None:
    lock(*steps)
    assert [one.split("\n")[0] for one in seen] == ([wrong] if wrong else [])


def test_each_transaction_is_watched_for_itself(seen: list[str]) -> None:
    with around():
        lock(Registration)
        lock(Trip)
    assert seen == []


def test_a_savepoint_that_is_rolled_back_holds_nothing(seen: list[str]) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            _lock_and_fail()
        lock(Trip)
    assert seen == []


def _lock_and_fail() -> None:
    lock(Registration)
    raise ZeroDivisionError


def test_a_change_locks_too(seen: list[str]) -> None:
    with transaction.atomic():
        Registration.objects.update(people=2)
        lock(Trip)
    assert len(seen) == 1


def test_a_table_without_a_place_is_locked_alone(seen: list[str]) -> None:
    lock(Place)
    assert seen == []
    lock(Trip, Place)
    assert "has no place in the order" in seen[0]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT "a"."id" FROM "a" WHERE "a"."id" = 1 FOR UPDATE', [Lock("a")]),
        ('SELECT 1 FROM "a" INNER JOIN "b" ON (1) FOR NO KEY UPDATE OF "a"', [Lock("a")]),
        ('SELECT 1 FROM "a" INNER JOIN "b" ON (1) FOR UPDATE', [Lock("a"), Lock("b")]),
        ('SELECT 1 FROM "a" FOR UPDATE OF "a" SKIP LOCKED', [Lock("a", waits=False)]),
        ("SELECT * FROM a WHERE id = %s FOR SHARE", [Lock("a")]),
        ('UPDATE "a" SET "x" = 1', [Lock("a", writes=True)]),
        ('DELETE FROM "a" WHERE 1', [Lock("a", writes=True)]),
        ("INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2", []),
        ("WITH w AS (UPDATE a AS r SET x = 1 RETURNING id) SELECT 1", [Lock("a", writes=True)]),
        ("SELECT repatriation_intake_day_shared(%s)", [Lock("INTAKE_DAY")]),
        ("ALTER TABLE a DISABLE TRIGGER b", []),
    ],
)
def test_what_a_statement_locks(sql: str, expected: list[Lock]) -> None:
    assert locks_of(sql) == expected


@pytest.mark.parametrize("call", [locks.hold, locks.try_hold])
def test_advisory_locks_are_seen_by_their_kinds(call: Callable[[Kind, int], object], seen: list[str]) -> None:
    with transaction.atomic():
        call(Kind.REGISTRATION_PHONE, 1)
        lock(Trip)
    assert seen[0].startswith("repatriation_trip is locked after REGISTRATION_PHONE")


def test_the_page_names_tables_and_kinds_that_there_are() -> None:
    rank, under = written()
    tables = {model._meta.db_table for model in apps.get_models()}
    assert {*rank, *under, *under.values()} <= tables | set(Kind.__members__)
    text = lock_order.PAGE.read_text(encoding="utf-8")
    assert set(Kind.__members__) <= set(re.findall(r"`(\w+)`", text)), "each kind is spoken of"
