"""Officers who act at the same moment: real threads, real locks.

Each guard has its negative control: with it taken off, the same race goes wrong.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Count, QuerySet, Sum

from portal.notifications.models import Message
from portal.records.transitions import TransitionRefused
from quarantine.models import Order
from repatriation.actions import arrivals, handovers, seating
from repatriation.actions.arrivals import AlreadyArrived, ArrivalResult
from repatriation.actions.handovers import AlreadyDecided, accept, refuse, reroute
from repatriation.actions.offers import OfferExpired, confirm_offer
from repatriation.actions.registration import family_actor, withdraw
from repatriation.actions.seating import FillResult, fill_trip, lapse_due
from repatriation.actions.trips import cancel_trip
from repatriation.models import Arrival, Handover, Offer, Registration, Trip
from tests.race import at_once, meeting
from tests.repatriation.families import offered
from tests.repatriation.road import bus, enter, family, handed_over, make_road, party, sql_around

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """A unique index taken off; what the race left behind goes before it is put back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
            [name],
        )
        constraint = cursor.fetchone()
    tables = "repatriation_handover, repatriation_arrival, repatriation_offer"
    off, on = f"DROP INDEX {name}", definition
    if constraint:
        off = f"ALTER TABLE {constraint[0]} DROP CONSTRAINT {name}"
        on = f"ALTER TABLE {constraint[0]} ADD CONSTRAINT {name} {constraint[1]}"
    with sql_around(off, f"TRUNCATE {tables} CASCADE; {on}"):
        yield


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is locked any more, by anybody."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *_given, **_named: rows.all())


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def queue_of(road: SimpleNamespace, families: int, size: int = 2) -> list[Registration]:
    return [family(road.campaign, road.places, size, score=100 - number) for number in range(families)]


def seats_hold() -> bool:
    """No trip is oversold, each counts right, and no family sits twice."""
    live = Offer.objects.filter(status__in=Offer.LIVE)
    counted = dict(live.values_list("trip").annotate(Sum("people")).values_list("trip", "people__sum"))
    trips = Trip.objects.all()
    right = all(trip.seats_taken == counted.get(trip.pk, 0) <= trip.seats for trip in trips)
    twice = live.values("registration").annotate(n=Count("pk")).filter(n__gt=1)
    return right and not twice.exists()


# Filling


def test_two_coordinators_fill_the_same_trip(road: SimpleNamespace) -> None:
    queue_of(road, 12)
    trip = bus(road, seats=10)
    results = at_once(*[lambda: fill_trip(trip, by=road.coordinator)] * 3)
    assert kinds(results) == ["FillResult"] * 3
    assert sorted(result.people for result in results) == [0, 0, 10]
    assert seats_hold()
    assert Message.objects.filter(kind="offer").count() == 5
    asked = Offer.objects.order_by("pk").values_list("registration__score", flat=True)
    assert list(asked) == [100, 99, 98, 97, 96]


def test_two_trips_are_filled_from_one_queue(road: SimpleNamespace) -> None:
    queue_of(road, 20)
    trips = [bus(road, seats=11), bus(road, seats=15), bus(road, seats=45)]
    results = at_once(*[lambda trip=trip: fill_trip(trip, by=road.coordinator) for trip in trips])
    assert kinds(results) == ["FillResult"] * 3
    assert seats_hold()
    for trip in trips:  # what another had locked for a moment is taken by filling again
        fill_trip(trip, by=road.coordinator)
    assert not Registration.objects.filter(status="waiting").exists()
    assert seats_hold()


def meet_before_seating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each coordinator has looked at the queue before the other has seated anybody."""
    meet, seat, met = meeting(2), seating._seat, set()

    def late(row: Registration, trip: Trip, deadline: Any, *, by: Any) -> Offer:
        ident = id(connection.connection)
        if ident not in met:
            met.add(ident)
            meet()
        return seat(row, trip, deadline, by=by)

    monkeypatch.setattr(seating, "_seat", late)


def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at the status under the lock either: the row is simply written."""

    def move(row: Any, verb: str, **_details: Any) -> Any:
        target = type(row).TRANSITIONS[verb][1]
        type(row).objects.filter(pk=row.pk).update(status=target)
        row.status = target
        return row

    monkeypatch.setattr(seating, "transition", move)


