"""A trip that changes: its time is told, for another day its families are asked again."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from repatriation.intake.actions import set_limits
from repatriation.models import Intake, Offer, Registration, Trip
from repatriation.registration.submitting import family_actor
from repatriation.seats.answering import confirm_offer
from repatriation.seats.filling import answer_deadline, fill_trip, lapse_due
from repatriation.trips.changes import TripChange, edit_trip
from tests.asking import ask
from tests.repatriation.world.desk import url
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, bus, family, seated, text_of

DAY = dt.timedelta(days=1)


def noon(days: int) -> dt.datetime:
    """Noon so many days from now: hours before and after it are on the same day."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + days * DAY


@pytest.fixture
def trip(road: SimpleNamespace) -> Trip:
    return bus(road, departs_at=noon(3))


def change(trip: Trip, **changes: Any) -> TripChange:
    values = {
        "departs_at": trip.departs_at,
        "pickup": trip.pickup,
        "vehicle_seats": trip.seats,
        "vehicle_plate": trip.vehicle_plate,
        **changes,
    }
    return TripChange(**values)


def test_families_are_told_of_a_new_time_and_nobody_has_longer_to_answer(
    road: SimpleNamespace, trip: Trip
) -> None:
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


def test_a_new_plate_is_told_to_nobody_and_no_change_is_no_change(road: SimpleNamespace, trip: Trip) -> None:
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
def test_what_cannot_change_with_families_on_it_is_said(road: SimpleNamespace, trip: Trip, name: str) -> None:
    offered(family(road.campaign, road.places), trip)
    wanted, words = refusals(road, trip)[name]
    with pytest.raises(Refused, match=words):
        edit_trip(trip, wanted, by=road.coordinator)
    assert not Event.objects.filter(verb="edit").exists()


def test_another_day_takes_the_count_along_or_is_refused(road: SimpleNamespace, trip: Trip) -> None:
    offered(family(road.campaign, road.places), trip)
    later = trip.departs_at + dt.timedelta(days=1)
    day, next_day = timezone.localdate(trip.departs_at), timezone.localdate(later)
    set_limits([road.commune], day, next_day, 2, by=road.coordinator)
    edit_trip(trip, change(trip, departs_at=later), by=road.coordinator)
    assert list(Intake.objects.order_by("day").values_list("taken", flat=True)) == [0, 2]
    full = bus(road, departs_at=trip.departs_at)
    offered(family(road.campaign, road.places), full)
    with pytest.raises(Refused, match="không còn đủ sức nhận"):
        edit_trip(full, change(full, departs_at=later), by=road.coordinator)


@pytest.mark.parametrize("status", ["closed", "departed", "cancelled"])
def test_a_trip_that_is_closed_does_not_change(road: SimpleNamespace, status: str) -> None:
    trip = bus(road, status=status)
    with pytest.raises(TransitionRefused):
        edit_trip(trip, change(trip, vehicle_plate="X"), by=road.coordinator)
    connection.check_constraints()


# Another day


def test_for_another_day_everybody_is_asked_again_and_keeps_the_seats(
    road: SimpleNamespace, trip: Trip
) -> None:
    silent, taken = family(road.campaign, road.places), family(road.campaign, road.places)
    offered(silent, trip, deadline=timezone.now() + dt.timedelta(minutes=20))
    said_yes = seated(taken, trip)
    row = edit_trip(trip, change(trip, departs_at=noon(4)), by=road.coordinator)
    assert row.seats_taken == 4 == sum(offer.people for offer in Offer.objects.filter(status="offered"))
    assert set(Registration.objects.values_list("status", flat=True)) == {"offered"}
    deadlines = Offer.objects.values_list("deadline", flat=True)
    assert all(abs(deadline - answer_deadline(row)) < dt.timedelta(minutes=1) for deadline in deadlines)
    told = Message.objects.filter(kind="trip_moved")
    assert {message.phone for message in told} == {silent.phone, taken.phone}
    assert all(f"{noon(4):%d/%m/%Y}" in message.text and "Chỗ vẫn giữ" in message.text for message in told)
    assert not Message.objects.filter(kind="trip_changed").exists()
    confirm_offer(said_yes, by=family_actor(taken.phone))
    taken.refresh_from_db()
    assert taken.status == "confirmed"


