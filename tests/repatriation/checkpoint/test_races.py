"""Officers at the barrier and in the communes who act at the same moment: real threads, real locks.

Each guard has its negative control: with it taken off, the same race goes wrong.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from portal.notifications.models import Message
from portal.records.refusals import Refused
from quarantine.models import Order
from repatriation.checkpoint import actions as arrivals
from repatriation.checkpoint.actions import ArrivalResult
from repatriation.handover import actions as handovers
from repatriation.handover.actions import accept, refuse
from repatriation.handover.routing import reroute
from repatriation.models import Arrival, Handover, Offer
from repatriation.seats.filling import FillResult, fill_trip
from tests.race import at_once, meeting
from tests.repatriation.world.racing import kinds, queue_of, seats_hold, unlocked, without_index
from tests.repatriation.world.road import bus, enter, handed_over, make_road, party

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


def test_a_form_sent_twice_at_once_is_entered_once(road: SimpleNamespace) -> None:
    (row,) = queue_of(road, 1, size=3)
    key = uuid.uuid4()
    results = at_once(*[lambda: enter(road, row, key=key)] * 4)
    assert kinds(results) == ["ArrivalResult"] * 4
    assert sorted(result.repeated for result in results) == [False, True, True, True]
    assert (Arrival.objects.count(), Handover.objects.count()) == (3, 3)
    assert Message.objects.filter(kind="arrived").count() == 1


def test_control_without_the_keys_lock_the_second_sending_is_refused(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = queue_of(road, 1, size=3)
    monkeypatch.setattr(arrivals, "first_result", lambda *_given: None)
    key = uuid.uuid4()
    results = at_once(*[lambda: enter(road, row, key=key)] * 2)
    assert kinds(results) == ["ArrivalResult", "Refused"]


def test_two_officers_enter_one_family_at_once(road: SimpleNamespace) -> None:
    (row,) = queue_of(road, 1, size=3)
    results = at_once(lambda: enter(road, row), lambda: enter(road, row, by=road.colleague))
    assert kinds(results) == ["ArrivalResult", "Refused"]
    (refused,) = [result for result in results if isinstance(result, Refused)]
    assert "đã được" in str(refused)
    assert (Arrival.objects.count(), Handover.objects.count()) == (3, 3)


def test_one_family_is_entered_at_two_checkpoints_in_the_same_second(road: SimpleNamespace) -> None:
    (row,) = queue_of(road, 1, size=3)
    results = at_once(
        lambda: enter(road, row), lambda: enter(road, row, checkpoint=road.second, by=road.far_barrier)
    )
    assert kinds(results) == ["ArrivalResult", "Refused"]
    assert len(set(Arrival.objects.values_list("checkpoint", flat=True))) == 1
    assert (Arrival.objects.count(), Handover.objects.open().count()) == (3, 3)


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """No locks, and each officer has looked for earlier arrivals before the other has written any."""
    unlocked(monkeypatch)
    meet, look = meeting(2), arrivals._lock_people

    def late(*given: Any) -> Any:
        found = look(*given)
        meet()
        return found

    monkeypatch.setattr(arrivals, "_lock_people", late)
    monkeypatch.setattr(arrivals, "_settle_registration", lambda row, events, by: (row, None))


def test_the_database_alone_keeps_a_person_from_arriving_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = queue_of(road, 1)
    blind(monkeypatch)
    results = at_once(lambda: enter(road, row), lambda: enter(road, row, by=road.colleague))
    assert kinds(results) == ["ArrivalResult", "Refused"]
    assert any("đã được" in str(result) for result in results if isinstance(result, Refused))
    assert Arrival.objects.count() == 2


def test_control_without_the_constraints_a_person_arrives_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = queue_of(road, 1)
    blind(monkeypatch)
    with (
        without_index("handover_one_open_per_person"),
        without_index("arrival_once_per_registration_and_person"),
    ):
        results = at_once(lambda: enter(road, row), lambda: enter(road, row, by=road.colleague))
        assert kinds(results) == ["ArrivalResult", "ArrivalResult"]
        assert Arrival.objects.count() == 4
        assert Handover.objects.open().count() == 4


def test_a_seat_given_while_the_family_stands_at_the_barrier(road: SimpleNamespace) -> None:
    (row,) = queue_of(road, 1)
    trip = bus(road)
    filled, entered = at_once(lambda: fill_trip(trip, by=road.coordinator), lambda: enter(road, row))
    assert isinstance(filled, FillResult)
    assert isinstance(entered, ArrivalResult | arrivals.Refused), entered
    if isinstance(entered, Exception):  # the registration changed under the officer's hands
        entered = enter(road, row)
    row.refresh_from_db()
    assert row.status == "arrived"
    assert seats_hold()
    assert not Offer.objects.filter(status__in=Offer.LIVE).exists()


def test_two_officers_accept_at_once(road: SimpleNamespace) -> None:
    rows = handed_over(road, 3)
    results = at_once(lambda: accept(rows, by=road.here), lambda: accept(rows, by=road.same))
    assert kinds(results) == ["Refused", "list"]
    (refused,) = [result for result in results if isinstance(result, Refused)]
    winner = Handover.objects.first().decided_by
    assert winner is not None
    assert winner.full_name in str(refused)
    assert set(Handover.objects.values_list("decided_by", flat=True)) == {winner.pk}
    assert Order.objects.count() == 3
    assert Message.objects.filter(kind="handover_accepted").count() == 1


def race_of(
    road: SimpleNamespace, rows: list[Handover]
) -> tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]:
    return (
        lambda: accept(rows, by=road.here),
        lambda: refuse(rows, by=road.same, reason="Hết chỗ"),
        lambda: reroute(rows, to_place=road.third, by=road.coordinator),
    )


@pytest.mark.parametrize("_round", range(3))
def test_accepted_refused_and_sent_on_at_once_every_person_has_one_place(
    road: SimpleNamespace, _round: int
) -> None:
    rows = handed_over(road, 2)
    results = at_once(*race_of(road, rows))
    assert all(type(result) in {list, Refused} for result in results), results
    for row in rows:
        chain = Handover.objects.filter(arrival=row.arrival).order_by("pk")
        statuses = [link.status for link in chain]
        assert statuses in (["accepted"], ["refused"], ["refused", "sent"])
        place = chain[0].person.responsible_place
        assert place == (road.commune if statuses == ["accepted"] else road.checkpoint)
    assert Order.objects.count() in {0, 2}


@pytest.mark.any_order_of_locks
def test_control_without_locks_both_officers_accept(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = handed_over(road, 1)
    unlocked(monkeypatch)
    meet, demand = meeting(2), handovers._require_open

    def late(found: Any) -> None:
        demand(found)
        meet()

    def move(row: Handover, verb: str, *, by: Any, **_rest: Any) -> None:
        Handover.objects.filter(pk=row.pk).update(status="accepted", decided_at=row.sent_at, decided_by=by)

    monkeypatch.setattr(handovers, "_require_open", late)
    monkeypatch.setattr(handovers, "_decide", move)
    monkeypatch.setattr(handovers, "open_order", lambda *_given, **_named: None)
    monkeypatch.setattr(handovers, "_close_when_complete", lambda *_given, **_named: None)
    results = at_once(lambda: accept(rows, by=road.here), lambda: accept(rows, by=road.same))
    assert kinds(results) == ["list", "list"]
    assert Message.objects.filter(kind="handover_accepted").count() == 2


def test_accepting_two_halves_of_a_family_at_once_closes_its_registration(road: SimpleNamespace) -> None:
    (row,) = queue_of(road, 1, size=2)
    first, second = party(enter(road, row))
    results = at_once(lambda: accept([first], by=road.here), lambda: accept([second], by=road.same))
    assert kinds(results) == ["list", "list"]
    row.refresh_from_db()
    assert row.status == "closed"


def test_two_coordinators_send_on_at_once_and_it_goes_once(road: SimpleNamespace) -> None:
    rows = handed_over(road, 2)
    refuse(rows, by=road.here, reason="Hết chỗ")
    results = at_once(*[lambda: reroute(rows, to_place=road.third, by=road.coordinator)] * 3)
    assert kinds(results) == ["Refused", "Refused", "list"]
    assert Handover.objects.count() == 4
    assert Handover.objects.open().count() == 2
