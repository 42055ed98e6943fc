"""Answers, undo, rerouting and transfers at the same moment: real threads, real locks, each with its control."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from citizens.models import Person
from portal.records.refusals import Refused
from quarantine.models import Order
from repatriation.handover import transferring, undoing
from repatriation.handover.actions import accept, confirm_home, refuse
from repatriation.handover.routing import reroute, withdraw
from repatriation.handover.undoing import undo
from repatriation.models import Handover
from tests.race import at_once, meeting
from tests.repatriation.world.racing import kinds, unlocked, without_index
from tests.repatriation.world.road import handed_over, make_road
from tests.repatriation.world.transfers import at_home, moved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


def one_place(road: SimpleNamespace) -> None:
    """Everybody's place is the one that the last link says, and at most one handover is open."""
    for person in Person.objects.filter(handovers__isnull=False).distinct():
        links = Handover.objects.filter(person=person).order_by("pk")
        last = links.last()
        assert last is not None
        assert links.filter(status="sent").count() <= 1
        accepted = links.filter(status="accepted").last()
        wanted = accepted.to_place if accepted else last.from_place
        assert person.responsible_place == wanted, [link.status for link in links]


@pytest.mark.parametrize("_round", range(2))
def test_accept_and_refuse_at_once_one_wins(road: SimpleNamespace, _round: int) -> None:
    rows = handed_over(road, 2)
    results = at_once(
        lambda: accept(rows, by=road.here), lambda: refuse(rows, by=road.same, reason="Hết chỗ")
    )
    assert kinds(results) == ["Refused", "list"]
    one_place(road)
    assert Order.objects.count() in {0, 2}


@pytest.mark.parametrize("_round", range(2))
def test_undo_against_home_safely_one_wins(road: SimpleNamespace, _round: int) -> None:
    rows = accept(handed_over(road, 2), by=road.here)
    results = at_once(lambda: undo(rows, by=road.here), lambda: confirm_home(rows, by=road.same))
    assert kinds(results) == ["Refused", "list"]
    one_place(road)
    row = Handover.objects.get(pk=rows[0].pk)
    assert (row.status == "sent") == (row.home_safe_at is None)


@pytest.mark.any_order_of_locks
def test_control_without_locks_both_think_that_they_won(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = accept(handed_over(road, 1), by=road.here)
    meet, look = meeting(2), undoing._require_nothing_followed

    def late(row: Handover) -> None:
        look(row)
        meet()

    def home() -> Any:
        meet()
        return confirm_home(rows, by=road.same)

    unlocked(monkeypatch)
    monkeypatch.setattr(undoing, "_require_nothing_followed", late)
    monkeypatch.setattr(undoing, "_reopen_one", lambda *_given, **_named: None)
    results = at_once(lambda: undo(rows, by=road.here), home)
    assert kinds(results) == ["list", "list"]


def test_undo_against_the_acceptance_of_another(road: SimpleNamespace) -> None:
    rows = accept(handed_over(road, 2), by=road.here)
    at_once(lambda: undo(rows, by=road.here), lambda: accept(rows, by=road.same))
    one_place(road)
    assert Order.objects.current().count() in {0, 2}


@pytest.mark.parametrize("_round", range(2))
def test_rerouted_while_somebody_accepts_one_wins(road: SimpleNamespace, _round: int) -> None:
    rows = handed_over(road, 2)
    results = at_once(
        lambda: accept(rows, by=road.here),
        lambda: reroute(rows, to_place=road.third, by=road.coordinator),
    )
    assert kinds(results) == ["Refused", "list"]
    one_place(road)


@pytest.mark.parametrize("_round", range(2))
def test_withdrawn_while_the_receiver_accepts_one_wins(road: SimpleNamespace, _round: int) -> None:
    """Case 25, both ways round."""
    links = moved(road, at_home(road, 2))
    results = at_once(
        lambda: accept(links, by=road.outside), lambda: withdraw(links, by=road.here, reason="Đổi ý")
    )
    assert kinds(results) == ["Refused", "list"]
    one_place(road)
    (refused,) = [result for result in results if isinstance(result, Refused)]
    assert "tiếp nhận lúc" in str(refused) or "rút lại lúc" in str(refused)


def test_two_transfers_of_one_person_one_is_sent(road: SimpleNamespace) -> None:
    people = at_home(road, 2)
    results = at_once(
        lambda: moved(road, people), lambda: moved(road, people, to_place=road.other, by=road.same)
    )
    assert kinds(results) == ["Refused", "list"]
    assert Handover.objects.open().count() == 2
    one_place(road)


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """No locks, and each has looked for an open handover before the other has written any."""
    unlocked(monkeypatch)
    meet, look = meeting(2), transferring._require_free

    def late(people: list[Person]) -> None:
        look(people)
        meet()

    monkeypatch.setattr(transferring, "_require_free", late)


def test_the_database_alone_keeps_a_person_in_one_transfer(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = at_home(road, 1)
    blind(monkeypatch)
    results = at_once(
        lambda: moved(road, people), lambda: moved(road, people, to_place=road.other, by=road.same)
    )
    assert kinds(results) == ["Refused", "list"]
    assert Handover.objects.open().count() == 1


def test_control_without_the_constraint_there_are_two(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = at_home(road, 1)
    blind(monkeypatch)
    with without_index("handover_one_open_per_person"):
        results = at_once(
            lambda: moved(road, people), lambda: moved(road, people, to_place=road.other, by=road.same)
        )
        assert kinds(results) == ["list", "list"]
        assert Handover.objects.open().count() == 2
