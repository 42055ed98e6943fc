"""Why a family was passed over is kept, with what was free at its turn; what stands against it is respected."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repatriation.intake.actions import set_limits
from repatriation.models import Filling, PassedOver, Registration, Trip
from repatriation.queue.rescoring import score_now
from repatriation.seats import answering as offers
from repatriation.seats.by_hand import hold_family
from repatriation.seats.filling import fill_trip
from repatriation.trips.actions import plan_trip
from tests.lock_order import around
from tests.repatriation.world.families import entry, offered, waiting
from tests.repatriation.world.road import bus, family


def make(road: SimpleNamespace, size: int = 1, **changes: object) -> Registration:
    return family(road.campaign, road.places, size, **changes)  # type: ignore[arg-type]


def why(trip: Trip) -> list[tuple[Registration, str]]:
    rows = PassedOver.objects.filter(filling__trip=trip).select_related("registration").order_by("pk")
    return [(row.registration, row.why) for row in rows]


def test_each_reason_is_kept_in_queue_order(road: SimpleNamespace) -> None:
    vehicle = bus(road, seats=4)
    day = timezone.localdate(vehicle.departs_at)
    set_limits([road.other], day, day, 0, by=road.coordinator)
    held = make(road, score=90)
    hold_family(held, by=road.coordinator, reason="Có người đang nằm viện")
    away = make(road, score=80, travel_from=day + dt.timedelta(days=1))
    alone = make(road, score=70, needs_escort=True)
    large = make(road, 5, score=60)
    full = make(road, score=50, home_commune=road.other)
    before = make(road, score=40)
    offers.decline_offer(offered(before, vehicle), by=road.coordinator, back_to_queue=True)
    PassedOver.objects.all().delete()
    Filling.objects.all().delete()
    last = make(road, 4)
    result = fill_trip(vehicle, by=road.coordinator)
    assert [offer.registration for offer in result.seated] == [last]
    assert why(vehicle) == [
        (held, "held"),
        (away, "cannot_travel"),
        (alone, "needs_escort"),
        (large, "no_room"),
        (full, "intake_full"),
        (before, "asked_before"),
    ]
    filling = Filling.objects.get()
    assert (filling.by, filling.families, filling.people) == (road.coordinator, 1, 4)


def test_what_was_free_is_what_was_free_at_its_turn(road: SimpleNamespace) -> None:
    make(road, 3, score=9)
    large = make(road, 5, score=8)
    make(road, 1, score=7)
    vehicle = bus(road, seats=6)
    (passed,) = fill_trip(vehicle, by=road.coordinator).passed
    assert (passed.registration, passed.free) == (large, 3)
    assert passed.sentence == "Gia đình 5 người, xe còn 3 chỗ"


def test_who_stands_behind_the_last_one_seated_was_not_passed_over(road: SimpleNamespace) -> None:
    make(road, 2, score=9)
    make(road, 2, score=1)
    assert fill_trip(bus(road, seats=2), by=road.coordinator).passed == []


def test_a_trip_to_some_communes_takes_their_families_alone(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    vehicle.destinations.set([road.other])
    here = make(road, score=9)
    there = make(road, home_commune=road.other)
    assert [offer.registration for offer in fill_trip(vehicle, by=road.coordinator).seated] == [there]
    assert why(vehicle) == [(here, "other_destination")]


def test_of_a_trip_to_some_communes_their_own_families_are_told_of_first(road: SimpleNamespace) -> None:
    vehicle = bus(road, seats=2)
    vehicle.destinations.set([road.other])
    strangers = [make(road, score=90 - number) for number in range(3)]
    large = make(road, 3, score=5, home_commune=road.other)
    make(road, 2, home_commune=road.other)
    fill_trip(vehicle, by=road.coordinator)
    assert why(vehicle) == [*((row, "other_destination") for row in strangers), (large, "no_room")]


def test_minors_alone_ride_with_an_escort(road: SimpleNamespace) -> None:
    alone = make(road, needs_escort=True)
    assert fill_trip(bus(road), by=road.coordinator).seated == []
    assert [o.registration for o in fill_trip(bus(road, has_escort=True), by=road.coordinator).seated] == [
        alone
    ]


def test_the_score_says_who_needs_an_escort(road: SimpleNamespace) -> None:
    born = f"{timezone.localdate() - dt.timedelta(days=16 * 365):%d/%m/%Y}"
    child = waiting(road.campaign, road.places, entry("Trần Văn Nhỏ", birth=born), phone="+84903000111")
    grown = waiting(road.campaign, road.places, entry("Trần Văn Lớn"), phone="+84903000222")
    assert (child.needs_escort, grown.needs_escort) == (True, False)
    Registration.objects.update(needs_escort=False)
    score_now(road.campaign, [child.pk, grown.pk])
    child.refresh_from_db()
    grown.refresh_from_db()
    assert (child.needs_escort, grown.needs_escort) == (True, False)


def test_the_database_refuses_minors_alone_without_an_escort(road: SimpleNamespace) -> None:
    alone = make(road, needs_escort=True)
    with pytest.raises(IntegrityError, match="escort"), transaction.atomic():
        offered(alone, bus(road))
    vehicle = bus(road, has_escort=True)
    offered(alone, vehicle)
    with pytest.raises(IntegrityError, match="minors alone are seated"), transaction.atomic():
        Trip.objects.filter(pk=vehicle.pk).update(has_escort=False)


def test_the_database_refuses_a_seat_to_somewhere_else(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    vehicle.destinations.set([road.other])
    with pytest.raises(IntegrityError, match="does not go to"), transaction.atomic():
        offered(make(road), vehicle)
    row = make(road, home_commune=road.other)
    offered(row, vehicle)
    with pytest.raises(IntegrityError, match="does not go to"), transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(home_commune=road.commune)


def test_the_database_refuses_a_seat_to_a_family_that_is_held(road: SimpleNamespace) -> None:
    row = make(road)
    hold_family(row, by=road.coordinator, reason="Chờ giấy ra viện")
    with pytest.raises(IntegrityError, match="held_is_not_seated"), transaction.atomic():
        offered(row, bus(road))


@pytest.mark.parametrize(("share", "usable"), [(100, 45), (50, 22), (75, 33)])
def test_only_the_campaigns_share_of_the_seats_is_used(
    road: SimpleNamespace, share: int, usable: int
) -> None:
    road.campaign.seat_share = share
    road.campaign.save(update_fields=["seat_share"])
    trip = plan_trip(
        road.campaign,
        departs_at=timezone.now() + dt.timedelta(days=2),
        pickup=road.places.pickup,
        gateway=road.checkpoint,
        seats=45,
        by=road.coordinator,
    )
    assert (trip.seats, trip.vehicle_seats) == (usable, 45)


@pytest.mark.parametrize("share", [49, 101])
def test_the_database_refuses_a_share_that_makes_no_sense(road: SimpleNamespace, share: int) -> None:
    road.campaign.seat_share = share
    with pytest.raises(IntegrityError, match="campaign_seat_share_plausible"), transaction.atomic():
        road.campaign.save(update_fields=["seat_share"])


def test_filling_asks_as_often_with_many_families_as_with_few(road: SimpleNamespace) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            fill_trip(bus(road, seats=4), by=road.coordinator)
        return len(caught)

    for _number in range(8):
        make(road)
    few = cost()
    for number in range(60):
        make(road, 5, score=100 + number)
    assert cost() <= few + 1  # the rows of those passed over


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=8),
    seats=st.integers(1, 12),
    room=st.integers(0, 8),
)
def test_with_a_limit_filling_is_still_the_rule_of_the_queue(
    road: SimpleNamespace, rows: list[tuple[int, bool]], seats: int, room: int
) -> None:
    expected, free, left = [], seats, room
    for number, (size, is_limited) in enumerate(rows):
        if size <= free and (size <= left or not is_limited):
            expected.append(number)
            free -= size
            left -= size if is_limited else 0
    with around():
        families = [
            make(road, size, score=90 - n, home_commune=road.commune if is_limited else road.other)
            for n, (size, is_limited) in enumerate(rows)
        ]
        vehicle = bus(road, seats=seats)
        day = timezone.localdate(vehicle.departs_at)
        set_limits([road.commune], day, day, room, by=road.coordinator)
        result = fill_trip(vehicle, by=road.coordinator)
        numbers = {row.pk: number for number, row in enumerate(families)}
        assert [numbers[offer.registration_id] for offer in result.seated] == expected
        transaction.set_rollback(True)