def test_the_database_alone_keeps_a_trip_from_being_oversold(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(road, 2)
    trip = bus(road, seats=3)
    unlocked(monkeypatch)
    meet_before_seating(monkeypatch)
    results = at_once(*[lambda: fill_trip(trip, by=road.coordinator)] * 2)
    assert any(isinstance(result, Exception) for result in results)
    assert seats_hold()


def test_control_without_locks_and_constraints_a_trip_is_oversold(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(road, 1)
    trip = bus(road, seats=3)
    unlocked(monkeypatch)
    trusting(monkeypatch)
    meet_before_seating(monkeypatch)
    check = "trip_seats_taken_within_seats"
    with without_index("offer_one_live_per_family"):
        off = f"ALTER TABLE repatriation_trip DROP CONSTRAINT {check}"
        on = (
            "UPDATE repatriation_trip SET seats_taken = 0; ALTER TABLE repatriation_trip "
            f"ADD CONSTRAINT {check} CHECK (seats_taken <= seats)"
        )
        with sql_around(off, on):
            results = at_once(*[lambda: fill_trip(trip, by=road.coordinator)] * 2)
            assert kinds(results) == ["FillResult"] * 2
            assert Trip.objects.get().seats_taken == 4
            assert not seats_hold()


def test_the_database_alone_keeps_a_family_on_one_trip(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(road, 1)
    trips = [bus(road), bus(road)]
    unlocked(monkeypatch)
    trusting(monkeypatch)
    meet_before_seating(monkeypatch)
    results = at_once(*[lambda trip=trip: fill_trip(trip, by=road.coordinator) for trip in trips])
    assert kinds(results) == ["FillResult", "IntegrityError"]
    assert seats_hold()


def test_control_without_the_constraint_a_family_sits_on_two_trips(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(road, 1)
    trips = [bus(road), bus(road)]
    unlocked(monkeypatch)
    trusting(monkeypatch)
    meet_before_seating(monkeypatch)
    with without_index("offer_one_live_per_family"):
        results = at_once(*[lambda trip=trip: fill_trip(trip, by=road.coordinator) for trip in trips])
        assert kinds(results) == ["FillResult", "FillResult"]
        assert not seats_hold()


@pytest.mark.parametrize("_round", range(3))
def test_a_family_that_withdraws_while_it_is_seated_holds_no_seat(road: SimpleNamespace, _round: int) -> None:
    rows = queue_of(road, 4)
    trip = bus(road, seats=4)
    results = at_once(
        lambda: fill_trip(trip, by=road.coordinator),
        lambda: withdraw(rows[0], by=family_actor(rows[0].phone)),
    )
    assert kinds(results) == ["FillResult", "Registration"]
    rows[0].refresh_from_db()
    assert rows[0].status == "withdrawn"
    assert not Offer.objects.filter(registration=rows[0], status__in=Offer.LIVE).exists()
    assert seats_hold()


@pytest.mark.parametrize("_round", range(3))
def test_a_trip_cancelled_while_it_is_filled_keeps_nobody(road: SimpleNamespace, _round: int) -> None:
    queue_of(road, 5)
    trip = bus(road)
    filled, cancelled = at_once(
        lambda: fill_trip(trip, by=road.coordinator),
        lambda: cancel_trip(trip, by=road.coordinator, reason="Xe hỏng"),
    )
    assert isinstance(filled, FillResult | TransitionRefused)
    assert isinstance(cancelled, Trip)
    assert set(Registration.objects.values_list("status", flat=True)) == {"waiting"}
    assert Trip.objects.get().seats_taken == 0


# The second in which an offer ends


@pytest.mark.parametrize("_round", range(4))
def test_an_offer_answered_in_the_second_it_ends_is_one_or_the_other(
    road: SimpleNamespace, _round: int
) -> None:
    row, behind = queue_of(road, 2)
    trip = bus(road, seats=2)
    offer = offered(row, trip)
    by = family_actor(row.phone)
    results = at_once(
        lambda: confirm_offer(offer, by=by), lambda: lapse_due(trip, now=offer.deadline), seconds=20
    )
    assert isinstance(results[0], Offer | OfferExpired), results
    assert isinstance(results[1], list), results
    for one in (row, behind, offer):
        one.refresh_from_db()
    assert (offer.status, row.status, behind.status) in {
        ("confirmed", "confirmed", "waiting"),
        ("lapsed", "waiting", "offered"),
    }
    assert seats_hold()
    assert Message.objects.filter(kind__in=["offer_confirmed", "offer_lapsed"]).count() == 1


def test_two_runs_of_the_clock_end_an_offer_once(road: SimpleNamespace) -> None:
    (row,) = queue_of(road, 1)
    trip = bus(road)
    offer = offered(row, trip)
    with time_machine.travel(offer.deadline, tick=True):
        results = at_once(*[lambda: lapse_due(trip)] * 3)
    assert sorted(len(result) for result in results) == [0, 0, 1]
    assert Message.objects.filter(kind="offer_lapsed").count() == 1


# The barrier


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
    assert kinds(results) == ["AlreadyArrived", "ArrivalResult"]


def test_two_officers_enter_one_family_at_once(road: SimpleNamespace) -> None:
    (row,) = queue_of(road, 1, size=3)
    results = at_once(lambda: enter(road, row), lambda: enter(road, row, by=road.colleague))
    assert kinds(results) == ["AlreadyArrived", "ArrivalResult"]
    (refused,) = [result for result in results if isinstance(result, AlreadyArrived)]
    assert "đã được" in str(refused)
    assert (Arrival.objects.count(), Handover.objects.count()) == (3, 3)


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """No locks, and each officer has looked for earlier arrivals before the other has written any."""
    unlocked(monkeypatch)
    meet, look = meeting(2), arrivals._lock_people

    def late(*given: Any) -> Any:
        found = look(*given)
        meet()
        return found

    monkeypatch.setattr(arrivals, "_lock_people", late)
    monkeypatch.setattr(arrivals, "_settle_registration", lambda row, by: (row, None))


def test_the_database_alone_keeps_a_person_from_arriving_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = queue_of(road, 1)
    blind(monkeypatch)
    results = at_once(lambda: enter(road, row), lambda: enter(road, row, by=road.colleague))
    assert kinds(results) == ["AlreadyArrived", "ArrivalResult"]
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
    assert isinstance(entered, ArrivalResult | arrivals.Refusal), entered
    if isinstance(entered, Exception):  # the registration changed under the officer's hands
        entered = enter(road, row)
    row.refresh_from_db()
    assert row.status == "arrived"
    assert seats_hold()
    assert not Offer.objects.filter(status__in=Offer.LIVE).exists()


# The commune


def test_two_officers_accept_at_once(road: SimpleNamespace) -> None:
    rows = handed_over(road, 3)
    results = at_once(lambda: accept(rows, by=road.here), lambda: accept(rows, by=road.same))
    assert kinds(results) == ["AlreadyDecided", "list"]
    (refused,) = [result for result in results if isinstance(result, AlreadyDecided)]
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
    assert all(isinstance(result, list | AlreadyDecided) for result in results), results
    for row in rows:
        chain = Handover.objects.filter(arrival=row.arrival).order_by("pk")
        statuses = [link.status for link in chain]
        assert statuses in (["accepted"], ["refused"], ["refused", "sent"])
        place = chain[0].person.responsible_place
        assert place == (road.commune if statuses == ["accepted"] else road.checkpoint)
    assert Order.objects.count() in {0, 2}


def test_control_without_locks_both_officers_accept(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = handed_over(road, 1)
    unlocked(monkeypatch)
    meet, demand = meeting(2), handovers._demand_open

    def late(found: Any) -> None:
        demand(found)
        meet()

    def move(row: Handover, verb: str, *, by: Any, reason: str = "") -> None:
        Handover.objects.filter(pk=row.pk).update(status="accepted", decided_at=row.sent_at, decided_by=by)

    monkeypatch.setattr(handovers, "_demand_open", late)
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
    assert kinds(results) == ["AlreadyDecided", "AlreadyDecided", "list"]
    assert Handover.objects.count() == 4
    assert Handover.objects.open().count() == 2
