"""Several devices at one vehicle: real threads, real locks. Each guard has its negative control."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import QuerySet, Sum

from repatriation.boarding import walk_ons
from repatriation.boarding.actions import undo_boarding
from repatriation.models import Boarding, Offer, Trip
from tests.race import at_once, meeting
from tests.repatriation.world.boarding import closed, get_on, on_board, strangers, walk_on
from tests.repatriation.world.road import family, make_road, people_of, sql_around

pytestmark = pytest.mark.django_db(transaction=True)

ONCE_OFF = "DROP INDEX boarding_once_per_trip"
ONCE_ON = (
    "TRUNCATE repatriation_boarding; CREATE UNIQUE INDEX boarding_once_per_trip "
    "ON repatriation_boarding (trip_id, person_id) WHERE undone_at IS NULL"
)
SEATS_OFF = "ALTER TABLE repatriation_trip DROP CONSTRAINT trip_seats_taken_within_seats"
SEATS_ON = (
    "UPDATE repatriation_trip SET seats = 80; "
    "ALTER TABLE repatriation_trip ADD CONSTRAINT trip_seats_taken_within_seats CHECK (seats_taken <= seats)"
)


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def counts_right(trip: Trip) -> bool:
    """The seats taken are those of the offers and of the strangers on board, and no more than there are."""
    trip.refresh_from_db()
    held = Offer.objects.filter(trip=trip, status__in=["offered", "confirmed", "travelled"])
    people = held.aggregate(Sum("people"))["people__sum"] or 0
    loose = Boarding.objects.standing().filter(trip=trip, registration=None).count()
    return trip.seats_taken == people + loose <= trip.seats


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is locked any more, by anybody."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *_given, **_named: rows.all())


@pytest.mark.parametrize("_round", range(2))
def test_two_devices_that_scan_one_family_board_it_once(road: SimpleNamespace, _round: int) -> None:
    row = family(road.campaign, road.places, 3)
    trip = closed(road, row)
    results = at_once(*[lambda: get_on(road, trip, row)] * 3)
    assert kinds(results) == ["BoardingResult"] * 3
    assert sorted(len(result.boarded) for result in results) == [0, 0, 3]
    assert Boarding.objects.count() == 3


def meet_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both devices have looked who is on board before either has written anybody."""
    unlocked(monkeypatch)
    meet, bulk = meeting(2), QuerySet.bulk_create

    def late(rows: QuerySet[Any], objs: Any, *given: Any, **named: Any) -> Any:
        if rows.model is Boarding:
            meet()
        return bulk(rows, objs, *given, **named)

    monkeypatch.setattr(QuerySet, "bulk_create", late)


def test_the_database_alone_keeps_a_person_from_boarding_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    meet_before_writing(monkeypatch)
    results = at_once(*[lambda: get_on(road, trip, row)] * 2)
    assert kinds(results) == ["BoardingResult", "Refused"]
    assert Boarding.objects.count() == 2


def test_control_without_lock_and_index_a_person_boards_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    meet_before_writing(monkeypatch)
    with sql_around(ONCE_OFF, ONCE_ON):
        results = at_once(*[lambda: get_on(road, trip, row)] * 2)
        assert kinds(results) == ["BoardingResult"] * 2
        assert Boarding.objects.count() == 4


def test_one_entry_that_comes_twice_at_once_counts_once(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    key = uuid.uuid4()
    results = at_once(*[lambda: get_on(road, trip, row, client_key=key)] * 3)
    assert sorted(result.repeated for result in results) == [False, True, True]
    assert Boarding.objects.count() == 2


def test_boarding_and_taking_back_at_once_end_in_one_state(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, row)
    get_on(road, trip, row)
    (person,) = people_of(row)
    at_once(
        lambda: undo_boarding(trip, person.pk, by=road.barrier, undo_key=uuid.uuid4()),
        lambda: get_on(road, trip, row),
    )
    assert Boarding.objects.standing().count() <= 1


# The last seat


def test_two_walk_ons_for_the_last_seats_get_them_once(road: SimpleNamespace) -> None:
    rows = [family(road.campaign, road.places, 2) for _one in range(2)]
    trip = closed(road, seats=3)
    results = at_once(*[lambda row=row: walk_on(road, trip, row) for row in rows])
    assert kinds(results) == ["BoardingResult", "Refused"]
    assert counts_right(trip)
    assert len(on_board(trip)) == 2


def test_a_family_and_a_stranger_for_the_last_seat(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, seats=1)
    results = at_once(lambda: walk_on(road, trip, row), lambda: strangers(road, trip, "Lê Văn Khách"))
    assert kinds(results) == ["BoardingResult", "Refused"]
    assert counts_right(trip)


def everybody_believes_in_a_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked at the free seats before either has taken one."""
    unlocked(monkeypatch)
    meet, demand = meeting(2), walk_ons._require_seats

    def late(trip: Trip, people: int) -> None:
        demand(trip, people)
        meet()

    monkeypatch.setattr(walk_ons, "_require_seats", late)


def test_the_database_alone_keeps_the_last_seat_single(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip = closed(road, seats=1)
    everybody_believes_in_a_seat(monkeypatch)
    results = at_once(
        lambda: strangers(road, trip, "Lê Văn Một", phone="+84907777001"),
        lambda: strangers(road, trip, "Lê Văn Hai", phone="+84907777002"),
    )
    assert kinds(results) == ["BoardingResult", "Refused"]
    assert counts_right(trip)


def test_control_without_lock_and_constraint_the_last_seat_goes_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip = closed(road, seats=1)
    everybody_believes_in_a_seat(monkeypatch)
    with sql_around(SEATS_OFF, SEATS_ON):
        results = at_once(
            lambda: strangers(road, trip, "Lê Văn Một", phone="+84907777001"),
            lambda: strangers(road, trip, "Lê Văn Hai", phone="+84907777002"),
        )
        assert kinds(results) == ["BoardingResult"] * 2
        trip.refresh_from_db()
        assert (trip.seats_taken, trip.seats) == (2, 1)


def test_a_family_taken_along_by_two_vehicles_at_once_is_on_one(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    first, second = closed(road), closed(road)
    results = at_once(lambda: walk_on(road, first, row), lambda: walk_on(road, second, row))
    assert kinds(results) == ["BoardingResult", "Refused"], results
    assert len(on_board(first) | on_board(second)) == 2
    assert not (on_board(first) and on_board(second))
    assert Offer.objects.filter(registration=row, status__in=Offer.LIVE).count() == 1
    assert counts_right(first)
    assert counts_right(second)