def test_who_confirmed_the_old_day_and_is_silent_about_the_new_one_waits_again(
    road: SimpleNamespace, trip: Trip
) -> None:
    row = family(road.campaign, road.places)
    seated(row, trip)
    moved = edit_trip(trip, change(trip, departs_at=noon(4)), by=road.coordinator)
    lapse_due(moved, now=answer_deadline(moved) + dt.timedelta(minutes=1))
    row.refresh_from_db()
    assert row.status == "waiting"
    assert (
        Event.objects.filter(
            subject_id=row.pk, verb="ask_again", subject_type="repatriation.registration"
        ).count()
        == 1
    )


def test_who_cannot_travel_then_waits_again_where_it_stood(road: SimpleNamespace, trip: Trip) -> None:
    stays = family(road.campaign, road.places)
    leaves = family(road.campaign, road.places, 3, travel_until=timezone.localdate(noon(3)))
    seated(stays, trip)
    seated(leaves, trip)
    registered_at = leaves.registered_at
    row = edit_trip(trip, change(trip, departs_at=noon(4), vehicle_seats=2), by=road.coordinator)
    leaves.refresh_from_db()
    assert (leaves.status, leaves.registered_at, row.seats_taken) == ("waiting", registered_at, 2)
    told = Message.objects.get(kind="trip_moved_away")
    assert (told.phone, "ngoài những ngày" in told.text) == (leaves.phone, True)
    assert fill_trip(row, by=road.coordinator).seated == []


def test_the_new_day_counts_only_who_stays(road: SimpleNamespace, trip: Trip) -> None:
    seated(family(road.campaign, road.places, 2), trip)
    seated(family(road.campaign, road.places, 3, travel_until=timezone.localdate(noon(3))), trip)
    day = timezone.localdate(noon(4))
    set_limits([road.commune], day, day, 2, by=road.coordinator)
    edit_trip(trip, change(trip, departs_at=noon(4)), by=road.coordinator)
    assert Intake.objects.get().taken == 2


def test_nobody_is_asked_again_who_could_not_answer_in_time(road: SimpleNamespace, trip: Trip) -> None:
    seated(family(road.campaign, road.places), trip)
    soon = timezone.now() + dt.timedelta(hours=2)
    Trip.objects.filter(pk=trip.pk).update(departs_at=soon + 2 * DAY)
    trip.refresh_from_db()
    with pytest.raises(Refused, match="không kịp trả lời"):
        edit_trip(trip, change(trip, departs_at=soon), by=road.coordinator)
    assert Offer.objects.get().status == "confirmed"


def form_of(trip: Trip, day: dt.datetime, **changes: Any) -> dict[str, Any]:
    values = {
        "day": f"{day:%d/%m/%Y}",
        "hour": f"{day:%H:%M}",
        "pickup": trip.pickup_id,
        "seats": trip.seats,
    }
    return {**values, **changes}


def test_the_page_says_first_what_another_day_means(road: SimpleNamespace, trip: Trip, desk: Client) -> None:
    seated(family(road.campaign, road.places), trip)
    leaves = family(road.campaign, road.places, travel_until=timezone.localdate(noon(3)))
    offered(leaves, trip)
    page = ask(desk, url("trip_edit", trip.code), form_of(trip, noon(4)))
    assert page.status_code == 200
    shown = text_of(page)
    assert "gia đình có chỗ được hỏi lại" in shown
    assert "1 tin nhắn: Chuyến xe dời ngày, mời trả lời lại" in shown
    assert "1 tin nhắn: Chuyến xe dời sang ngày gia đình không đi được" in shown
    assert leaves.code in shown
    trip.refresh_from_db()
    assert trip.departs_at == noon(3)
    assert not Message.objects.exists()
    read = {"shown": page.context["shown"]}
    other = ask(desk, url("trip_edit", trip.code), form_of(trip, noon(5), **read))
    assert "Tình hình vừa thay đổi" in text_of(other)  # what was read was another day
    done = ask(desk, url("trip_edit", trip.code), form_of(trip, noon(4), **read))
    assert done.status_code == 302
    trip.refresh_from_db()
    assert trip.departs_at == noon(4)


def test_an_empty_trip_moves_without_a_question(road: SimpleNamespace, trip: Trip) -> None:
    page = as_(road.coordinator).post(url("trip_edit", trip.code), form_of(trip, noon(4)))
    assert page.status_code == 302
