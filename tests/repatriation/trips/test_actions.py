"""A trip from its plan to the count of who came: every step, and every wrong step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from citizens.links import find_link
from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition
from repatriation.models import Handover, Offer, Registration, Trip
from repatriation.seats.leaving import requeue_family
from repatriation.trips import actions as trips
from tests.repatriation.world.families import offered, position, token_of
from tests.repatriation.world.road import at_departure, bus, enter, family, on_the_road, people_of, seated

STEPS: dict[str, Callable[..., Trip]] = {
    "open": trips.open_trip,
    "close": trips.close_trip,
    "depart": trips.depart_trip,
    "arrive": trips.arrive_trip,
    "reopen": trips.reopen_trip,
    "reconcile": trips.reconcile_trip,
    "cancel": lambda trip, by: trips.cancel_trip(trip, by=by, reason="Xe hỏng"),
}
ALL = [(verb, status) for verb in STEPS for status in Trip.Status.values]
RIGHT = [(verb, status) for verb, status in ALL if status in Trip.TRANSITIONS[verb][0]]
WRONG = [pair for pair in ALL if pair not in RIGHT]


def states(*rows: Any) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.status for row in rows]


def plan(road: SimpleNamespace, **changes: Any) -> Trip:
    values = {
        "departs_at": timezone.now() + dt.timedelta(days=1),
        "pickup": road.places.pickup,
        "gateway": road.checkpoint,
        "seats": 29,
        "by": road.coordinator,
        **changes,
    }
    return trips.plan_trip(road.campaign, **values)


def test_a_planned_trip_has_a_code_and_is_logged(road: SimpleNamespace) -> None:
    trip = plan(road, vehicle_plate="70B-012.34")
    assert (trip.status, trip.seats, trip.seats_taken) == ("planned", 29, 0)
    assert trip.code.startswith("CX-")
    assert plan(road).code != trip.code
    event = Event.objects.get(subject_type="repatriation.trip", subject_id=trip.pk)
    assert (event.verb, event.user, event.data["seats"]) == ("plan", road.coordinator, 29)


@pytest.mark.parametrize("seats", [0, 81])
def test_the_database_refuses_a_vehicle_that_does_not_exist(road: SimpleNamespace, seats: int) -> None:
    with pytest.raises(IntegrityError, match=r"trip_seats_(plausible|within_vehicle)"), transaction.atomic():
        plan(road, seats=seats)


@pytest.mark.parametrize(("verb", "status"), RIGHT)
def test_every_right_step_is_taken_and_logged(road: SimpleNamespace, verb: str, status: str) -> None:
    trip = at_departure(bus(road, status=status))
    moved = STEPS[verb](trip, by=road.coordinator)
    assert moved.status == Trip.TRANSITIONS[verb][1]
    event = Event.objects.get(subject_type="repatriation.trip", subject_id=trip.pk, verb=verb)
    assert (event.user, event.from_status, event.to_status) == (road.coordinator, status, moved.status)


@pytest.mark.parametrize(("verb", "status"), WRONG)
def test_every_wrong_step_changes_nothing_and_says_the_state(
    road: SimpleNamespace, verb: str, status: str
) -> None:
    trip = bus(road, status=status)
    with pytest.raises(TransitionRefused) as refused:
        STEPS[verb](trip, by=road.coordinator)
    assert str(Trip.Status(status).label) in str(refused.value)
    assert states(trip) == [status]
    assert not Event.objects.filter(subject_type="repatriation.trip").exists()


@pytest.mark.parametrize("model", [Trip, Offer, Registration, Handover])
def test_the_database_refuses_a_status_that_the_table_does_not_list(
    road: SimpleNamespace, model: Any
) -> None:
    arrived = family(road.campaign, road.places)
    on_the_road(road, arrived)
    enter(road, arrived)
    row = model.objects.latest("pk")
    targets = {target for sources, target in model.TRANSITIONS.values() if row.status in sources}
    for status in set(model.Status.values) - targets - {row.status}:
        with pytest.raises(IntegrityError, match="may not go from"), transaction.atomic():
            model.objects.filter(pk=row.pk).update(status=status)


def test_closing_ends_the_offers_without_an_answer(road: SimpleNamespace) -> None:
    yes, silent = (family(road.campaign, road.places, 2, score=7) for _one in range(2))
    trip = bus(road)
    kept, ended = seated(yes, trip), offered(silent, trip)
    closed = trips.close_trip(trip, by=road.coordinator)
    assert closed.seats_taken == 2
    assert states(kept, ended, yes, silent) == ["confirmed", "cancelled", "confirmed", "waiting"]
    message = Message.objects.get(kind="list_closed")
    assert message.phone == silent.phone
    assert "đã chốt trước khi gia đình" in message.text
    assert "vẫn giữ thứ tự" in message.text


def test_closing_tells_who_answered_too_late_that_the_time_was_over(road: SimpleNamespace) -> None:
    silent = family(road.campaign, road.places)
    trip = bus(road)
    offered(silent, trip, deadline=timezone.now() - dt.timedelta(minutes=1))
    trips.close_trip(trip, by=road.coordinator)
    assert Message.objects.get().kind == "offer_lapsed"


def test_departing_puts_the_confirmed_families_on_the_road(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    trip = on_the_road(road, row)
    assert states(row) == ["departed"]
    message = Message.objects.get(kind="trip_departed")
    assert (message.phone, trip.gateway.name in message.text, row.code in message.text) == (
        row.phone,
        True,
        True,
    )


def test_cancelling_brings_everybody_back_where_they_stood(road: SimpleNamespace) -> None:
    first = family(road.campaign, road.places, 2, score=9, ago=50)
    second = family(road.campaign, road.places, 3, score=9, ago=40)
    behind = family(road.campaign, road.places, 1, score=1)
    trip = bus(road)
    offers = [seated(first, trip), offered(second, trip)]
    before = [(row.score, row.registered_at) for row in (first, second)]
    cancelled = trips.cancel_trip(trip, by=road.coordinator, reason="Xe hỏng dọc đường")
    assert (cancelled.status, cancelled.seats_taken) == ("cancelled", 0)
    assert states(*offers, first, second) == ["cancelled", "cancelled", "waiting", "waiting"]
    assert [(row.score, row.registered_at) for row in (first, second)] == before
    assert [position(row)[0] for row in (first, second, behind)] == [1, 2, 3]
    messages = Message.objects.filter(kind="trip_cancelled").order_by("pk")
    assert [message.phone for message in messages] == [first.phone, second.phone]
    assert all("Xe hỏng dọc đường" in message.text for message in messages)


def test_cancelling_needs_a_reason(road: SimpleNamespace) -> None:
    trip = bus(road)
    with pytest.raises(Refused, match="lý do"):
        trips.cancel_trip(trip, by=road.coordinator, reason="  ")
    assert states(trip) == ["open"]


def test_reconciling_tells_who_did_not_come_how_to_go_on(road: SimpleNamespace) -> None:
    came, absent = family(road.campaign, road.places), family(road.campaign, road.places)
    trip = on_the_road(road, came, absent)
    enter(road, came)
    trips.arrive_trip(trip, by=road.coordinator)
    trips.reconcile_trip(trip, by=road.coordinator)
    assert states(came, absent) == ["arrived", "no_show"]
    assert states(*Offer.objects.order_by("registration")) == ["travelled", "no_show"]
    message = Message.objects.get(kind="no_show")
    assert message.phone == absent.phone
    link = find_link(token_of(message.secrets["link"]), "registration")
    assert link.subject_id == absent.pk


def test_part_of_a_family_that_came_is_no_absence(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    trip = on_the_road(road, row)
    enter(road, row, people_of(row)[:1])
    trips.arrive_trip(trip, by=road.coordinator)
    trips.reconcile_trip(trip, by=road.coordinator)
    assert states(row) == ["arrived"]
    assert not Message.objects.filter(kind="no_show").exists()


@pytest.fixture
def absent(road: SimpleNamespace) -> Registration:
    row = family(road.campaign, road.places, 2, score=4, ago=90)
    trip = on_the_road(road, row)
    trips.arrive_trip(trip, by=road.coordinator)
    trips.reconcile_trip(trip, by=road.coordinator)
    row.refresh_from_db()
    return row


def test_who_did_not_come_can_wait_again_where_they_stood(
    road: SimpleNamespace, absent: Registration
) -> None:
    family(road.campaign, road.places, 1, score=1)
    again = requeue_family(absent, by=road.coordinator, reason="Gia đình bị kẹt xe")
    assert (again.status, again.registered_at, position(again)[0]) == ("waiting", absent.registered_at, 1)
    assert Message.objects.get(kind="back_in_queue").phone == absent.phone
    with pytest.raises(Refused, match="Đang chờ"):
        requeue_family(absent, by=road.coordinator)


def test_a_family_that_left_the_queue_at_a_refusal_can_come_back(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    offer = offered(row, bus(road))
    transition(row, "decline", by=road.coordinator)
    transition(offer, "decline", by=road.coordinator)
    assert requeue_family(row, by=road.coordinator).status == "waiting"


@pytest.mark.parametrize("status", ["offered", "confirmed", "departed", "arrived", "closed", "withdrawn"])
def test_no_other_family_is_put_back_by_hand(road: SimpleNamespace, status: str) -> None:
    row = family(road.campaign, road.places, status=status)
    with pytest.raises(Refused) as refused:
        requeue_family(row, by=road.coordinator)
    assert str(Registration.Status(status).label) in str(refused.value)
    assert states(row) == [status]


def test_who_did_not_come_and_comes_later_is_entered(road: SimpleNamespace, absent: Registration) -> None:
    result = enter(road, absent)
    assert states(absent) == ["arrived"]
    assert {row.means for row in result.arrivals} == {"private"}
