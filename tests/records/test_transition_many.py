"""Many rows change their status together: all of them or none, each with its own event."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from portal.records import transitions
from portal.records.actors import SYSTEM
from portal.records.log import history
from portal.records.models import Event
from portal.records.transitions import TransitionRefused, transition, transition_many
from repatriation.models import Registration
from tests.race import at_once, meeting
from tests.records.test_transitions import make_registration
from tests.repatriation.world.places import make_campaign, make_places


def make_many(*statuses: str) -> list[Registration]:
    places = make_places()
    campaign = make_campaign(places)
    return [
        make_registration(campaign, places, code=f"TN-{number:05}", status=status)
        for number, status in enumerate(statuses)
    ]


@pytest.fixture
def three(db: None) -> list[Registration]:
    return make_many("waiting", "waiting", "waiting")


def statuses() -> list[str]:
    return list(Registration.objects.order_by("pk").values_list("status", flat=True))


def test_each_row_gets_the_status_the_fields_and_an_event(
    three: list[Registration], people: SimpleNamespace
) -> None:
    rows = transition_many(
        reversed(three), "offer", by=people.coordinator, reason="còn chỗ",
        data=lambda row: {"code": row.code}, score=7,
    )  # fmt: skip
    assert [row.pk for row in rows] == [row.pk for row in reversed(three)]
    assert {(row.status, row.score) for row in rows} == {("offered", 7)}
    assert set(Registration.objects.values_list("status", "score")) == {("offered", 7)}
    for row in three:
        event = history(row).get()
        assert (event.verb, event.from_status, event.to_status) == ("offer", "waiting", "offered")
        assert (event.reason, event.data) == ("còn chỗ", {"code": row.code})
        assert (event.user, event.place) == (people.coordinator, row.home_commune)


def test_the_event_names_the_status_that_each_row_had(db: None) -> None:
    rows = make_many("offered", "confirmed", "no_show")
    transition_many(rows, "requeue", by=SYSTEM, data={"trip": "C-1"})
    assert statuses() == ["waiting"] * 3
    assert [history(row).get().from_status for row in rows] == ["offered", "confirmed", "no_show"]
    assert {history(row).get().data["trip"] for row in rows} == {"C-1"}


def test_it_writes_what_one_after_the_other_writes(db: None) -> None:
    one, other = make_many("waiting", "waiting")
    transition(one, "offer", by=SYSTEM, reason="x", data={"a": 1})
    transition_many([other], "offer", by=SYSTEM, reason="x", data={"a": 1})
    first, second = (Event.objects.filter(subject_id=row.pk).values().get() for row in (one, other))
    for event in (first, second):
        del event["id"], event["at"], event["subject_id"]
    assert first == second


@pytest.mark.parametrize("locked", [False, True])
def test_one_that_may_not_keeps_all_where_they_are(locked: bool, db: None) -> None:
    rows = make_many("waiting", "withdrawn", "closed")
    with pytest.raises(TransitionRefused) as refused:
        transition_many(rows, "offer", by=SYSTEM, locked=locked)
    assert refused.value.obj == rows[1]
    assert statuses() == ["waiting", "withdrawn", "closed"]
    assert not Event.objects.exists()


@pytest.mark.parametrize("locked", [False, True])
def test_what_the_caller_read_earlier_does_not_count(locked: bool, three: list[Registration]) -> None:
    """Also when the caller says that it holds the rows, and does not."""
    transition(three[1], "withdraw", by=SYSTEM)
    with pytest.raises(TransitionRefused) as refused:
        transition_many(three, "offer", by=SYSTEM, locked=locked)
    assert refused.value.obj.status == "withdrawn"  # type: ignore[attr-defined]
    assert statuses() == ["waiting", "withdrawn", "waiting"]
    assert Event.objects.count() == 1


def test_no_rows_are_no_change(db: None) -> None:
    with CaptureQueriesContext(connection) as caught:
        assert transition_many([], "offer", by=SYSTEM) == []
    assert not [query for query in caught if "SAVEPOINT" not in query["sql"]]


def test_an_unknown_verb_and_a_status_by_name_are_faults_of_the_code(three: list[Registration]) -> None:
    with pytest.raises(KeyError):
        transition_many(three, "melt", by=SYSTEM)
    with pytest.raises(ValueError, match="the table says"):
        transition_many(three, "withdraw", by=SYSTEM, status="offered")
    assert statuses() == ["waiting"] * 3


def test_changes_that_cannot_be_logged_do_not_happen(
    three: list[Registration], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_details: Any) -> Event:
        raise RuntimeError("no room")

    monkeypatch.setattr(transitions, "event_for", full)
    with pytest.raises(RuntimeError):
        transition_many(three, "offer", by=SYSTEM)
    assert statuses() == ["waiting"] * 3


def test_the_database_refuses_what_the_models_table_does_not_list(
    three: list[Registration], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Registration.TRANSITIONS, "offer", ({"waiting"}, "closed"))
    with pytest.raises(IntegrityError, match="may not go from waiting to closed"):
        transition_many(three, "offer", by=SYSTEM)


@pytest.mark.parametrize(("locked", "queries"), [(False, 3), (True, 2)])
def test_thirty_rows_cost_as_many_statements_as_one(locked: bool, queries: int, db: None) -> None:
    rows = make_many(*["waiting"] * 31)
    for chosen in (rows[:1], rows[1:]):
        with CaptureQueriesContext(connection) as caught:
            transition_many(chosen, "offer", by=SYSTEM, locked=locked)
        assert len([query for query in caught if "SAVEPOINT" not in query["sql"]]) == queries


# --- Two at once


def press_twice(rows: list[Registration]) -> list[Any]:
    """Both name the same rows, in opposite orders."""
    return at_once(
        lambda: transition_many(rows, "offer", by=SYSTEM),
        lambda: transition_many(rows[::-1], "offer", by=SYSTEM),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_nobody_waits_in_a_circle() -> None:
    rows = make_many(*["waiting"] * 12)
    results = press_twice(rows)
    assert sorted(type(result).__name__ for result in results) == ["TransitionRefused", "list"]
    assert Event.objects.count() == 12


def read_without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    meet, lock_all = meeting(2), transitions._lock_all

    def look(model: Any, ids: list[int]) -> list[Any]:
        found = lock_all(model, ids)
        meet()
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows.all())
    monkeypatch.setattr(transitions, "_lock_all", look)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_update_itself_lets_one_win(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make_many("waiting", "waiting")
    read_without_lock(monkeypatch)
    results = press_twice(rows)
    assert sorted(type(result).__name__ for result in results) == ["TransitionRefused", "list"]
    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_and_the_condition_both_win(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make_many("waiting", "waiting")
    read_without_lock(monkeypatch)
    real = QuerySet.filter

    def blind(found: Any, *given: Any, **named: Any) -> Any:
        named.pop("status", None)
        return real(found, *given, **named)

    monkeypatch.setattr(QuerySet, "filter", blind)
    results = press_twice(rows)
    assert [type(result).__name__ for result in results] == ["list", "list"]
    assert Event.objects.count() == 4
