"""Who gets on at the pick-up point: with a seat, without one, twice, not at all."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from repatriation.boarding.actions import mark_absent, undo_boarding
from repatriation.boarding.walk_ons import board_strangers
from repatriation.models import Boarding, Offer, Registration, Trip
from repatriation.registration.submitting import family_actor
from repatriation.seats.answering import decline_offer
from repatriation.seats.leaving import withdraw
from repatriation.seats.offering import OnBoard
from repatriation.trips import actions as trips
from tests.repatriation.world.boarding import closed, get_on, on_board, strangers, walk_on
from tests.repatriation.world.families import mother, offered, waiting
from tests.repatriation.world.road import at_departure, bus, enter, family, people_of, seated


def seats_of(trip: Trip) -> int:
    trip.refresh_from_db()
    return trip.seats_taken


def test_a_family_gets_on_and_each_person_is_logged(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    trip = closed(road, row)
    at = timezone.now() - dt.timedelta(minutes=20)
    result = get_on(road, trip, row, at=at)
    assert [one.person for one in result.boarded] == people_of(row)
    assert all((one.at, one.by, one.walk_on) == (at, road.barrier, False) for one in result.boarded)
    assert Event.objects.filter(subject_type="repatriation.boarding", verb="board").count() == 3
    row.refresh_from_db()
    assert (row.status, seats_of(trip)) == ("confirmed", 3)


def test_a_part_of_a_family_gets_on_and_the_rest_later(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    trip = closed(road, row)
    get_on(road, trip, row, 1, 2)
    result = get_on(road, trip, row)
    assert len(result.boarded) == 1
    assert len(result.already) == 2
    assert len(on_board(trip)) == 3


def test_a_resend_changes_nothing_even_after_it_was_taken_back(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    key = uuid.uuid4()
    get_on(road, trip, row, client_key=key)
    again = get_on(road, trip, row, client_key=key)
    assert again.repeated
    person = people_of(row)[0]
    undo_boarding(trip, person.pk, by=road.barrier, undo_key=uuid.uuid4())
    assert get_on(road, trip, row, client_key=key).repeated
    assert on_board(trip) == {people_of(row)[1].pk}
    assert Event.objects.filter(verb="board").count() == 2


def test_the_clock_of_a_device_cannot_be_ahead(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, row)
    get_on(road, trip, row, at=timezone.now() + dt.timedelta(days=3))
    assert Boarding.objects.get().at <= timezone.now()


def test_taking_back_is_kept_and_resent_it_spares_a_later_boarding(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, row)
    (person,) = people_of(row)
    key = uuid.uuid4()
    get_on(road, trip, row)
    undone = undo_boarding(trip, person.pk, by=road.colleague, undo_key=key)
    assert undone is not None
    assert (undone.undone_by, undone.undo_key) == (road.colleague, key)
    get_on(road, trip, row)
    assert undo_boarding(trip, person.pk, by=road.colleague, undo_key=key) == undone
    assert on_board(trip) == {person.pk}
    assert Boarding.objects.count() == 2


def test_nothing_is_taken_back_where_nobody_got_on(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, row)
    assert undo_boarding(trip, people_of(row)[0].pk, by=road.barrier, undo_key=uuid.uuid4()) is None


@pytest.mark.parametrize("status", ["planned", "open", "reconciled", "cancelled"])
def test_a_trip_that_takes_nobody_now_says_so(road: SimpleNamespace, status: str) -> None:
    row = family(road.campaign, road.places, 1)
    trip = bus(road, status=status)
    with pytest.raises(Refused, match="điều phối"):
        get_on(road, trip, row)
    assert not Boarding.objects.exists()


def test_a_family_of_another_trip_has_no_seat_here(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    closed(road, row)
    with pytest.raises(Refused, match="không có chỗ trên chuyến này"):
        get_on(road, closed(road), row)


def test_an_entry_that_comes_late_follows_the_vehicle(road: SimpleNamespace) -> None:
    first, late = (family(road.campaign, road.places, 1) for _one in range(2))
    trip = closed(road, first, late)
    get_on(road, trip, first)
    trip = trips.depart_trip(at_departure(trip), by=road.coordinator)
    late.refresh_from_db()
    assert late.status == "confirmed"
    get_on(road, trip, late)
    late.refresh_from_db()
    assert late.status == "departed"


# Walk-ons


def test_a_waiting_family_is_taken_along_on_a_free_seat(road: SimpleNamespace) -> None:
    trip = closed(road, seats=4)
    row = family(road.campaign, road.places, 3)
    result = walk_on(road, trip, row)
    assert all(one.walk_on and one.reason for one in result.boarded)
    row.refresh_from_db()
    offer = Offer.objects.get(registration=row)
    assert (row.status, offer.status, offer.people, seats_of(trip)) == ("confirmed", "confirmed", 3, 3)
    verbs = Event.objects.filter(subject_type="repatriation.registration", subject_id=row.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == ["offer", "confirm"]


def test_a_walk_on_needs_a_reason_and_room_for_the_whole_family(road: SimpleNamespace) -> None:
    trip = closed(road, seats=2)
    row = family(road.campaign, road.places, 3)
    with pytest.raises(Refused, match="lý do"):
        walk_on(road, trip, row, reason=" ")
    with pytest.raises(Refused, match="chỉ còn 2 chỗ"):
        walk_on(road, trip, row)
    row.refresh_from_db()
    assert (row.status, Offer.objects.count(), seats_of(trip)) == ("waiting", 0, 0)


def test_a_walk_on_leaves_its_seat_elsewhere_to_the_next_family(road: SimpleNamespace) -> None:
    row, behind = (family(road.campaign, road.places, 2) for _one in range(2))
    other = bus(road, seats=2)
    left = seated(row, other)
    trip = closed(road)
    walk_on(road, trip, row)
    left.refresh_from_db()
    behind.refresh_from_db()
    assert left.status == "cancelled"
    assert behind.status == "offered"
    assert Offer.objects.filter(registration=row, status__in=Offer.LIVE).get().trip == trip


def test_a_walk_on_whose_seat_was_offered_here_takes_it(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    other = bus(road)
    offered(row, other)
    trip = closed(road, seats=2)
    walk_on(road, trip, row)
    assert seats_of(trip) == 2


def test_who_is_on_another_vehicle_is_not_taken_along(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    first, second = closed(road, row), closed(road)
    get_on(road, first, row)
    with pytest.raises(Refused, match=first.code):
        walk_on(road, second, row)
    assert not on_board(second)


@pytest.mark.parametrize("status", ["departed", "arrived", "closed", "withdrawn", "duplicate"])
def test_who_is_past_the_queue_is_not_taken_along_by_code(road: SimpleNamespace, status: str) -> None:
    row = family(road.campaign, road.places, 1, status=status)
    with pytest.raises(Refused, match=row.code):
        walk_on(road, closed(road), row)


def test_strangers_take_seats_that_are_counted(road: SimpleNamespace) -> None:
    trip = closed(road, seats=3)
    result = strangers(road, trip, "Lê Văn Khách", "Lê Thị Khách")
    assert all(one.registration is None and one.walk_on for one in result.boarded)
    assert seats_of(trip) == 2
    with pytest.raises(Refused, match="chỉ còn 1 chỗ"):
        strangers(road, trip, "Trần Văn Ba", "Trần Thị Tư", phone="+84907777002")
    undo_boarding(trip, result.boarded[0].person_id, by=road.barrier, undo_key=uuid.uuid4())
    assert seats_of(trip) == 1


def test_strangers_sent_again_are_the_same(road: SimpleNamespace) -> None:
    trip = closed(road)
    key = uuid.uuid4()
    strangers(road, trip, "Lê Văn Khách", client_key=key)
    assert strangers(road, trip, "Lê Văn Khách", client_key=key).repeated
    assert (len(on_board(trip)), seats_of(trip)) == (1, 1)


def test_a_stranger_who_is_registered_is_taken_by_the_code(road: SimpleNamespace) -> None:
    row = waiting(road.campaign, road.places, mother())
    person = people_of(row)[0]
    with pytest.raises(Refused, match=row.code):
        board_strangers(
            closed(road),
            [mother(full_name=person.full_name)],
            home=road.commune,
            phone="",
            reason="Còn chỗ",
            by=road.barrier,
            client_key=uuid.uuid4(),
        )


# Who does not come


def test_a_family_given_up_leaves_its_seats_and_is_told_how_to_go_on(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    trip = closed(road, row, seats=3)
    offer = mark_absent(trip, row, by=road.barrier)
    assert mark_absent(trip, row, by=road.barrier).pk == offer.pk
    row.refresh_from_db()
    assert (row.status, offer.status, seats_of(trip)) == ("no_show", "no_show", 0)
    message = Message.objects.get(kind="no_show")
    assert "/l/" in message.secrets["link"]


def test_a_family_given_up_that_comes_after_all_is_taken_along(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    trip = closed(road, row, seats=3)
    mark_absent(trip, row, by=road.barrier)
    with pytest.raises(Refused, match="không có chỗ trên chuyến này"):
        get_on(road, trip, row)
    walk_on(road, trip, row, reason="Đến muộn")
    assert (seats_of(trip), len(on_board(trip))) == (3, 3)
    mark = Registration.objects.get(pk=row.pk)
    assert mark.status == "confirmed"


def test_who_is_on_the_vehicle_is_not_given_up(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    get_on(road, trip, row, 1)
    with pytest.raises(Refused, match="đã lên xe"):
        mark_absent(trip, row, by=road.barrier)


def test_the_trip_leaves_with_those_who_got_on(road: SimpleNamespace) -> None:
    came, absent = (family(road.campaign, road.places, 2) for _one in range(2))
    trip = closed(road, came, absent)
    get_on(road, trip, came)
    trips.depart_trip(at_departure(trip), by=road.coordinator)
    came.refresh_from_db()
    absent.refresh_from_db()
    assert (came.status, absent.status) == ("departed", "confirmed")
    assert [message.phone for message in Message.objects.filter(kind="trip_departed")] == [came.phone]


def test_a_cancelled_trip_has_nobody_on_board(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    get_on(road, trip, row)
    strangers(road, trip, "Lê Văn Khách")
    trips.cancel_trip(trip, by=road.coordinator, reason="Xe hỏng")
    row.refresh_from_db()
    assert (on_board(trip), seats_of(trip), row.status) == (set(), 0, "waiting")
    undone = Boarding.objects.filter(trip=trip)
    assert {(one.undone_by, one.undone_at is None) for one in undone} == {(road.coordinator, False)}


@pytest.mark.parametrize("side", ["undone_at", "undone_by"])
def test_the_database_refuses_a_boarding_taken_back_by_nobody(road: SimpleNamespace, side: str) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, row)
    get_on(road, trip, row)
    value = {"undone_at": timezone.now(), "undone_by": road.barrier}[side]
    with pytest.raises(IntegrityError, match="boarding_undone_by_somebody"), transaction.atomic():
        Boarding.objects.filter(trip=trip).update(**{side: value})


# At the checkpoint


def test_who_was_scanned_came_on_the_trip_though_nobody_said_that_it_left(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    get_on(road, trip, row)
    assert {one.trip for one in enter(road, row).arrivals} == {trip}
    assert Offer.objects.get(registration=row).status == "travelled"


def test_a_stranger_who_was_taken_along_came_on_the_trip(road: SimpleNamespace) -> None:
    trip = closed(road)
    person = strangers(road, trip, "Lê Văn Khách").boarded[0].person
    (arrival,) = enter(road, None, [person]).arrivals
    assert (arrival.trip, arrival.means) == (trip, "trip")


# What the database keeps


def raw(road: SimpleNamespace, trip: Trip, row: Registration | None, **changes: object) -> Boarding:
    person = people_of(row)[0] if row else people_of(family(road.campaign, road.places, 1))[0]
    values = {
        "person": person,
        "registration": row,
        "client_key": uuid.uuid4(),
        "at": timezone.now(),
        "by": road.barrier,
        **changes,
    }
    return Boarding.objects.create(trip=trip, **values)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"walk_on": True}, "boarding_walk_on_with_reason"),
        ({"registration": None}, "boarding_unregistered_is_walk_on"),
    ],
)
def test_the_database_refuses_what_cannot_be(
    road: SimpleNamespace, changes: dict[str, object], name: str
) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, row)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        raw(road, trip, row, **changes)


def test_the_database_refuses_a_stranger_too_many(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    trip = closed(road, row, seats=1)
    with pytest.raises(IntegrityError, match="trip_seats_taken_within_seats"), transaction.atomic():
        raw(road, trip, None, walk_on=True, reason="Còn chỗ")


def test_who_is_on_the_vehicle_does_not_give_its_seats_back_by_a_press_at_home(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    get_on(road, trip, row, 0)
    offer = trip.offers.get()
    with pytest.raises(OnBoard):
        withdraw(row, by=family_actor(row.phone))
    with pytest.raises(OnBoard):
        decline_offer(offer, by=family_actor(row.phone), back_to_queue=True)
    row.refresh_from_db()
    assert row.status == "confirmed"
    undo_boarding(trip, people_of(row)[0].pk, by=road.barrier, undo_key=uuid.uuid4())
    withdraw(row, by=family_actor(row.phone))
    row.refresh_from_db()
    assert row.status == "withdrawn"
