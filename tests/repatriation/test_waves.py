"""Many trips in one go, and a trip that changes afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.transitions import TransitionRefused
from repatriation.actions import waves
from repatriation.actions.intake import set_limits
from repatriation.actions.trip_changes import TripChange, edit_trip
from repatriation.actions.waves import TripPlan, ask_step, plan_wave, take_asked_steps
from repatriation.models import Intake, Offer, Trip, Wave
from repatriation.refusal import Refusal
from repatriation.tasks import take_asked_steps as task
from tests.race import at_once
from tests.repatriation.families import offered
from tests.repatriation.road import bus, family, make_road, seated


def plans(road: SimpleNamespace, number: int = 2, **changes: Any) -> list[TripPlan]:
    start = timezone.now() + dt.timedelta(days=2)
    values = {"pickup": road.places.pickup, "vehicle_seats": 4, **changes}
    return [TripPlan(start + dt.timedelta(hours=hours), **values) for hours in range(number)]


def wave(road: SimpleNamespace, number: int = 2, **changes: Any) -> Wave:
    values = {
        "name": "Đợt xe đầu",
        "gateway": road.checkpoint,
        "client_key": uuid.uuid4(),
        "by": road.coordinator,
        **changes,
    }
    return plan_wave(road.campaign, plans(road, number), **values)


def test_a_wave_makes_its_trips_and_is_logged(road: SimpleNamespace) -> None:
    made = plan_wave(
        road.campaign,
        [*plans(road, 1, plate="70B-012.34"), *plans(road, 1, vehicle_seats=29, has_escort=True)],
        name="Đợt xe đầu",
        gateway=road.checkpoint,
        client_key=uuid.uuid4(),
        destinations=[road.other],
        by=road.coordinator,
    )
    rows = made.trips.order_by("seats")
    assert [(trip.seats, trip.vehicle_plate, trip.has_escort, trip.status) for trip in rows] == [
        (4, "70B-012.34", False, "planned"),
        (29, "", True, "planned"),
    ]
    assert all(list(trip.destinations.all()) == [road.other] for trip in rows)
    assert Event.objects.get(subject_type="repatriation.wave", verb="plan").data == {"trips": 2}


def test_the_same_form_twice_is_one_wave(road: SimpleNamespace) -> None:
    key = uuid.uuid4()
    first, second = wave(road, client_key=key), wave(road, client_key=key)
    assert first == second
    assert Trip.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_press_at_the_same_moment_is_one_wave(transactional_db: None) -> None:
    road, key = make_road(), uuid.uuid4()
    made = at_once(*[lambda: wave(road, client_key=key) for _press in range(2)])
    assert made[0] == made[1]
    assert (Wave.objects.count(), Trip.objects.count()) == (1, 2)


def test_no_trip_and_too_many_trips_are_refused(road: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match="ít nhất một chuyến"):
        wave(road, 0)
    with pytest.raises(Refusal, match="tối đa 200"):
        wave(road, waves.MOST_TRIPS + 1)
    assert not Wave.objects.exists()


def test_all_its_trips_are_filled_in_the_order_in_which_they_leave(road: SimpleNamespace) -> None:
    made = wave(road, 3)
    families = [family(road.campaign, road.places, 4, score=90 - n) for n in range(3)]
    assert ask_step(made, "fill", by=road.coordinator) == 3
    assert set(made.trips.values_list("asked_step", flat=True)) == {"fill"}
    assert task() == 3
    trips = made.trips.order_by("departs_at")
    assert [trip.offers.get().registration for trip in trips] == families
    assert [(trip.status, trip.asked_step) for trip in trips] == [("open", "")] * 3
    assert take_asked_steps() == 0


def test_all_its_open_trips_are_closed(road: SimpleNamespace) -> None:
    made = wave(road)
    family(road.campaign, road.places)
    ask_step(made, "fill", by=road.coordinator)
    take_asked_steps(made)
    assert ask_step(made, "close", by=road.coordinator) == 2
    take_asked_steps(made)
    assert set(made.trips.values_list("status", flat=True)) == {"closed"}
    assert Message.objects.filter(kind="list_closed").count() == 1
    assert ask_step(made, "close", by=road.coordinator) == 0


def test_a_trip_that_leaves_too_soon_stays_planned_and_the_others_go_on(road: SimpleNamespace) -> None:
    made = wave(road)
    soon = made.trips.earliest("departs_at")
    Trip.objects.filter(pk=soon.pk).update(departs_at=timezone.now() + dt.timedelta(hours=1))
    ask_step(made, "fill", by=road.coordinator)
    assert take_asked_steps() == 2
    assert [trip.status for trip in made.trips.order_by("departs_at")] == ["planned", "open"]
    refused = Event.objects.get(verb="step_refused")
    assert (refused.subject_id, "không kịp trả lời" in refused.reason) == (soon.pk, True)


def test_while_the_queue_gets_new_scores_the_wave_waits(road: SimpleNamespace) -> None:
    made = wave(road)
    road.campaign.rescoring_since = timezone.now()
    road.campaign.save(update_fields=["rescoring_since"])
    ask_step(made, "fill", by=road.coordinator)
    assert take_asked_steps() == 0
    assert set(made.trips.values_list("asked_step", "status")) == {("fill", "planned")}
    road.campaign.rescoring_since = None
    road.campaign.save(update_fields=["rescoring_since"])
    assert take_asked_steps() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_fill_a_trip_twice(transactional_db: None) -> None:
    road = make_road()
    made = wave(road, 3)
    for _number in range(6):
        family(road.campaign, road.places, 2)
    ask_step(made, "fill", by=road.coordinator)
    done = at_once(take_asked_steps, take_asked_steps)
    while take_asked_steps():
        pass
    assert all(isinstance(count, int) for count in done)
    assert Event.objects.filter(subject_type="repatriation.trip", verb="open").count() == 3
    assert Offer.objects.count() == 6


# A trip changes


def change(trip: Trip, **changes: Any) -> TripChange:
    values = {
        "departs_at": trip.departs_at,
        "pickup": trip.pickup,
        "vehicle_seats": trip.seats,
        "vehicle_plate": trip.vehicle_plate,
        **changes,
    }
    return TripChange(**values)


def test_families_are_told_of_a_new_time_and_nobody_has_longer_to_answer(road: SimpleNamespace) -> None:
    trip = bus(road)
    silent, taken = family(road.campaign, road.places), family(road.campaign, road.places)
    offer = offered(silent, trip, deadline=trip.departs_at - dt.timedelta(hours=2))
    seated(taken, trip)
    earlier = trip.departs_at - dt.timedelta(hours=3)
    row = edit_trip(trip, change(trip, departs_at=earlier, vehicle_plate="70B-1"), by=road.coordinator)
    assert (row.departs_at, row.vehicle_plate) == (earlier, "70B-1")
    offer.refresh_from_db()
    assert offer.deadline == earlier - dt.timedelta(hours=2)
    told = Message.objects.filter(kind="trip_changed")
    assert {message.phone for message in told} == {silent.phone, taken.phone}
    assert f"{timezone.localtime(earlier):%H:%M}" in told[0].text
    assert "departs_at" in Event.objects.get(verb="edit").data


def test_a_new_plate_is_told_to_nobody_and_no_change_is_no_change(road: SimpleNamespace) -> None:
    trip = bus(road)
    seated(family(road.campaign, road.places), trip)
    edit_trip(trip, change(trip, vehicle_plate="70B-2"), by=road.coordinator)
    trip.refresh_from_db()
    edit_trip(trip, change(trip), by=road.coordinator)
    assert not Message.objects.filter(kind="trip_changed").exists()
    assert Event.objects.filter(verb="edit").count() == 1


def refusals(road: SimpleNamespace, trip: Trip) -> dict[str, tuple[TripChange, str]]:
    return {
        "seats": (change(trip, vehicle_seats=1), "đã có 2 người có chỗ".capitalize()),
        "pickup": (change(trip, pickup=road.second), "không đổi điểm đón được"),
        "destinations": (change(trip, destinations=[road.other]), "về xã, phường khác"),
        "past": (change(trip, departs_at=timezone.now() - dt.timedelta(hours=1)), "Giờ này đã qua"),
        "soon": (change(trip, departs_at=timezone.now() + dt.timedelta(hours=2)), "không kịp trả lời"),
    }


@pytest.mark.parametrize("name", ["seats", "pickup", "destinations", "past", "soon"])
def test_what_cannot_change_with_families_on_it_is_said(road: SimpleNamespace, name: str) -> None:
    trip = bus(road)
    offered(family(road.campaign, road.places), trip)
    wanted, words = refusals(road, trip)[name]
    with pytest.raises(Refusal, match=words):
        edit_trip(trip, wanted, by=road.coordinator)
    assert not Event.objects.filter(verb="edit").exists()


def test_another_day_takes_the_count_along_or_is_refused(road: SimpleNamespace) -> None:
    trip = bus(road)
    offered(family(road.campaign, road.places), trip)
    later = trip.departs_at + dt.timedelta(days=1)
    day, next_day = timezone.localdate(trip.departs_at), timezone.localdate(later)
    set_limits([road.commune], day, next_day, 2, by=road.coordinator)
    edit_trip(trip, change(trip, departs_at=later), by=road.coordinator)
    assert list(Intake.objects.order_by("day").values_list("taken", flat=True)) == [0, 2]
    full = bus(road)
    offered(family(road.campaign, road.places), full)
    with pytest.raises(Refusal, match="không còn đủ sức nhận"):
        edit_trip(full, change(full, departs_at=later), by=road.coordinator)


@pytest.mark.parametrize("status", ["closed", "departed", "cancelled"])
def test_a_trip_that_is_closed_does_not_change(road: SimpleNamespace, status: str) -> None:
    trip = bus(road, status=status)
    with pytest.raises(TransitionRefused):
        edit_trip(trip, change(trip, vehicle_plate="X"), by=road.coordinator)
    connection.check_constraints()
