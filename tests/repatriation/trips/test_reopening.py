"""A closed list that is opened again, and the windows of departure and arrival."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.notifications.models import Message
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from repatriation.boarding.actions import board
from repatriation.models import Manifest, Offer, Trip
from repatriation.trips import actions as trips
from repatriation.trips.windows import (
    EARLIEST_ARRIVAL,
    EARLIEST_DEPARTURE,
    LATEST_ARRIVAL,
    LATEST_DEPARTURE,
)
from tests.asking import ask
from tests.race import at_once
from tests.repatriation.world.desk import url
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, at_departure, bus, family, make_road, seated, text_of


@pytest.fixture
def closed(road: SimpleNamespace) -> SimpleNamespace:
    """A closed trip of two families: one had confirmed, one had not answered."""
    said_yes, silent = family(road.campaign, road.places, 2), family(road.campaign, road.places, 3)
    trip = bus(road)
    seated(said_yes, trip)
    offered(silent, trip)
    trip = trips.close_trip(trip, by=road.coordinator)
    Message.objects.all().delete()
    return SimpleNamespace(trip=trip, said_yes=said_yes, silent=silent)


def test_who_lost_their_seats_by_the_closing_gets_them_back(
    road: SimpleNamespace, closed: SimpleNamespace
) -> None:
    trip = trips.reopen_trip(closed.trip, by=road.coordinator)
    assert (trip.status, trip.seats_taken) == ("open", 5)
    again = Offer.objects.get(registration=closed.silent, status="offered")
    assert (again.trip, again.people) == (trip, 3)
    assert again.deadline > timezone.now()
    told = Message.objects.get(kind="offer_again")
    assert told.phone == closed.silent.phone
    assert not Message.objects.filter(phone=closed.said_yes.phone).exists()
    assert Offer.objects.get(registration=closed.said_yes).status == "confirmed"


def test_a_family_that_went_elsewhere_meanwhile_is_left_alone(
    road: SimpleNamespace, closed: SimpleNamespace
) -> None:
    other = bus(road)
    closed.silent.refresh_from_db()
    seated(closed.silent, other)
    trip = trips.reopen_trip(closed.trip, by=road.coordinator)
    assert trip.seats_taken == 2
    assert Offer.objects.get(registration=closed.silent, status__in=Offer.LIVE).trip == other


def test_the_paper_that_was_sent_counts_no_longer(road: SimpleNamespace, closed: SimpleNamespace) -> None:
    (first,) = Manifest.objects.standing()
    trips.reopen_trip(closed.trip, by=road.coordinator)
    assert not Manifest.objects.standing().exists()
    desk = as_(road.coordinator)
    page = text_of(desk.get(url("manifest", closed.trip.code)))
    assert f"bản số {first.number}" in page
    assert "không còn dùng" in page
    trips.close_trip(closed.trip, by=road.coordinator)
    (second,) = Manifest.objects.standing()
    assert second.pk != first.pk
    old = text_of(desk.get(url("manifest", closed.trip.code), {"list": first.pk}))
    assert f"Bản số {first.number} đã được thay thế" in old
    new = text_of(desk.get(url("manifest", closed.trip.code)))
    assert "thay thế" not in new
    assert first.number in new  # among the other lists of the trip
    assert desk.get(url("manifest", closed.trip.code), {"list": "9" * 40}).status_code == 404


def test_the_officers_who_have_the_paper_are_told(road: SimpleNamespace, closed: SimpleNamespace) -> None:
    User.objects.filter(pk__in=[road.here.pk, road.barrier.pk]).update(phone="+84901234567")
    trips.reopen_trip(closed.trip, by=road.coordinator)
    number = Manifest.objects.get().number
    texts = [message.text for message in Message.objects.filter(kind="manifest_withdrawn")]
    assert texts
    assert all(number in text for text in texts)


def test_a_list_stays_closed_once_somebody_is_on_the_vehicle(
    road: SimpleNamespace, closed: SimpleNamespace
) -> None:
    board(closed.trip, closed.said_yes, by=road.coordinator, client_key=uuid4())
    with pytest.raises(Refused, match="bỏ ghi lên xe trước"):
        trips.reopen_trip(closed.trip, by=road.coordinator)
    assert Trip.objects.get(pk=closed.trip.pk).status == "closed"


def test_nobody_is_invited_again_when_nobody_could_answer_in_time(
    road: SimpleNamespace, closed: SimpleNamespace
) -> None:
    at_departure(closed.trip)
    trip = trips.reopen_trip(closed.trip, by=road.coordinator)
    assert trip.seats_taken == 2
    assert not Message.objects.filter(kind="offer_again").exists()


@pytest.mark.django_db(transaction=True)
def test_reopened_twice_at_once_invites_once(transactional_db: None) -> None:
    road = make_road()
    silent = family(road.campaign, road.places, 3)
    trip = bus(road)
    offered(silent, trip)
    trip = trips.close_trip(trip, by=road.coordinator)

    def reopen() -> str:
        try:
            return trips.reopen_trip(trip, by=road.coordinator).status
        except TransitionRefused:
            return "refused"

    assert sorted(at_once(reopen, reopen)) == ["open", "refused"]
    assert Message.objects.filter(kind="offer_again").count() == 1
    assert Trip.objects.get(pk=trip.pk).seats_taken == 3


@pytest.mark.parametrize(
    ("away", "is_fine"),
    [
        (dt.timedelta(days=6), False),  # six days ahead, as a coordinator once did
        (-EARLIEST_DEPARTURE + dt.timedelta(minutes=1), False),
        (-EARLIEST_DEPARTURE - dt.timedelta(minutes=1), True),
        (-LATEST_DEPARTURE + dt.timedelta(minutes=1), True),
        (-LATEST_DEPARTURE - dt.timedelta(minutes=1), False),
    ],
)
def test_a_departure_far_from_its_time_is_refused(
    road: SimpleNamespace, closed: SimpleNamespace, away: dt.timedelta, is_fine: bool
) -> None:
    Trip.objects.filter(pk=closed.trip.pk).update(departs_at=timezone.now() + away)
    if is_fine:
        assert trips.depart_trip(closed.trip, by=road.coordinator).status == "departed"
        return
    with pytest.raises(Refused, match="khởi hành"):
        trips.depart_trip(closed.trip, by=road.coordinator)
    assert Trip.objects.get(pk=closed.trip.pk).status == "closed"
    assert not Message.objects.filter(kind="trip_departed").exists()


@pytest.mark.parametrize(
    ("away", "is_fine"),
    [
        (-EARLIEST_ARRIVAL + dt.timedelta(minutes=1), False),
        (-EARLIEST_ARRIVAL - dt.timedelta(minutes=1), True),
        (-LATEST_ARRIVAL - dt.timedelta(minutes=1), False),
    ],
)
def test_an_arrival_far_from_its_time_is_refused(
    road: SimpleNamespace, closed: SimpleNamespace, away: dt.timedelta, is_fine: bool
) -> None:
    trip = trips.depart_trip(at_departure(closed.trip), by=road.coordinator)
    Trip.objects.filter(pk=trip.pk).update(departs_at=timezone.now() + away)
    trip.refresh_from_db()
    if is_fine:
        assert trips.arrive_trip(trip, by=road.coordinator).status == "arrived"
        return
    with pytest.raises(Refused, match="đến chốt"):
        trips.arrive_trip(trip, by=road.coordinator)
    assert Trip.objects.get(pk=trip.pk).status == "departed"


def test_the_page_offers_no_departure_before_its_time(closed: SimpleNamespace, desk: Client) -> None:
    page = text_of(desk.get(url("trip", closed.trip.code)))
    assert "Xe khởi hành" not in page
    assert "mới ghi xe khởi hành được" in page
    assert "Mở lại danh sách" in page
    at_departure(closed.trip)
    assert "Xe khởi hành" in text_of(desk.get(url("trip", closed.trip.code)))


def test_closing_says_first_who_loses_what(road: SimpleNamespace, desk: Client) -> None:
    said_yes, silent = family(road.campaign, road.places, 2), family(road.campaign, road.places, 3)
    trip = bus(road, departs_at=timezone.now() + dt.timedelta(days=6, hours=1))
    seated(said_yes, trip)
    offered(silent, trip)
    Message.objects.all().delete()
    page = ask(desk, url("trip_step", trip.code, "close"))
    shown = text_of(page)
    assert "còn 6 ngày" in shown
    assert "1 gia đình (3 chỗ) chưa trả lời sẽ mất chỗ" in shown
    assert "Đã nhận 2/45 chỗ" in shown
    assert "1 tin nhắn: Danh sách chuyến đã chốt" in shown
    assert silent.code in shown
    assert said_yes.code not in shown
    assert Trip.objects.get(pk=trip.pk).status == "open"
    assert not Message.objects.exists()
