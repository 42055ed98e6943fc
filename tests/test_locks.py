"""Advisory locks: each kind has its own number, also in the functions of the database."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection, transaction

from portal import locks
from portal.locks import Kind
from portal.work import take
from tests.race import Pause, interrupt

DAY_9829 = dt.date(2026, 11, 29)
FUNCTIONS = ["repatriation_intake_day_shared", "repatriation_intake_day_alone"]


def while_held(kind: Kind, key: int | str, then: object) -> Pause:
    """Do something beside a transaction that holds this lock; the pause knows whether it had to wait."""
    pause = Pause()

    def holder() -> None:
        with transaction.atomic():
            locks.hold(kind, key)
            pause()

    def beside() -> object:
        with transaction.atomic():
            return then()  # type: ignore[operator]

    held, done = interrupt(pause, holder, beside)
    assert held is None
    assert not isinstance(done, Exception), done
    return pause


def count_day(name: str, day: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}(%s)", [day])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_list_in_work_stands_in_the_way_of_no_day(function: str) -> None:
    assert (DAY_9829 - dt.date(2000, 1, 1)).days == 9829
    assert not while_held(Kind.IMPORT_WORK, 9829, lambda: count_day(function, DAY_9829)).kept_away


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_day_that_is_held_keeps_away_who_counts_it(function: str) -> None:
    """The control of the test above: it would notice that somebody waits."""
    assert while_held(Kind.INTAKE_DAY, 9829, lambda: count_day(function, DAY_9829)).kept_away


@pytest.mark.any_order_of_locks
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", [7, "+84901234567"])
def test_two_kinds_with_the_same_key_never_wait_for_each_other(key: int | str) -> None:
    for kind in Kind:
        others = [other for other in Kind if other is not kind]
        assert not while_held(kind, key, lambda: [locks.hold(other, key) for other in others]).kept_away  # noqa: B023
        assert while_held(kind, key, lambda: locks.hold(kind, key)).kept_away  # noqa: B023


@pytest.mark.django_db(transaction=True)
def test_work_that_another_worker_has_is_not_taken() -> None:
    taken: list[bool] = []
    while_held(
        Kind.EXPORT_WORK, 5, lambda: taken.extend([take(Kind.EXPORT_WORK, 5), take(Kind.IMPORT_WORK, 5)])
    )
    assert taken == [False, True]


def test_a_number_beyond_32_bits_is_a_key_too(db: None) -> None:
    assert locks.try_hold(Kind.EXPORT_WORK, 2**40 + 1)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_databases_functions_lock_by_the_number_of_the_kind(function: str, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
        (body,) = cursor.fetchone()
    assert re.findall(r"pg_advisory_xact_lock(?:_shared)?\((\d+),", body) == [str(int(Kind.INTAKE_DAY))]


def test_every_advisory_lock_of_the_database_is_one_of_these(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE prosrc ILIKE '%%advisory%%' AND pronamespace = 'public'::regnamespace"
        )
        assert {name for (name,) in cursor.fetchall()} == set(FUNCTIONS)
