"""The coordinators' pages: for whom they open, what a second press, a wrong form or a GET gives."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.places.models import Place
from portal.records.models import Event, Read
from repatriation.intake.actions import set_limits
from repatriation.models import Offer, Registration, Trip, Wave
from repatriation.seats.by_hand import hold_family
from repatriation.seats.filling import fill_trip
from tests.factories import make_user
from tests.repatriation.trips.test_waves import wave
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, bus, family, same_cost, text_of


class Post(NamedTuple):
    address: str
    data: dict[str, Any]


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


@pytest.fixture
def abroad(road: SimpleNamespace) -> User:
    return make_user(Role.COORDINATOR, road.places.city, username="dieuphoi-hcm")


@pytest.fixture
def posts(road: SimpleNamespace) -> dict[str, Post]:
    """Every button about one family, trip or wave, ready to work."""
    vehicle, held = bus(road), family(road.campaign, road.places)
    hold_family(held, by=road.coordinator, reason="Chờ giấy ra viện")
    seated = family(road.campaign, road.places)
    offered(seated, bus(road))
    large = family(road.campaign, road.places, 3)
    member = large.members.all()[1].pk
    why = "Mẹ già yếu"
    made = wave(road)
    edit = bus(road)
    leaves = timezone.localtime(edit.departs_at)
    return {
        "hold": Post(url("hold", family(road.campaign, road.places).code), {"hold-reason": why}),
        "release": Post(url("release", held.code), {}),
        "seat": Post(
            url("seat", family(road.campaign, road.places).code),
            {"seat-trip": vehicle.pk, "seat-reason": why},
        ),
        "move": Post(url("move", seated.code), {"move-trip": vehicle.pk, "move-reason": why}),
        "split": Post(url("split", large.code), {"split-members": [member], "split-reason": why}),
        "wave": Post(url("wave_step", made.pk, "fill"), {}),
        "edit": Post(
            url("trip_edit", edit.code),
            {
                "day": f"{leaves:%d/%m/%Y}",
                "hour": f"{leaves:%H:%M}",
                "pickup": edit.pickup_id,
                "seats": "29",
                "vehicle_plate": "70B-012.34",
            },
        ),
    }


NAMES = ["hold", "release", "seat", "move", "split", "wave", "edit"]


def everything() -> tuple[int, int, list[Any], int]:
    states = [list(m.objects.order_by("pk").values_list("pk", "status")) for m in (Registration, Trip, Offer)]
    return Event.objects.count(), Message.objects.count(), states, Wave.objects.count()


@pytest.mark.parametrize("name", NAMES)
def test_a_button_works_for_the_coordinator(road: SimpleNamespace, posts: dict[str, Post], name: str) -> None:
    page = as_(road.coordinator).post(posts[name].address, posts[name].data, follow=True)
    assert page.status_code == 200
    assert "message-success" in text_of(page)
    assert "message-error" not in text_of(page)


@pytest.mark.parametrize("name", NAMES)
def test_elsewhere_404_and_without_the_right_403(
    road: SimpleNamespace, posts: dict[str, Post], abroad: User, name: str
) -> None:
    before = everything()
    assert as_(abroad).post(posts[name].address, posts[name].data).status_code == 404
    for who in (road.viewer, road.here, road.barrier, road.leader):
        assert as_(who).post(posts[name].address, posts[name].data).status_code == 403
    assert everything() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_second_press_changes_nothing_more(
    road: SimpleNamespace, posts: dict[str, Post], name: str
) -> None:
    desk = as_(road.coordinator)
    desk.post(posts[name].address, posts[name].data)
    done = everything()
    desk.post(posts[name].address, posts[name].data)
    assert everything()[1:] == done[1:]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "edit"])
def test_a_get_is_405(road: SimpleNamespace, posts: dict[str, Post], name: str) -> None:
    assert as_(road.coordinator).get(posts[name].address).status_code == 405


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("hold", {"hold-reason": " "}, "Vui lòng ghi lý do."),
        ("seat", {"seat-trip": ""}, "Vui lòng chọn một mục."),
        ("seat", {"seat-trip": "999999"}, "không có trong danh sách"),
        ("move", {"move-reason": ""}, "Vui lòng ghi lý do."),
        ("split", {"split-members": []}, "đánh dấu ít nhất một người"),
        ("edit", {"seats": "0"}, "Số nhỏ nhất là 1"),
        ("edit", {"day": "01/01/2020"}, "Giờ này đã qua"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_typed(
    road: SimpleNamespace, posts: dict[str, Post], name: str, changes: dict[str, Any], words: str
) -> None:
    before = everything()
    page = as_(road.coordinator).post(posts[name].address, {**posts[name].data, **changes})
    assert page.status_code == 422
    assert words in text_of(page)
    assert everything() == before


def test_a_refusal_by_the_rules_keeps_what_was_typed(road: SimpleNamespace) -> None:
    row, small = family(road.campaign, road.places, 3), bus(road, seats=2)
    data = {"seat-trip": small.pk, "seat-reason": "Mẹ già yếu"}
    page = as_(road.coordinator).post(url("seat", row.code), data)
    assert page.status_code == 422
    assert "xe còn 2 chỗ" in text_of(page)
    assert "Mẹ già yếu" in text_of(page)


def test_the_familys_page_says_why_it_was_passed_over_and_that_it_is_held(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3, score=9)
    family(road.campaign, road.places, 2)
    fill_trip(bus(road, seats=2), by=road.coordinator)
    hold_family(row, by=road.coordinator, reason="Chờ giấy ra viện")
    page = text_of(as_(road.coordinator).get(url("family", row.code)))
    assert "Gia đình 3 người, xe còn 2 chỗ" in page
    assert "Thứ tự của gia đình được giữ nguyên" in page
    assert "Chờ giấy ra viện" in page
    assert url("hold", row.code) not in text_of(as_(road.here).get(url("family", row.code)))
    held = as_(road.coordinator).get(url("queue"), {"held": "on"})
    assert [one.code for one in held.context["page"]] == [row.code]


def test_who_was_passed_over_is_listed_searched_and_exported(road: SimpleNamespace) -> None:
    large = family(road.campaign, road.places, 3, score=9, names=["Trần Văn Đức"])
    alone = family(road.campaign, road.places, 1, score=8, needs_escort=True)
    family(road.campaign, road.places, 2)
    vehicle = bus(road, seats=2)
    desk, address = as_(road.coordinator), url("trip_passed", vehicle.code)
    assert "Không có gia đình nào" in text_of(desk.get(address))
    fill_trip(vehicle, by=road.coordinator)

    def found(**asked: str) -> list[str]:
        return [row.registration.code for row in desk.get(address, asked).context["page"]]

    assert found() == [large.code, alone.code]
    assert found(why="needs_escort") == [alone.code]
    assert found(q="duc") == [large.code]
    assert found(q="~", why="x") in ([], [large.code, alone.code])
    assert desk.get(address, {"export": "xlsx"})["Content-Type"].endswith("sheet")
    assert Read.objects.filter(user=road.coordinator, kind="export").exists()


def test_the_lists_cost_the_same_at_one_row_and_at_thirty(road: SimpleNamespace) -> None:
    desk, vehicle = as_(road.coordinator), bus(road, seats=2)

    def pass_over(number: int) -> None:
        family(road.campaign, road.places, 3, score=100 + number)
        Trip.objects.filter(pk=vehicle.pk).update(status="open")
        fill_trip(Trip.objects.get(pk=vehicle.pk), by=road.coordinator)

    same_cost(desk, url("trip_passed", vehicle.code), pass_over, rows=8)  # within one page
    made = wave(road, 1)

    def add(number: int) -> None:
        bus(road, wave=made, departs_at=timezone.now() + dt.timedelta(days=3, minutes=number))

    same_cost(desk, url("wave", made.pk), add)
    start = timezone.localdate()

    def limit(number: int) -> None:
        place = Place.objects.create(
            kind="commune", code=f"9{number:04}", name=f"Xã Số {number}", parent=road.places.home
        )
        set_limits([place], start, start, number, by=road.coordinator)

    same_cost(desk, url("intake"), limit, rows=15)  # within one page
