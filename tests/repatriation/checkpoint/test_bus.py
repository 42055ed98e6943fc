"""The list of a trip at the checkpoint: family by family, or the whole vehicle."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from repatriation.boarding.actions import board
from repatriation.models import Arrival, Handover, Registration, Trip
from repatriation.trips.actions import close_trip
from tests.repatriation.world.road import (
    as_,
    bus,
    family,
    on_the_road,
    people_of,
    queries,
    seated,
    text_of,
)


def page_of(trip: Trip) -> str:
    return reverse("repatriation:checkpoint_bus", args=[trip.code])


def whole(people: int, **changes: Any) -> dict[str, Any]:
    return {"client_key": str(uuid.uuid4()), "people": people, "rapid_test": "none", "line": "", **changes}


def test_the_whole_bus_is_asked_about_with_numbers_and_recorded(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    other = family(road.campaign, road.places, 2)
    trip = on_the_road(road, row, other)
    assert "Cả xe: 5 người" in text_of(box.get(page_of(trip)))
    asked = text_of(box.get(page_of(trip), {"ask": 1}))
    assert "Ghi nhận cả xe: 5 người của 2 gia đình?" in asked
    page = box.post(page_of(trip), whole(5, rapid_test="negative"), follow=True)
    assert "Đã ghi nhận 5 người của 2 gia đình." in text_of(page)
    assert Arrival.objects.filter(trip=trip, rapid_test="negative").count() == 5
    assert "Không thiếu ai." in text_of(page)


def test_sent_twice_the_bus_is_recorded_once(road: SimpleNamespace, row: Registration, box: Client) -> None:
    trip = on_the_road(road, row)
    data = whole(3)
    box.post(page_of(trip), data)
    page = box.post(page_of(trip), data, follow=True)
    assert "Không có gì thay đổi" in text_of(page)
    assert Handover.objects.count() == 3


def test_who_did_not_get_on_is_left_out_and_who_got_on_stands_in_a_list(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    other = family(road.campaign, road.places, 2, names=["Lê Văn Ở"])
    trip = on_the_road(road, row, other)
    first = people_of(row)[0]
    board(trip, row, by=road.coordinator, client_key=uuid.uuid4(), people=[first.pk])
    page = text_of(box.get(page_of(trip)))
    assert "Cả xe: 1 người" in page
    assert page.split("Đã lên xe mà chưa đến")[1].count("Nguyễn Thị Lan") == 1
    box.post(page_of(trip), whole(1))
    assert set(Arrival.objects.values_list("person", flat=True)) == {first.pk}
    assert "Không thiếu ai." in text_of(box.get(page_of(trip)))


def test_another_number_than_was_read_is_asked_again(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    trip = on_the_road(road, row)
    page = box.post(page_of(trip), whole(9))
    assert "vừa thay đổi" in text_of(page)
    assert not Arrival.objects.exists()


def test_a_vehicle_that_has_not_left_is_not_recorded(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    trip = bus(road, departs_at=timezone.now() + dt.timedelta(days=2))
    seated(row, trip)
    close_trip(trip, by=road.coordinator)
    assert "Xe chưa chạy" in text_of(box.get(page_of(trip)))
    box.post(page_of(trip), whole(3))
    box.post(page_of(trip), whole(0, line=f"r{row.pk}"))
    assert not Arrival.objects.exists()


def test_one_family_of_the_list(road: SimpleNamespace, row: Registration, box: Client) -> None:
    other = family(road.campaign, road.places, 2)
    trip = on_the_road(road, row, other)
    box.post(page_of(trip), whole(0, line=f"r{row.pk}"))
    assert set(Arrival.objects.values_list("registration", flat=True)) == {row.pk}


def test_the_list_of_another_checkpoint_does_not_exist(road: SimpleNamespace, row: Registration) -> None:
    trip = on_the_road(road, row)
    assert as_(road.far_barrier).get(page_of(trip)).status_code == 404
    assert as_(road.far_barrier).post(page_of(trip), whole(3)).status_code == 404
    assert as_(road.here).get(page_of(trip)).status_code == 403


def test_the_list_costs_the_same(road: SimpleNamespace, box: Client) -> None:
    small = on_the_road(road, family(road.campaign, road.places, 1))
    large = on_the_road(road, *[family(road.campaign, road.places, 3) for _number in range(5)])
    box.get(page_of(small))
    assert queries(box, page_of(large)) == queries(box, page_of(small))
