"""The pages of the communes' limits and of waves of trips."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.places.models import Place
from repatriation.intake.actions import set_limits
from repatriation.models import Intake, Trip, Wave
from repatriation.trips import waves
from tests.factories import make_user
from tests.repatriation.trips.test_waves import wave
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, bus, family, text_of


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


@pytest.fixture
def abroad(road: SimpleNamespace) -> User:
    return make_user(Role.COORDINATOR, road.places.city, username="dieuphoi-hcm")


# Intake


def limits(**changes: Any) -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=1)
    values = {"first_day": f"{day:%d/%m/%Y}", "last_day": f"{day:%d/%m/%Y}", "people_limit": "20"}
    return {**values, **changes}


def test_a_coordinator_sets_limits_for_ticked_communes(road: SimpleNamespace) -> None:
    desk = as_(road.coordinator)
    page = desk.post(url("intake_set"), limits(communes=[road.commune.pk, road.other.pk]), follow=True)
    assert "Đã đặt giới hạn ở 2 ô" in text_of(page)
    assert "trong 20" in text_of(page)
    again = desk.post(url("intake_set"), limits(communes=[road.commune.pk]), follow=True)
    assert "Không có gì thay đổi" in text_of(again)
    off = desk.post(url("intake_set"), limits(everywhere="on", people_limit="", no_limit="on"), follow=True)
    assert "Đã bỏ giới hạn ở 2 ô" in text_of(off)
    assert not Intake.objects.exists()


def test_a_commune_officer_sees_and_sets_the_own_commune_alone(road: SimpleNamespace) -> None:
    here = as_(road.here)
    page = here.get(url("intake"))
    assert [line.commune for line in page.context["lines"]] == [road.commune]
    elsewhere = here.post(url("intake_set"), limits(communes=[road.other.pk]))
    assert elsewhere.status_code == 422
    assert not Intake.objects.exists()
    here.post(url("intake_set"), limits())
    assert list(Intake.objects.values_list("commune", "people_limit", "set_by")) == [
        (road.commune.pk, 20, road.here.pk)
    ]


def test_who_may_only_look_sees_and_does_not_set(road: SimpleNamespace, abroad: User) -> None:
    assert as_(road.viewer).get(url("intake")).status_code == 200
    assert "set-limits" not in text_of(as_(road.viewer).get(url("intake")))
    assert as_(road.viewer).post(url("intake_set"), limits()).status_code == 403
    assert as_(road.coordinator).get(url("intake_set")).status_code == 405
    for who in (road.barrier, road.leader, road.health):
        assert as_(who).get(url("intake")).status_code == 403
    assert as_(abroad).get(url("intake")).context["lines"] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Chưa chọn nơi nào"),
        ({"communes": ["1"]}, "không thuộc địa bàn"),
        ({"communes": ["x"]}, "không thuộc địa bàn"),
        ({"everywhere": "on", "people_limit": "-1"}, "Số nhỏ nhất là 0"),
        ({"everywhere": "on", "people_limit": ""}, "hoặc chọn bỏ giới hạn"),
        ({"everywhere": "on", "people_limit": "nhiều"}, "Vui lòng ghi một số nguyên"),
        ({"everywhere": "on", "first_day": "01/01/2020"}, "Ngày này đã qua"),
        ({"everywhere": "on", "last_day": "01/01/2020"}, "Ngày cuối phải từ ngày đầu"),
        ({"everywhere": "on", "last_day": "01/01/2099"}, "tối đa hai tháng"),
    ],
)
def test_what_is_wrong_with_a_limit_is_said(
    road: SimpleNamespace, changes: dict[str, Any], words: str
) -> None:
    page = as_(road.coordinator).post(url("intake_set"), limits(**changes))
    assert page.status_code == 422
    assert words in text_of(page)
    assert not Intake.objects.exists()


def test_a_limit_below_what_is_taken_is_said_with_the_numbers(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    offered(family(road.campaign, road.places, 3), vehicle)
    day = f"{timezone.localdate(vehicle.departs_at):%d/%m/%Y}"
    data = limits(everywhere="on", first_day=day, last_day=day, people_limit="2")
    page = as_(road.coordinator).post(url("intake_set"), data)
    assert page.status_code == 422
    assert "đã có 3 người được xếp chỗ" in text_of(page)


def test_limits_are_searched_filtered_and_exported(road: SimpleNamespace) -> None:
    start = timezone.localdate()
    set_limits([road.other], start, start, 0, by=road.coordinator)
    desk = as_(road.coordinator)

    def found(**asked: str) -> list[Place]:
        return [line.commune for line in desk.get(url("intake"), asked).context["lines"]]

    assert found(q="trang bang") == [road.other]
    assert found(only="full") == found(only="limited") == [road.other]
    assert found(q="~~") == []
    assert len(found(first="x", only="y")) == 3
    assert desk.get(url("intake"), {"export": "csv"}).status_code == 200


# A wave by its form


def wave_data(road: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    first = timezone.localdate() + dt.timedelta(days=2)
    values = {
        "client_key": str(uuid.uuid4()),
        "name": "Đợt xe đầu",
        "campaign": road.campaign.pk,
        "gateway": road.checkpoint.pk,
        "first_day": f"{first:%d/%m/%Y}",
        "last_day": f"{first + dt.timedelta(days=1):%d/%m/%Y}",
        "pickups-TOTAL_FORMS": "2",
        "pickups-INITIAL_FORMS": "0",
        "pickups-0-place": road.places.pickup.pk,
        "pickups-0-times": "8h, 10:00",
        "vehicles-TOTAL_FORMS": "2",
        "vehicles-INITIAL_FORMS": "0",
        "vehicles-0-count": "1",
        "vehicles-0-seats": "45",
        "vehicles-1-count": "1",
        "vehicles-1-seats": "16",
        "vehicles-1-has_escort": "on",
    }
    return {**values, **changes}


def preview(desk: Client, data: dict[str, Any]) -> dict[str, Any]:
    page = desk.post(url("wave_add"), {**data, "preview": "1"})
    assert page.status_code == 200
    keys = [one.key for one in page.context["planned"]]
    return {**data, "make": "1", "seen": page.context["seen"], "keep": keys}


def test_a_wave_is_previewed_and_made_without_the_unticked_trip(road: SimpleNamespace) -> None:
    desk = as_(road.coordinator)
    data = preview(desk, wave_data(road))
    assert not Trip.objects.exists()
    assert len(data["keep"]) == 8
    data["keep"] = data["keep"][1:]
    page = desk.post(url("wave_add"), data, follow=True)
    assert "Đã lập đợt xe" in text_of(page)
    made = Wave.objects.get()
    assert made.trips.count() == 7
    assert made.trips.filter(has_escort=True, seats=16).count() in (3, 4)
    desk.post(url("wave_add"), data)
    assert (Wave.objects.count(), Trip.objects.count()) == (1, 7)
    listed = desk.get(url("trip_list"), {"wave": made.pk}).context["page"]
    assert listed.total == 7


def test_the_preview_of_a_wave_says_how_many_each_trip_would_invite(road: SimpleNamespace) -> None:
    for number in range(3):
        family(road.campaign, road.places, 3, score=9 - number)
    data = {**wave_data(road, **{"vehicles-0-seats": "4"}), "preview": "1"}
    page = as_(road.coordinator).post(url("wave_add"), data)
    assert "còn trống 1 chỗ" in text_of(page)
    found = page.context
    assert [one.people for one in found["preview"].of_trips.values()][:3] == [3, 6, 0]
    assert (found["preview"].families, found["preview"].people) == (3, 9)
    first = found["planned"][0].key
    again = {**data, "seen": found["seen"], "keep": [one.key for one in found["planned"][1:]]}
    without = as_(road.coordinator).post(url("wave_add"), again)
    assert first not in without.context["preview"].of_trips
    assert without.context["preview"].people == 9


def test_a_form_that_changed_after_the_preview_is_shown_again(road: SimpleNamespace) -> None:
    desk = as_(road.coordinator)
    data = preview(desk, wave_data(road))
    page = desk.post(url("wave_add"), {**data, "vehicles-0-seats": "29"})
    assert "Vui lòng xem lại danh sách chuyến" in text_of(page)
    assert not Wave.objects.exists()


def test_no_ticked_trip_is_refused(road: SimpleNamespace) -> None:
    desk = as_(road.coordinator)
    page = desk.post(url("wave_add"), {**preview(desk, wave_data(road)), "keep": []})
    assert "ít nhất một chuyến" in text_of(page)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Vui lòng điền mục này"),
        ({"last_day": "01/01/2020"}, "Ngày cuối phải từ ngày đầu"),
        ({"first_day": "x"}, "Không đọc được ngày này"),
        ({"pickups-0-times": "25:00"}, "Không đọc được giờ này"),
        ({"pickups-0-times": "8h, 08:00"}, "Có giờ ghi hai lần"),
        ({"pickups-0-place": ""}, "Vui lòng chọn một mục"),
        ({"vehicles-0-seats": "0"}, "Số nhỏ nhất là 1"),
        ({"vehicles-0-plates": "70B-1, 70B-2"}, "nhiều biển số hơn số xe"),
        ({"vehicles-0-count": "20", "vehicles-1-count": "20", "pickups-0-times": "6h,7h,8h"}, "tối đa 200"),
        ({"client_key": "x"}, "Trang đã cũ"),
    ],
)
def test_what_is_wrong_with_a_wave_is_said(
    road: SimpleNamespace, changes: dict[str, Any], words: str
) -> None:
    page = as_(road.coordinator).post(url("wave_add"), wave_data(road, **changes))
    assert page.status_code == 422
    assert words in text_of(page)


def test_a_larger_wave_is_left_to_the_worker_and_the_page_says_how_far(road: SimpleNamespace) -> None:
    desk, made = as_(road.coordinator), wave(road, waves.DONE_AT_ONCE + 1)
    page = desk.post(url("wave_step", made.pk, "fill"), follow=True)
    assert "0/4 chuyến" in text_of(page)
    waves.take_asked_steps()
    page = desk.get(url("wave", made.pk))
    assert "Đang làm từng chuyến" not in text_of(page)
    assert "Chốt cả đợt" in text_of(page)
    assert desk.get(url("wave", made.pk), {"export": "xlsx"}).status_code == 200
    assert desk.post(url("wave_step", made.pk, "dance")).status_code == 404


def test_only_the_coordinator_plans_waves(road: SimpleNamespace, abroad: User) -> None:
    made = wave(road)
    for who in (road.here, road.viewer, road.barrier, road.leader):
        assert as_(who).get(url("wave_add")).status_code == 403
        assert as_(who).get(url("wave", made.pk)).status_code == 403
    assert as_(abroad).get(url("wave", made.pk)).status_code == 404
