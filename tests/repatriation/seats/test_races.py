"""Officers who act at the same moment: real threads, real locks.

Each guard has its negative control: with it taken off, the same race goes wrong.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from portal.notifications.models import Message
from portal.records.transitions import TransitionRefused
from repatriation.models import Offer, Registration, Trip
from repatriation.registration.submitting import family_actor
from repatriation.seats import filling as seating
from repatriation.seats import offering
from repatriation.seats.answering import OfferExpired, confirm_offer
from repatriation.seats.filling import FillResult, fill_trip, lapse_due
from repatriation.seats.leaving import withdraw
from repatriation.trips.actions import cancel_trip
from tests.race import at_once, meeting
from tests.repatriation.world.families import offered
from tests.repatriation.world.racing import kinds, queue_of, seats_hold, unlocked, without_index
from tests.repatriation.world.road import bus, make_road, sql_around

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


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
    """Each coordinator has chosen families from the queue before the other has seated anybody."""
    meet, offer = meeting(2), seating.offer_seats

    def late(*given: Any, **named: Any) -> list[Offer]:
        meet()
        return offer(*given, **named)

    monkeypatch.setattr(seating, "offer_seats", late)


def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at the status when it is written either: the rows are simply written."""

    def move(rows: Any, verb: str, **_details: Any) -> Any:
        for row in rows:
            row.status = type(row).TRANSITIONS[verb][1]
            type(row).objects.filter(pk=row.pk).update(status=row.status)
        return rows

    monkeypatch.setattr(offering, "transition_many", move)


def test_without_locks_the_second_finds_the_families_gone(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(road, 2)
    trips = [bus(road), bus(road)]
    unlocked(monkeypatch)
    meet_before_seating(monkeypatch)
    results = at_once(*[lambda trip=trip: fill_trip(trip, by=road.coordinator) for trip in trips])
    assert kinds(results) == ["FillResult", "TransitionRefused"]
    assert Message.objects.filter(kind="offer").count() == 2
    assert seats_hold()


def test_the_database_alone_keeps_a_trip_from_being_oversold(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(road, 1)
    trip = bus(road, seats=3)
    unlocked(monkeypatch)
    trusting(monkeypatch)
    meet_before_seating(monkeypatch)
    with without_index("offer_one_live_per_family"):
        results = at_once(*[lambda: fill_trip(trip, by=road.coordinator)] * 2)
        assert kinds(results) == ["FillResult", "IntegrityError"]
        assert "trip_seats_taken_within_seats" in str(results)
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


@pytest.mark.parametrize("_round", range(4))
def test_an_offer_answered_in_the_second_it_ends_is_one_or_the_other(
    road: SimpleNamespace, _round: int
) -> None:
    row, behind = queue_of(road, 2)
    trip = bus(road, seats=2)
    offer = offered(row, trip)
    by = family_actor(row.phone)
    results = at_once(lambda: confirm_offer(offer, by=by), lambda: lapse_due(trip, now=offer.deadline))
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
