"""The trips of the officers: the list, a new one, one with its families."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.roles import Role
from portal.records.models import Read
from repatriation.models import Trip
from repatriation.trips.actions import cancel_trip
from tests.factories import make_user
from tests.repatriation.world.desk import codes_in, url
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, bus, family, same_cost, seated, text_of


def test_the_list_of_trips(road: SimpleNamespace, desk: Client) -> None:
    assert "Lập một chuyến" in text_of(desk.get(url("trip_list")))
    early, late = bus(road), bus(road, departs_at=timezone.now() + dt.timedelta(days=9), status="planned")
    assert codes_in(desk.get(url("trip_list"))) == [early.code, late.code]
    assert codes_in(desk.get(url("trip_list"), {"status": "planned"})) == [late.code]
    day = f"{timezone.localtime(late.departs_at):%d/%m/%Y}"
    assert codes_in(desk.get(url("trip_list"), {"day": day})) == [late.code]
    assert desk.get(url("trip_list"), {"day": "99/99/9999", "status": "x"}).status_code == 200


def test_the_soonest_trip_that_is_still_to_leave_stands_first_and_the_past_last(
    road: SimpleNamespace, desk: Client
) -> None:
    def at(days: int, status: str) -> Trip:
        return bus(road, status=status, departs_at=timezone.now() + dt.timedelta(days=days))

    long_ago, yesterday = at(-9, "reconciled"), at(-1, "cancelled")
    waits, on_the_road = at(-2, "arrived"), at(-1, "departed")
    later, soon, tomorrow = at(9, "planned"), at(2, "closed"), at(1, "open")
    page = desk.get(url("trip_list"))
    order = [tomorrow, soon, later, waits, on_the_road, yesterday, long_ago]
    assert codes_in(page) == [trip.code for trip in order]
    text = text_of(page)
    heads = [text.index(word) for word in ("Sắp đi\n", "Đang đi, chờ đối chiếu\n", "Đã xong\n")]
    links = [text.index(url("trip", order[number].code)) for number in (0, 3, 5)]
    assert heads[0] < links[0] < heads[1] < links[1] < heads[2] < links[2]


def test_a_cancelled_trip_says_in_the_list_who_cancelled_it(road: SimpleNamespace, desk: Client) -> None:
    trip, stands = bus(road), bus(road)
    cancel_trip(trip, by=road.coordinator, reason="Xe hỏng")
    page = text_of(desk.get(url("trip_list")))
    assert page.count(f"Đã hủy · {road.coordinator.full_name} hủy") == 1
    assert stands.code in page


def trip_data(road: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=2)
    values = {
        "campaign": road.campaign.pk,
        "day": f"{day:%d/%m/%Y}",
        "hour": "8h30",
        "pickup": road.places.pickup.pk,
        "gateway": road.checkpoint.pk,
        "seats": "29",
        "vehicle_plate": "70B-012.34",
    }
    return {**values, **changes}


def test_a_trip_is_planned(road: SimpleNamespace, desk: Client) -> None:
    page = desk.post(url("trip_add"), trip_data(road), follow=True)
    assert "Đã lập chuyến" in text_of(page)
    trip = Trip.objects.get()
    assert (trip.status, trip.seats, trip.planned_by) == ("planned", 29, road.coordinator)
    assert f"{timezone.localtime(trip.departs_at):%H:%M}" == "08:30"


def test_a_trip_is_previewed_before_it_is_planned(road: SimpleNamespace, desk: Client) -> None:
    first = family(road.campaign, road.places, 3, score=9, names=["Trần Văn Đức"])
    last = family(road.campaign, road.places, 2)
    page = desk.post(url("trip_add"), trip_data(road, seats="4", preview="1"))
    assert page.status_code == 200
    text = text_of(page)
    assert "Trần Văn Đức" in text
    assert "Gia đình 2 người, xe còn 1 chỗ" in text
    assert not Trip.objects.exists()
    read = Read.objects.get(kind="page")
    assert (read.user, sorted(read.subject_ids)) == (road.coordinator, sorted([first.pk, last.pk]))
    wrong = desk.post(url("trip_add"), trip_data(road, hour="x", preview="1"))
    assert wrong.status_code == 422


def test_the_seats_of_a_preview_are_the_campaigns_share(road: SimpleNamespace, desk: Client) -> None:
    road.campaign.seat_share = 50
    road.campaign.save(update_fields=["seat_share"])
    page = desk.post(url("trip_add"), trip_data(road, seats="9", preview="1"))
    assert page.context["preview"].seats == 4


def test_how_many_wait_stands_above_the_forms_of_trips(road: SimpleNamespace, desk: Client) -> None:
    family(road.campaign, road.places, 3)
    for name in ("trip_add", "wave_add"):
        page = desk.get(url(name))
        assert page.context["outlook"].people == 3
        assert "3 người đang chờ" in text_of(page)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hour": "25:00"}, "Không đọc được giờ này"),
        ({"hour": ""}, "Vui lòng ghi giờ"),
        ({"day": "31/02/2027"}, "ngày"),
        ({"day": "01/01/2020"}, "Giờ này đã qua"),
        ({"day": "31/12/9999"}, "2100"),
        ({"day": f"{timezone.localdate() + dt.timedelta(days=21):%d/%m/%Y}"}, "Chuyến của đợt này đi từ"),
        ({"seats": "0"}, "1"),
        ({"seats": "81"}, "80"),
        ({"pickup": ""}, "Vui lòng chọn một mục."),
        ({"campaign": "99999"}, "field-error"),
    ],
)
def test_what_is_wrong_with_a_trip_is_said_and_kept(
    road: SimpleNamespace, desk: Client, changes: dict[str, str], sentence: str
) -> None:
    page = desk.post(url("trip_add"), trip_data(road, **changes))
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "70B-012.34" in text_of(page)
    assert not Trip.objects.exists()


def test_the_last_trips_of_a_campaign_leave_within_two_weeks_of_its_end(
    road: SimpleNamespace, desk: Client
) -> None:
    last = road.campaign.ends_on + dt.timedelta(days=14)
    page = desk.post(url("trip_add"), trip_data(road, day=f"{last:%d/%m/%Y}"), follow=True)
    assert "Đã lập chuyến" in text_of(page)
    assert f"{last:%d/%m/%Y} · {Trip.objects.get().code}" in text_of(page)


def test_a_trip_enters_by_a_gateway_of_its_campaign(road: SimpleNamespace, desk: Client) -> None:
    page = desk.post(url("trip_add"), trip_data(road, gateway=road.second.pk))
    assert page.status_code == 422
    assert "Chốt này không thuộc đợt đã chọn" in text_of(page)


@pytest.mark.parametrize("who", ["here", "viewer", "barrier", "leader", "admin"])
def test_only_the_coordinator_plans(road: SimpleNamespace, who: str) -> None:
    browser = as_(getattr(road, who))
    assert browser.get(url("trip_add")).status_code == 403
    assert browser.post(url("trip_add"), trip_data(road)).status_code == 403


def test_a_trips_page_shows_its_families_and_is_logged(road: SimpleNamespace, desk: Client) -> None:
    trip = bus(road)
    row = family(road.campaign, road.places, names=["Trần Văn Đức"])
    offered(row, trip)
    page = desk.get(url("trip", trip.code))
    assert "Trần Văn Đức" in text_of(page)
    assert page.context["counts"]["offered"] == 2
    read = Read.objects.get(kind="page")
    assert (read.subject_type, read.subject_ids) == ("repatriation.registration", [row.pk])
    empty = text_of(desk.get(url("trip", bus(road).code)))
    assert "Chưa mời gia đình nào" in empty


def test_the_trips_cost_the_same(road: SimpleNamespace, desk: Client) -> None:
    same_cost(desk, url("trip_list"), lambda _number: bus(road))


def test_a_trip_costs_the_same_with_more_families(road: SimpleNamespace, desk: Client) -> None:
    trip = bus(road, seats=80)
    same_cost(
        desk, url("trip", trip.code), lambda _number: seated(family(road.campaign, road.places, 2), trip)
    )


def test_who_plans_sees_the_phone_of_a_family_that_does_not_answer(
    road: SimpleNamespace, desk: Client
) -> None:
    trip = bus(road)
    row = family(road.campaign, road.places, phone="+84905123456")
    offered(row, trip)
    page = text_of(desk.get(url("trip", trip.code)))
    assert "090•••3456" in page
    assert "123456" not in page
    shown = desk.post(url("family_phone", row.code))
    assert "0905 123 456" in text_of(shown)
    assert 'href="tel:+84905123456"' in text_of(shown)
    read = Read.objects.get(kind="reveal")
    assert (read.user, read.subject_type, read.subject_ids) == (
        road.coordinator,
        "repatriation.registration",
        [row.pk],
    )
    assert trip.code in read.reason
    assert desk.get(url("family_phone", row.code)).status_code == 405


def test_the_phone_of_a_family_is_not_for_everybody(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, phone="+84905123456")
    offered(row, bus(road))
    two = make_user(Role.COORDINATOR, road.other, username="haivai")
    two.assignments.create(role=Role.COMMUNE_VIEWER, place=road.commune)
    for user, status in ((road.here, 403), (road.viewer, 403), (two, 403), (road.barrier, 403)):
        assert as_(user).post(url("family_phone", row.code)).status_code == status
    abroad = make_user(Role.COORDINATOR, road.places.city, username="dieuphoi-hcm")
    assert as_(abroad).post(url("family_phone", row.code)).status_code == 404
    assert not Read.objects.filter(kind="reveal").exists()
