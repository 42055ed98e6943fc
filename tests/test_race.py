"""The tools of the races: a point opens by what the others do, and never because time has passed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from portal import locks
from portal.locks import Kind
from tests import race
from tests.race import Pause, after_statement, at_once, before_statement, interrupt, meeting, until

pytestmark = pytest.mark.django_db(transaction=True)


def hold(*keys: int) -> None:
    for key in keys:
        locks.hold(Kind.EXPORT_WORK, key)


def select(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {number}")


def test_racers_that_nothing_keeps_apart_meet() -> None:
    meet, order = meeting(3), []

    def work() -> None:
        order.append("before")
        meet()
        order.append("after")

    assert at_once(work, work, work) == [None] * 3
    assert order == ["before"] * 3 + ["after"] * 3
    assert (meet.visits, meet.kept_apart) == (3, False)


def test_a_meeting_opens_when_a_lock_keeps_the_others_away() -> None:
    """One waits for the lock, another for the one who waits."""
    meet = meeting(3)

    @transaction.atomic
    def first() -> None:
        hold(1)
        meet()

    @transaction.atomic
    def second() -> None:
        hold(2)
        hold(1)
        meet()

    @transaction.atomic
    def third() -> None:
        hold(2)
        hold(1)
        meet()

    assert at_once(first, second, third) == [None] * 3
    assert meet.kept_apart


def test_a_meeting_opens_when_the_other_has_ended() -> None:
    meet = meeting(2)
    assert at_once(meet, lambda: "gone")[1] == "gone"
    assert meet.kept_apart


def test_two_meet_as_often_as_they_come() -> None:
    meet, steps = meeting(2), []

    def work() -> None:
        for step in range(3):
            steps.append(step)
            meet()

    at_once(work, work)
    assert steps == [0, 0, 1, 1, 2, 2]


def test_the_second_runs_in_the_midst_of_the_first() -> None:
    pause, order = Pause(), []

    def first() -> None:
        order.append("begun")
        pause()
        pause()  # once is enough
        order.append("ended")

    interrupt(pause, first, lambda: order.append("second"))
    assert order == ["begun", "second", "ended"]
    assert not pause.kept_away


def test_the_first_goes_on_when_the_second_waits_for_its_lock() -> None:
    pause, order = Pause(), []

    @transaction.atomic
    def first() -> None:
        hold(1)
        pause()
        order.append("first")

    @transaction.atomic
    def second() -> None:
        hold(1)
        order.append("second")

    interrupt(pause, first, second)
    assert order == ["first", "second"]
    assert pause.kept_away


@pytest.mark.parametrize("at", [before_statement, after_statement])
def test_racers_meet_at_the_first_statement_of_its_kind(at: Any) -> None:
    meet = meeting(2)
    with at("SELECT 1", meet):
        at_once(*[lambda: (select(1), select(2), select(1))] * 2)
    assert (meet.visits, meet.kept_apart) == (2, False)


def test_a_racer_waits_until_something_is_so() -> None:
    order: list[str] = []
    at_once(
        lambda: (until(lambda: order == ["one"]), order.append("two")),
        lambda: order.append("one"),
    )
    assert order == ["one", "two"]


def test_a_point_to_which_nobody_came_fails_the_test() -> None:
    with before_statement("SELECT 7", meeting(2)), pytest.raises(AssertionError, match="nobody came"):
        at_once(lambda: select(1), lambda: select(1))


def test_what_a_racer_raises_is_its_result() -> None:
    result, _none = at_once(lambda: 1 // 0, lambda: None)
    assert isinstance(result, ZeroDivisionError)


def test_a_racer_that_waits_for_ever_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "HANG", 0.2)
    never = SimpleNamespace(comes=False)
    with pytest.raises(race.Stuck):
        at_once(lambda: until(lambda: never.comes))
