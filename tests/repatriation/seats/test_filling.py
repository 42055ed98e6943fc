"""Seats go to families in the order of the queue, whole, never twice, never more than there are."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citizens.links import find_link
from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition
from repatriation.models import Offer, Registration, Trip
from repatriation.seats import answering as offers
from repatriation.seats import choosing
from repatriation.seats.filling import fill_trip
from tests.repatriation.world.families import offered, token_of
from tests.repatriation.world.places import make_campaign
from tests.repatriation.world.road import bus, family


def codes(found: list[Offer]) -> list[str]:
    return [offer.registration.code for offer in found]


def make(road: SimpleNamespace, size: int, **changes: object) -> Registration:
    return family(road.campaign, road.places, size, **changes)  # type: ignore[arg-type]


def test_the_highest_score_goes_first_then_who_registered_earlier(road: SimpleNamespace) -> None:
    late = make(road, 1, score=5, ago=1)
    early = make(road, 1, score=5, ago=60)
    urgent = make(road, 1, score=30, ago=0)
    result = fill_trip(bus(road), by=road.coordinator)
    assert codes(result.seated) == [urgent.code, early.code, late.code]
    assert result.people == 3
    assert result.skipped == []


def test_a_family_that_does_not_fit_is_passed_over_and_keeps_its_place(road: SimpleNamespace) -> None:
    make(road, 2, score=30)
    large = make(road, 3, score=20)
    small = make(road, 2, score=10)
    vehicle = bus(road, seats=4)
    result = fill_trip(vehicle, by=road.coordinator)
    assert [offer.people for offer in result.seated] == [2, 2]
    assert result.seated[1].registration == small
    assert result.skipped == [large]
    large.refresh_from_db()
    assert (large.status, large.score) == ("waiting", 20)
    next_trip = fill_trip(bus(road, seats=4), by=road.coordinator)
    assert codes(next_trip.seated) == [large.code]


def test_a_full_trip_asks_nobody_more(road: SimpleNamespace) -> None:
    make(road, 2, score=9)
    behind = make(road, 1)
    vehicle = bus(road, seats=2)
    fill_trip(vehicle, by=road.coordinator)
    again = fill_trip(vehicle, by=road.coordinator)
    assert again.seated == []
    vehicle.refresh_from_db()
    behind.refresh_from_db()
    assert (vehicle.seats_taken, vehicle.seats_free, behind.status) == (2, 0, "waiting")


def test_only_families_in_the_province_of_the_pick_up_point_are_asked(road: SimpleNamespace) -> None:
    make(road, 1, score=90, origin=road.places.far)
    make(road, 1, score=80, origin=None)
    near = make(road, 1, origin=road.places.city)
    assert codes(fill_trip(bus(road), by=road.coordinator).seated) == [near.code]


def test_only_families_of_the_trips_campaign_are_asked(road: SimpleNamespace) -> None:
    other = make_campaign(road.places, slug="dot-12")
    family(other, road.places, 1, score=99)
    mine = make(road, 1)
    assert codes(fill_trip(bus(road), by=road.coordinator).seated) == [mine.code]


def test_a_family_that_has_an_offer_is_not_asked_by_a_second_trip(road: SimpleNamespace) -> None:
    make(road, 2)
    first = fill_trip(bus(road), by=road.coordinator)
    second = fill_trip(bus(road), by=road.coordinator)
    assert (len(first.seated), second.seated) == (1, [])


def test_the_answer_is_due_after_the_campaigns_hours(road: SimpleNamespace) -> None:
    make(road, 1)
    with time_machine.travel(timezone.now(), tick=False):
        (offer,) = fill_trip(bus(road), by=road.coordinator).seated
        assert offer.deadline == timezone.now() + dt.timedelta(hours=12)


def test_the_answer_is_due_two_hours_before_a_trip_that_leaves_soon(road: SimpleNamespace) -> None:
    make(road, 1)
    vehicle = bus(road, departs_at=timezone.now() + dt.timedelta(hours=5))
    (offer,) = fill_trip(vehicle, by=road.coordinator).seated
    assert offer.deadline == vehicle.departs_at - dt.timedelta(hours=2)


def test_a_trip_that_leaves_too_soon_to_answer_asks_nobody(road: SimpleNamespace) -> None:
    waiting = make(road, 1)
    vehicle = bus(road, departs_at=timezone.now() + dt.timedelta(hours=2, minutes=14))
    with pytest.raises(Refused, match="không kịp trả lời"):
        fill_trip(vehicle, by=road.coordinator)
    waiting.refresh_from_db()
    assert waiting.status == "waiting"


@pytest.mark.parametrize("status", [status for status in Trip.Status.values if status != "open"])
def test_a_trip_that_is_not_open_asks_nobody(road: SimpleNamespace, status: str) -> None:
    make(road, 1)
    with pytest.raises(TransitionRefused) as refused:
        fill_trip(bus(road, status=status), by=road.coordinator)
    assert str(Trip.Status(status).label) in str(refused.value)
    assert not Offer.objects.exists()


def test_the_family_gets_one_message_with_its_own_link(road: SimpleNamespace) -> None:
    row = make(road, 3, phone="+84987654321")
    vehicle = bus(road)
    (offer,) = fill_trip(vehicle, by=road.coordinator).seated
    message = Message.objects.get(kind="offer", phone="+84987654321")
    assert row.code in message.text
    assert vehicle.code in message.text
    assert "3 chỗ" in message.text
    assert message.expires_at == offer.deadline
    assert find_link(token_of(message.secrets["link"]), "offer").subject_id == offer.pk
    assert "link" not in message.context
    event = Event.objects.get(subject_type="repatriation.registration", subject_id=row.pk, verb="offer")
    assert (event.user, event.from_status, event.to_status) == (road.coordinator, "waiting", "offered")


def test_after_a_refusal_the_seats_go_on_and_the_family_is_not_asked_again(road: SimpleNamespace) -> None:
    first, second = make(road, 2, score=9), make(road, 2)
    vehicle = bus(road, seats=2)
    (offer,) = fill_trip(vehicle, by=road.coordinator).seated
    assert offer.registration == first
    offers.decline_offer(offer, by=road.coordinator, back_to_queue=True)
    live = Offer.objects.get(status__in=Offer.LIVE)
    assert live.registration == second
    assert fill_trip(vehicle, by=road.coordinator).seated == []
    assert codes(fill_trip(bus(road), by=road.coordinator).seated) == [first.code]


def test_the_database_counts_the_seats_of_live_and_used_offers(road: SimpleNamespace) -> None:
    vehicle = bus(road)

    def taken() -> int:
        return Trip.objects.get(pk=vehicle.pk).seats_taken

    first, second = offered(make(road, 2), vehicle), offered(make(road, 3), vehicle)
    assert taken() == 5
    transition(first, "lapse", by=road.coordinator)
    assert taken() == 3
    transition(second, "travel", by=road.coordinator)
    assert taken() == 3
    third = offered(make(road, 1), vehicle)
    assert taken() == 4
    third.delete()
    assert taken() == 3


@pytest.mark.parametrize("people", [1, 3])
def test_the_database_refuses_an_offer_that_does_not_seat_the_whole_family(
    road: SimpleNamespace, people: int
) -> None:
    row, vehicle = make(road, 2), bus(road)
    with pytest.raises(IntegrityError, match="whole family"), transaction.atomic():
        Offer.objects.create(trip=vehicle, registration=row, people=people, deadline=timezone.now())
    assert not Offer.objects.exists()


def test_the_database_refuses_one_seat_too_many(road: SimpleNamespace) -> None:
    vehicle = bus(road, seats=3)
    offered(make(road, 2), vehicle)
    with pytest.raises(IntegrityError, match="trip_seats_taken_within_seats"), transaction.atomic():
        offered(make(road, 2), vehicle)
    assert Trip.objects.get(pk=vehicle.pk).seats_taken == 2


def test_the_database_refuses_a_family_on_two_trips(road: SimpleNamespace) -> None:
    row = make(road, 2)
    offered(row, bus(road))
    with pytest.raises(IntegrityError, match="offer_one_live_per_family"), transaction.atomic():
        Offer.objects.create(trip=bus(road), registration=row, people=2, deadline=timezone.now())


def test_the_families_passed_over_are_told_of_up_to_a_screenful(road: SimpleNamespace) -> None:
    for number in range(choosing.SHOWN_PASSED_OVER + 2):
        make(road, 3, score=50, ago=number)
    small = make(road, 2)
    result = fill_trip(bus(road, seats=2), by=road.coordinator)
    assert codes(result.seated) == [small.code]
    assert len(result.skipped) == choosing.SHOWN_PASSED_OVER


def expected_order(sizes: list[int], seats: int) -> list[int]:
    """The rule of the queue, said plainly: each in turn, whole, unless it does not fit."""
    chosen, free = [], seats
    for number, size in enumerate(sizes):
        if size <= free:
            chosen.append(number)
            free -= size
    return chosen


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 6), max_size=9), seats=st.integers(1, 15))
def test_filling_is_the_rule_of_the_queue_whatever_the_sizes(
    road: SimpleNamespace, sizes: list[int], seats: int
) -> None:
    with transaction.atomic():
        rows = [make(road, size, score=len(sizes) - number) for number, size in enumerate(sizes)]
        result = fill_trip(bus(road, seats=seats), by=road.coordinator)
        numbers = {row.pk: number for number, row in enumerate(rows)}
        assert [numbers[offer.registration_id] for offer in result.seated] == expected_order(sizes, seats)
        transaction.set_rollback(True)
