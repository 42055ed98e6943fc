"""The boarding page: plain presses, and entries that a device sends when its line is back."""

from __future__ import annotations

import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.records.models import Event, Read
from repatriation.models import Boarding, Offer, Registration, Trip
from repatriation.trips import actions as trips
from tests.markup import one_line
from tests.repatriation.world.boarding import closed, escort, get_on, on_board, walk_on
from tests.repatriation.world.road import as_, at_departure, bus, family, people_of, queries, seated, text_of


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


@pytest.fixture
def rider(road: SimpleNamespace) -> Client:
    return as_(escort(road))


@pytest.fixture
def two(road: SimpleNamespace) -> SimpleNamespace:
    """A closed trip with two families."""
    first = family(road.campaign, road.places, 2, names=["Trần Thị Bưởi", "Trần Văn Cam"])
    second = family(road.campaign, road.places, 3, names=["Lê Văn Dừa", "Lê Thị Dừa", "Lê Bé"])
    return SimpleNamespace(first=first, second=second, trip=closed(road, first, second))


def press(browser: Client, trip: Trip, do: str, **fields: Any) -> Any:
    data = {"client_key": uuid.uuid4(), "do": do, **fields}
    return browser.post(url("boarding", trip.code), data)


def stranger(**changes: Any) -> dict[str, Any]:
    """The form for people without a registration, filled in."""
    return {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 0,
        "form-0-full_name": "Ngô Văn Khách",
        "form-0-birth": "1990",
        "phone": "0907 777 001",
        "reason": "Còn chỗ",
        **changes,
    }


def send(browser: Client, trip: Trip, *entries: dict[str, Any]) -> Any:
    body = {"entries": [[[name, str(value)] for name, value in one.items()] for one in entries]}
    return browser.post(url("boarding_send", trip.code), json.dumps(body), content_type="application/json")


def entry(do: str, **fields: Any) -> dict[str, Any]:
    return {"client_key": str(uuid.uuid4()), "do": do, **fields}


# The page


