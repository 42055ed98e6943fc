"""The officers' buttons: for whom they work, and what a second press, a wrong state or a GET gives."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.records.models import Event
from repatriation.handover.actions import accept, refuse
from repatriation.models import Handover, Registration, Trip
from repatriation.trips.actions import arrive_trip, reconcile_trip
from tests.factories import make_user
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, bus, family, handed_over, key_of, on_the_road, text_of


class Post(NamedTuple):
    """One button: who may press it, who has the same right elsewhere, who sees but may not."""

    address: str
    data: dict[str, Any]
    by: User
    elsewhere: User
    looks: User


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


@pytest.fixture
def posts(road: SimpleNamespace) -> dict[str, Post]:
    """Every button of the officers, ready to work."""
    abroad = make_user(Role.COORDINATOR, road.places.city, username="dieuphoi-hcm")
    absent = family(road.campaign, road.places)
    gone = on_the_road(road, absent)
    arrive_trip(gone, by=road.coordinator)
    reconcile_trip(gone, by=road.coordinator)
    family(road.campaign, road.places)
    refused, taken = handed_over(road), handed_over(road)
    refuse(refused, by=road.here, reason="Hết chỗ")
    accept(taken, by=road.here)
    coordinator = (road.coordinator, abroad, road.viewer)
    commune = (road.here, road.outside, road.viewer)
    to = {"reroute-to_place": road.other.pk, "reroute-reason": "Xã bên còn chỗ"}
    reason = {"reason": "Xe hỏng"}
    return {
        "requeue": Post(url("requeue", absent.code), {}, *coordinator),
        "fill": Post(url("trip_fill", bus(road).code), {}, *coordinator),
        "cancel": Post(url("trip_cancel", bus(road).code), reason, *coordinator),
        "step": Post(url("trip_step", bus(road).code, "close"), {}, *coordinator),
        "accept": Post(url("handover_accept", key_of(handed_over(road))), {}, *commune),
        "refuse": Post(
            url("handover_refuse", key_of(handed_over(road))), {"refuse-reason": "Hết chỗ"}, *commune
        ),
        "home": Post(url("handover_home", key_of(taken)), {}, *commune),
        "reroute": Post(url("handover_reroute", key_of(refused)), to, road.coordinator, abroad, road.here),
    }


NAMES = ["requeue", "fill", "cancel", "step", "accept", "refuse", "home", "reroute"]


def everything() -> tuple[int, int, list[Any]]:
    """What a press could change: the log, the messages, the states."""
    states = [
        list(model.objects.order_by("pk").values_list("pk", "status"))
        for model in (Registration, Trip, Handover)
    ]
    return Event.objects.count(), Message.objects.count(), states


@pytest.mark.parametrize("name", NAMES)
def test_a_button_works_for_whom_it_is_made(posts: dict[str, Post], name: str) -> None:
    post = posts[name]
    page = as_(post.by).post(post.address, post.data, follow=True)
    assert page.status_code == 200
    assert "message-success" in text_of(page)
    assert "message-error" not in text_of(page)


@pytest.mark.parametrize("name", NAMES)
def test_garbage_as_next_is_left_aside(posts: dict[str, Post], name: str) -> None:
    post = posts[name]
    page = as_(post.by).post(post.address, {**post.data, "next": "abc"}, follow=True)
    assert page.status_code == 200
    assert "message-success" in text_of(page)


@pytest.mark.parametrize("name", NAMES)
def test_elsewhere_the_row_does_not_exist(posts: dict[str, Post], name: str) -> None:
    before = everything()
    assert as_(posts[name].elsewhere).post(posts[name].address, posts[name].data).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("name", NAMES)
def test_who_may_only_look_is_forbidden(posts: dict[str, Post], name: str) -> None:
    before = everything()
    assert as_(posts[name].looks).post(posts[name].address, posts[name].data).status_code == 403
    assert everything() == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["leader", "admin", "auditor", "health"])
def test_other_offices_are_forbidden(
    road: SimpleNamespace, posts: dict[str, Post], name: str, who: str
) -> None:
    assert as_(getattr(road, who)).post(posts[name].address, posts[name].data).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_sent_to_sign_in(posts: dict[str, Post], name: str, client: Client) -> None:
    page = client.post(posts[name].address, posts[name].data)
    assert page["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("name", NAMES)
def test_a_get_is_405_and_changes_nothing(posts: dict[str, Post], name: str) -> None:
    before = everything()
    assert as_(posts[name].by).get(posts[name].address).status_code == 405
    assert everything() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_second_press_changes_nothing_more(posts: dict[str, Post], name: str) -> None:
    browser, post = as_(posts[name].by), posts[name]
    browser.post(post.address, post.data)
    after = everything()
    page = browser.post(post.address, post.data, follow=True)
    assert page.status_code == 200
    assert everything() == after


WRONG = ["requeue", "cancel", "step", "accept", "refuse"]


@pytest.mark.parametrize("name", WRONG)
def test_a_press_too_late_says_how_it_stands_now(posts: dict[str, Post], name: str) -> None:
    browser, post = as_(posts[name].by), posts[name]
    browser.post(post.address, post.data, follow=True)
    assert "message-error" in text_of(browser.post(post.address, post.data, follow=True))


def test_home_before_the_acceptance_is_refused(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    page = as_(road.here).post(url("handover_home", key_of(rows)), follow=True)
    assert "Chỉ xác nhận về nhà sau khi đã tiếp nhận" in text_of(page)
    assert not Handover.objects.exclude(home_safe_at=None).exists()


def test_a_second_officer_reads_who_accepted(road: SimpleNamespace) -> None:
    address = url("handover_accept", key_of(handed_over(road)))
    as_(road.here).post(address)
    page = text_of(as_(road.same).post(address, follow=True))
    assert "đã được Xã Hưng Thuận tiếp nhận lúc" in page
    assert "Nguyễn Thị Hạnh" in page


@pytest.mark.parametrize(
    ("name", "field", "sentence"),
    [
        ("refuse", "refuse-reason", "Vui lòng ghi lý do."),
        ("reroute", "reroute-to_place", "Vui lòng gõ tên xã, phường"),
    ],
)
def test_what_is_missing_is_said_at_the_field(
    posts: dict[str, Post], name: str, field: str, sentence: str
) -> None:
    before = everything()
    page = as_(posts[name].by).post(posts[name].address, {**posts[name].data, field: ""})
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert everything() == before


def test_people_are_sent_on_only_within_the_province(road: SimpleNamespace, posts: dict[str, Post]) -> None:
    data = {"reroute-to_place": road.places.city_commune.pk}
    page = as_(road.coordinator).post(posts["reroute"].address, data)
    assert page.status_code == 422


def test_cancelling_without_a_reason_is_refused(road: SimpleNamespace) -> None:
    trip = bus(road)
    page = as_(road.coordinator).post(url("trip_cancel", trip.code), {"reason": " "})
    assert page.status_code == 422
    assert "Vui lòng ghi lý do." in text_of(page)
    assert Trip.objects.get(pk=trip.pk).status == "open"


def test_too_long_a_reason_is_kept_to_be_shortened(road: SimpleNamespace, posts: dict[str, Post]) -> None:
    reason = "Xe hỏng giữa đường. " * 20
    forms = {"cancel": "reason", "refuse": "refuse-reason", "reroute": "reroute-reason"}
    for name, field in forms.items():
        post = posts[name]
        page = as_(post.by).post(post.address, {**post.data, field: reason})
        assert page.status_code == 422, name
        assert "300" in text_of(page), name
        assert "Vui lòng ghi lý do" not in text_of(page), name
        assert reason.strip() in text_of(page), name
    assert not Trip.objects.filter(status="cancelled").exists()


def test_a_cancelled_trip_says_so_even_without_a_reason(road: SimpleNamespace) -> None:
    trip = bus(road, status="cancelled")
    page = as_(road.coordinator).post(url("trip_cancel", trip.code), {"reason": ""}, follow=True)
    assert page.status_code == 200
    assert "Vui lòng" in text_of(page)


def test_a_step_that_nobody_knows_is_404(road: SimpleNamespace) -> None:
    assert as_(road.coordinator).post(url("trip_step", bus(road).code, "explode")).status_code == 404


@pytest.mark.parametrize("code", ["CX-00000-0", "x", "%00", "Đ"])
@pytest.mark.parametrize("name", ["trip", "manifest", "family"])
def test_a_code_that_is_nobodys_is_404(road: SimpleNamespace, name: str, code: str) -> None:
    address = url(name, "CODE").replace("CODE", code)
    assert as_(road.coordinator).get(address).status_code == 404


def test_a_planned_trip_is_opened_by_filling_it(road: SimpleNamespace) -> None:
    family(road.campaign, road.places, 3)
    trip = bus(road, status="planned")
    page = as_(road.coordinator).post(url("trip_fill", trip.code), follow=True)
    assert "Đã mời 1 gia đình, 3 người." in text_of(page)
    trip.refresh_from_db()
    assert (trip.status, trip.seats_taken) == ("open", 3)


def test_a_planned_trip_that_leaves_too_soon_to_ask_stays_planned(road: SimpleNamespace) -> None:
    trip = bus(road, status="planned", departs_at=timezone.now() + dt.timedelta(minutes=90))
    page = as_(road.coordinator).post(url("trip_fill", trip.code), follow=True)
    assert "gia đình không kịp trả lời" in text_of(page)
    trip.refresh_from_db()
    assert trip.status == "planned"
    assert not Event.objects.filter(verb="open", subject_id=trip.pk).exists()


def test_filling_says_who_was_passed_over(road: SimpleNamespace) -> None:
    large = family(road.campaign, road.places, 5, score=9)
    family(road.campaign, road.places, 2)
    page = as_(road.coordinator).post(url("trip_fill", bus(road, seats=4).code), follow=True)
    assert large.code in text_of(page)
    assert "1 gia đình đứng trước chưa xếp được" in text_of(page)
    assert "Gia đình 5 người, xe còn 4 chỗ" in text_of(page)


def test_filling_when_nobody_fits_says_so(road: SimpleNamespace) -> None:
    page = as_(road.coordinator).post(url("trip_fill", bus(road).code), follow=True)
    assert "Không có gia đình nào đang chờ vừa với số chỗ còn trống" in text_of(page)


def test_after_the_press_the_list_comes_back_but_no_foreign_page(road: SimpleNamespace) -> None:
    here = as_(road.here)
    address = url("handover_accept", key_of(handed_over(road)))
    assert here.post(address, {"next": "/officer/today/?tab=handovers"})["Location"] == (
        "/officer/today/?tab=handovers"
    )
    rows = handed_over(road)
    page = here.post(url("handover_accept", key_of(rows)), {"next": "https://example.com/"})
    assert page["Location"] == url("party", key_of(rows))


def test_a_party_that_does_not_exist_is_404(road: SimpleNamespace) -> None:
    for name in ("party", "handover_accept"):
        address = url(name, uuid.uuid4())
        browser = as_(road.here)
        page = browser.get(address) if name == "party" else browser.post(address)
        assert page.status_code == 404


def test_the_checkpoint_sees_its_party_and_may_not_decide(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    browser = as_(road.barrier)
    assert browser.get(url("party", key_of(rows))).status_code == 200
    assert browser.post(url("handover_accept", key_of(rows))).status_code == 403


def test_the_commune_in_which_the_checkpoint_lies_sees_the_party_and_may_not_decide(
    road: SimpleNamespace,
) -> None:
    rows = handed_over(road)
    assert road.checkpoint.path.startswith(road.other.path)
    browser = as_(road.elsewhere)
    assert browser.get(url("party", key_of(rows))).status_code == 200
    assert browser.post(url("handover_accept", key_of(rows))).status_code == 403


def test_a_party_sent_on_is_no_longer_the_first_communes_to_decide(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    as_(road.coordinator).post(url("handover_reroute", key_of(rows)), {"reroute-to_place": road.other.pk})
    page = text_of(as_(road.here).post(url("handover_accept", key_of(rows)), follow=True))
    assert "message-error" in page
    page = text_of(as_(road.elsewhere).post(url("handover_accept", key_of(rows)), follow=True))
    assert "message-success" in page


def test_requeue_of_a_family_that_waits_for_an_answer_says_its_state(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    offered(row, bus(road))
    page = as_(road.coordinator).post(url("requeue", row.code), follow=True)
    assert "Đã có chỗ, chờ gia đình trả lời" in text_of(page)
