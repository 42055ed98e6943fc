"""Many trips in one go."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from repatriation.models import Offer, Trip, Wave
from repatriation.tasks import take_asked_steps as task
from repatriation.trips import waves
from repatriation.trips.waves import TripPlan, ask_step, plan_wave, take_asked_steps
from tests.race import at_once
from tests.repatriation.world.road import family, make_road


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
    with pytest.raises(Refused, match="ít nhất một chuyến"):
        wave(road, 0)
    with pytest.raises(Refused, match="tối đa 200"):
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