def test_the_page_lists_who_is_waited_for_and_the_reading_is_logged(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    get_on(road, two.trip, two.first)
    page = one_line(text_of(rider.get(url("boarding", two.trip.code))))
    assert '<span data-boarded>2</span><span class="quiet">/5</span>' in page
    for words in ("Trần Thị Bưởi", two.second.code, "40 chỗ trống", f"tel:{two.first.phone}"):
        assert words in page
    assert str(people_of(two.first)[0].identity_number) not in page
    read = Read.objects.get(kind="page")
    assert len(read.subject_ids) == 5


def test_an_empty_trip_says_what_to_do(road: SimpleNamespace, rider: Client) -> None:
    assert "Chưa có ai trên chuyến này" in text_of(rider.get(url("boarding", closed(road).code)))


def test_an_open_trip_shows_its_list_without_buttons(road: SimpleNamespace, rider: Client) -> None:
    trip = bus(road)
    seated(family(road.campaign, road.places), trip)
    page = text_of(rider.get(url("boarding", trip.code)))
    assert "hiện không ghi lên xe" in page
    assert 'value="board"' not in page


@pytest.mark.parametrize("name", ["boarding", "boarding_send", "boarding_worker"])
def test_elsewhere_404_and_without_the_right_403(
    road: SimpleNamespace, two: SimpleNamespace, name: str
) -> None:
    method = "post" if name == "boarding_send" else "get"
    address = url(name, two.trip.code)
    assert getattr(as_(road.far_barrier), method)(address).status_code == 404
    for user in (road.here, road.viewer, road.leader, road.health):
        assert getattr(as_(user), method)(address).status_code == 403


def test_a_get_sends_nothing(rider: Client, two: SimpleNamespace) -> None:
    assert rider.get(url("boarding_send", two.trip.code)).status_code == 405


def test_the_page_costs_the_same_with_more_families(road: SimpleNamespace, rider: Client) -> None:
    small = closed(road, family(road.campaign, road.places))
    rows = [family(road.campaign, road.places) for _one in range(15)]
    large = closed(road, *rows)
    get_on(road, small, Registration.objects.get(offers__trip=small))
    for row in rows[:9]:
        get_on(road, large, row)
    assert queries(rider, url("boarding", small.code)) == queries(rider, url("boarding", large.code))


# Presses without a script


@pytest.mark.parametrize("shown", ["code", "small", "address", "card", "number", "name"])
def test_whatever_they_show_the_whole_family_gets_on(rider: Client, two: SimpleNamespace, shown: str) -> None:
    person = people_of(two.first)[0]
    born = f"{person.birth_date:%d%m%Y}"
    text = {
        "code": two.first.code,
        "small": two.first.code.lower().replace("-", " "),
        "address": f"https://portal.example/x/{two.first.code}/",
        "card": f"{person.identity_number}||{person.full_name}|{born}|Nữ|Tây Ninh|01012021",
        "number": str(person.identity_number),
        "name": "tran thi buoi",
    }[shown]
    page = press(rider, two.trip, "scan", q=text)
    assert "2 người lên xe" in text_of(page)
    assert on_board(two.trip) == {one.pk for one in people_of(two.first)}
    assert Read.objects.filter(kind="boarding").count() == 1
    assert str(person.identity_number) not in Read.objects.get(kind="boarding").reason


def test_scanned_again_it_says_by_whom_and_when(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    get_on(road, two.trip, two.first)
    page = text_of(press(rider, two.trip, "scan", q=two.first.code))
    assert "Đã lên xe từ trước" in page
    assert road.barrier.full_name in page
    assert Boarding.objects.count() == 2


def test_a_name_that_several_have_is_chosen_from(rider: Client, road: SimpleNamespace) -> None:
    rows = [family(road.campaign, road.places, 1, names=["Võ Thị Sen"]) for _one in range(2)]
    trip = closed(road, *rows)
    page = text_of(press(rider, trip, "scan", q="vo thi sen"))
    assert "Chọn gia đình" in page
    assert all(row.code in page for row in rows)
    assert not Boarding.objects.exists()


def test_another_trip_is_named_and_may_be_left_for_this_one(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    row = family(road.campaign, road.places, 2)
    other = closed(road, row)
    page = text_of(press(rider, two.trip, "scan", q=row.code))
    assert f"Chuyến khác: {other.code}" in page
    assert 'value="walk_on"' in page
    page = press(rider, two.trip, "walk_on", code=row.code, reason="Lỡ chuyến kia")
    assert "2 người lên xe" in text_of(page)
    assert Offer.objects.get(registration=row, status="confirmed").trip == two.trip


@pytest.mark.parametrize("text", ["TN-00000-0", "không ai cả", "1", "|||", "\0", "x" * 3000, "079184000000"])
def test_what_means_nobody_is_said_and_logged(rider: Client, two: SimpleNamespace, text: str) -> None:
    page = press(rider, two.trip, "scan", q=text)
    assert page.status_code == 200
    assert "Không tìm thấy" in text_of(page)
    assert Read.objects.filter(kind="boarding").count() == 1


def test_a_name_of_somebody_not_on_the_trip_finds_nobody(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    family(road.campaign, road.places, 1, names=["Đinh Công Tráng"])
    assert "Không tìm thấy" in text_of(press(rider, two.trip, "scan", q="dinh cong trang"))


def test_one_person_gets_on_and_off(rider: Client, two: SimpleNamespace) -> None:
    person = people_of(two.first)[1]
    press(rider, two.trip, f"board:{person.pk}", code=two.first.code)
    assert on_board(two.trip) == {person.pk}
    assert "Đã bỏ ghi lên xe" in text_of(press(rider, two.trip, f"undo:{person.pk}", code=two.first.code))
    assert on_board(two.trip) == set()
    assert "chưa được ghi" in text_of(press(rider, two.trip, f"undo:{person.pk}"))


def test_a_family_is_given_up(rider: Client, two: SimpleNamespace) -> None:
    assert "Đã ghi vắng" in text_of(press(rider, two.trip, "absent", code=two.second.code))
    two.second.refresh_from_db()
    assert two.second.status == "no_show"
    page = one_line(text_of(rider.get(url("boarding", two.trip.code))))
    assert '<span class="quiet">/2</span>' in page


def test_strangers_get_on(road: SimpleNamespace, rider: Client, two: SimpleNamespace) -> None:
    page = press(rider, two.trip, "strangers", **stranger(home=road.commune.pk))
    assert "1 người lên xe" in text_of(page)
    assert "Ngô Văn Khách" in text_of(page)
    assert Boarding.objects.get().reason == "Còn chỗ"


@pytest.mark.parametrize(
    ("do", "fields", "words"),
    [
        ("walk_on", {"code": "TN-00000-0", "reason": "Còn chỗ"}, "Không tìm thấy mã này"),
        ("walk_on", {"code": "", "reason": "Còn chỗ"}, "Vui lòng quét hoặc gõ mã"),
        ("walk_on", {"code": "TN-00000-0", "reason": ""}, "Vui lòng ghi lý do"),
        ("strangers", {}, "Trang đã cũ"),
        ("strangers", stranger(**{"form-TOTAL_FORMS": 0}), "Vui lòng"),
        ("strangers", stranger(reason=""), "Vui lòng ghi lý do"),
        ("strangers", stranger(), "Vui lòng chọn xã, phường"),
        ("strangers", stranger(**{"form-0-full_name": ""}), "Vui lòng ghi họ và tên"),
        ("board", {"code": "TN-00000-0"}, "không có trên chuyến"),
        ("board:999999999", {}, "không có trên chuyến"),
        ("absent", {"code": "\0"}, "không có trên chuyến"),
        ("explode", {}, "Vui lòng tải lại trang"),
        ("undo:x", {}, "Trang đã cũ"),
        ("scan", {"client_key": "x", "q": "a"}, "Trang đã cũ"),
        ("scan", {"at": "9" * 30, "q": "a"}, "Trang đã cũ"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    rider: Client, two: SimpleNamespace, do: str, fields: dict[str, Any], words: str
) -> None:
    events = Event.objects.count()
    page = press(rider, two.trip, do, **fields)
    assert page.status_code == 422
    assert words in text_of(page)
    assert not Boarding.objects.exists()
    assert Event.objects.count() == events


def test_the_lookup_of_a_walk_on_is_logged(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    row = family(road.campaign, road.places, 1)
    press(rider, two.trip, "walk_on", code=row.code, reason="Còn chỗ")
    assert Read.objects.get(kind="boarding").subject_ids == [people_of(row)[0].pk]


# What a device sends


def test_entries_are_taken_in_order_and_a_resend_changes_nothing(rider: Client, two: SimpleNamespace) -> None:
    first = people_of(two.first)[0]
    entries = [
        entry("board", code=two.first.code, at=1_000),
        entry(f"undo:{first.pk}", at=2_000),
        entry("board", code=two.second.code),
    ]
    for _time in range(2):
        results = send(rider, two.trip, *entries).json()["results"]
        assert [one["key"] for one in results] == [one["client_key"] for one in entries]
        assert not any(one["refused"] for one in results)
    assert len(on_board(two.trip)) == 4
    assert Boarding.objects.count() == 5
    assert Boarding.objects.order_by("pk").first().at.year == 1970


def test_what_is_refused_says_why_and_the_rest_is_taken(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    large = family(road.campaign, road.places, 50)
    results = send(
        rider,
        two.trip,
        entry("walk_on", code=large.code, reason="Còn chỗ"),
        entry("board", code=two.first.code),
    ).json()["results"]
    assert [one["refused"] for one in results] == [True, False]
    assert "chỉ còn 40 chỗ" in results[0]["text"]
    assert len(on_board(two.trip)) == 2


def test_after_the_count_a_late_entry_is_refused_with_the_reason(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    at_departure(two.trip)
    for step in (trips.depart_trip, trips.arrive_trip, trips.reconcile_trip):
        step(two.trip, by=road.coordinator)
    (result,) = send(rider, two.trip, entry("board", code=two.first.code)).json()["results"]
    assert result["refused"]
    assert "đã đối chiếu" in result["text"]


NO_ENTRIES = ["", "x", "[]", "{}", '{"entries": 5}', '{"entries": [5]}', '{"entries": [["ab"]]}', "null"]
NESTED = f'{{"entries": {"[" * 50_000}{"]" * 50_000}}}'
HUGE = '{"entries": [[["do", "undo:' + "9" * 5_000 + '"]]]}'


@pytest.mark.parametrize("body", [*NO_ENTRIES, NESTED, HUGE], ids=lambda body: body[:20])
def test_what_cannot_be_read_is_400_or_refused(rider: Client, two: SimpleNamespace, body: str) -> None:
    answer = rider.post(url("boarding_send", two.trip.code), body, content_type="application/json")
    assert answer.status_code == 400 or all(one["refused"] for one in answer.json()["results"])
    assert not Boarding.objects.exists()


def test_sent_without_the_token_of_the_page_it_is_refused(
    road: SimpleNamespace, two: SimpleNamespace
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(road.barrier)
    assert send(strict, two.trip, entry("board", code=two.first.code)).status_code == 403
    assert not Boarding.objects.exists()


def test_sent_after_the_session_ended_it_is_led_to_sign_in(two: SimpleNamespace) -> None:
    answer = send(Client(), two.trip, entry("board", code=two.first.code))
    assert answer.status_code == 302
    assert not Boarding.objects.exists()


def test_the_worker_is_a_script_below_the_pages_own_address(rider: Client, two: SimpleNamespace) -> None:
    answer = rider.get(url("boarding_worker", two.trip.code))
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer
    assert url("boarding_worker", two.trip.code).startswith(url("boarding", two.trip.code))
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_the_escort_sees_no_other_page_of_the_trip(
    road: SimpleNamespace, rider: Client, two: SimpleNamespace
) -> None:
    walk_on(road, two.trip, family(road.campaign, road.places, 1))
    for name in ("trip", "family"):
        code = two.trip.code if name == "trip" else two.first.code
        assert rider.get(url(name, code)).status_code in {403, 404}
    assert rider.get(url("checkpoint")).status_code == 403
