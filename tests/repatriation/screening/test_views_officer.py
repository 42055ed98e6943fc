"""The pages on which communes and the province say whose a family is."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.records.models import Event, Read
from repatriation.models import Registration, Screening
from repatriation.screening import actions
from repatriation.seats.leaving import withdraw
from tests.factories import PersonFactory, make_user
from tests.repatriation.world.road import as_, people_of, text_of
from tests.repatriation.world.screenings import FAMILY, asked, now, overdue, rejected


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
    abroad = make_user(Role.COORDINATOR, road.places.city, username="dieuphoi-hcm")
    commune = (road.here, road.outside, road.viewer)
    disputed = actions.reject(asked(road), by=road.here, reason="Không rõ", suggested=None)
    settle = {"settle-commune": road.third.pk, "settle-reason": "Đã gọi gia đình"}
    return {
        "confirm": Post(url("screening_confirm", asked(road).pk), {}, *commune),
        "ask": Post(url("screening_ask", asked(road).pk), {"ask-question": "Ở tổ mấy?"}, *commune),
        "reject": Post(
            url("screening_reject", asked(road).pk),
            {"not-reason": "Không có ai", "not-suggested": road.other.pk},
            *commune,
        ),
        "settle": Post(url("screening_settle", disputed.pk), settle, road.coordinator, abroad, road.here),
    }


NAMES = ["confirm", "ask", "reject", "settle"]


def everything() -> tuple[int, int, list[Any]]:
    """What a press could change: the log, the messages, the states."""
    rows = Screening.objects.order_by("pk").values_list("pk", "status", "commune")
    homes = Registration.objects.order_by("pk").values_list("pk", "home_commune", "screened_at")
    return Event.objects.count(), Message.objects.count(), [*rows, *homes]


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
@pytest.mark.parametrize("who", ["leader", "admin", "auditor", "health", "barrier"])
def test_other_offices_are_forbidden(
    road: SimpleNamespace, posts: dict[str, Post], name: str, who: str
) -> None:
    assert as_(getattr(road, who)).post(posts[name].address, posts[name].data).status_code == 403


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
    assert browser.post(post.address, post.data, follow=True).status_code == 200
    assert everything() == after


@pytest.mark.parametrize("name", NAMES)
def test_of_a_family_that_has_withdrawn_nothing_is_decided(posts: dict[str, Post], name: str) -> None:
    pk = int(posts[name].address.split("/")[3])
    withdraw(Screening.objects.get(pk=pk).registration, by=FAMILY)
    before = everything()
    page = as_(posts[name].by).post(posts[name].address, posts[name].data, follow=True)
    assert "Gia đình không còn chờ nữa" in text_of(page)
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("ask", {"ask-question": ""}, "Vui lòng ghi điều cần hỏi gia đình."),
        ("reject", {"not-reason": ""}, "vì sao gia đình không thuộc"),
        ("reject", {"not-reason": "x" * 301}, "Tối đa 300 ký tự"),
        ("settle", {"settle-commune": "", "settle-reason": ""}, "Vui lòng ghi căn cứ"),
    ],
)
def test_a_form_that_is_refused_says_what_would_be_right(
    posts: dict[str, Post], name: str, data: dict[str, str], said: str
) -> None:
    before = everything()
    page = as_(posts[name].by).post(posts[name].address, data)
    assert page.status_code == 422
    assert said in text_of(page)
    assert everything() == before


def test_the_own_commune_is_no_other_commune(road: SimpleNamespace) -> None:
    data = {"not-reason": "x", "not-suggested": road.commune.pk}
    page = as_(road.here).post(url("screening_reject", asked(road).pk), data)
    assert page.status_code == 422
    assert "Đây chính là xã, phường mình" in text_of(page)


# Many at once


def test_ticked_families_are_confirmed_together_and_the_others_are_told(road: SimpleNamespace) -> None:
    rows, foreign = [asked(road) for _ in range(3)], asked(road, home_commune=road.other)
    actions.confirm(rows[0], by=road.same)
    data = {"row": [*(row.pk for row in rows), foreign.pk, "abc", "9" * 30, "9" * 5_000]}
    page = as_(road.here).post(url("screening_confirm_many"), data, follow=True)
    assert "Đã xác nhận 2 gia đình." in text_of(page)
    assert "1 gia đình đã được người khác trả lời" in text_of(page)
    assert now(foreign).status == "pending"


def test_nothing_ticked_says_so(road: SimpleNamespace) -> None:
    page = as_(road.here).post(url("screening_confirm_many"), follow=True)
    assert "Chưa chọn gia đình nào" in text_of(page)


def test_ticks_are_for_communes_only(road: SimpleNamespace) -> None:
    row = asked(road)
    for user in (road.viewer, road.coordinator):
        assert as_(user).post(url("screening_confirm_many"), {"row": row.pk}).status_code == 403
        assert 'name="row"' not in text_of(as_(user).get(url("screening_list")))
    assert as_(road.outside).post(url("screening_confirm_many"), {"row": row.pk}).status_code == 302
    assert now(row).status == "pending"
    assert as_(road.here).get(url("screening_confirm_many")).status_code == 405


# The list


def codes(page: Any) -> list[str]:
    return [row.registration.code for row in page.context["page"]]


def test_the_list_has_the_most_urgent_first_and_its_own_rows_only(road: SimpleNamespace) -> None:
    later, sooner, foreign = asked(road), asked(road), asked(road, home_commune=road.other)
    Screening.objects.filter(pk=sooner.pk).update(due_at=timezone.now() + dt.timedelta(hours=2))
    page = as_(road.here).get(url("screening_list"))
    assert codes(page) == [sooner.registration.code, later.registration.code]
    everybody = codes(as_(road.coordinator).get(url("screening_list")))
    assert foreign.registration.code in everybody
    assert codes(as_(road.viewer).get(url("screening_list"))) == codes(page)


def test_the_list_is_filtered_and_searched(road: SimpleNamespace) -> None:
    late, done, lan = asked(road), asked(road), asked(road, names=["Trần Thị Lan"])
    Screening.objects.filter(pk=late.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))
    actions.confirm(done, by=road.here)
    browser, address = as_(road.here), url("screening_list")
    for query, wanted in [
        ("", {late, lan}),
        ("?status=confirmed", {done}),
        ("?status=all", {late, done, lan}),
        ("?due=late", {late}),
        ("?due=day", {late}),
        ("?q=tran thi lan", {lan}),
        (f"?q={late.registration.code}", {late}),
        ("?q=-", set()),
        ("?q=khong co", set()),
    ]:
        assert set(codes(browser.get(address + query))) == {row.registration.code for row in wanted}, query
    assert "Không có gia đình nào" in text_of(browser.get(f"{address}?q=khong co"))
    assert browser.get(f"{address}?status=gi&due=gi&page=x").status_code == 200


def test_who_withdrew_is_no_work_any_more(road: SimpleNamespace) -> None:
    row = asked(road)
    withdraw(row.registration, by=FAMILY)
    assert not codes(as_(road.here).get(url("screening_list")))


@pytest.mark.parametrize("address", ["screening_list", "reporting:today"])
def test_as_many_queries_for_thirty_as_for_one(road: SimpleNamespace, address: str) -> None:
    path = reverse(address) if ":" in address else url(address)
    asked(road)
    browser = as_(road.here)
    browser.get(path)
    with CaptureQueriesContext(connection) as one:
        browser.get(path)
    for number in range(29):
        actions.ask(asked(road), by=road.here, question="?") if number % 2 else asked(road)
    with CaptureQueriesContext(connection) as thirty:
        assert browser.get(path).status_code == 200
    assert len(one) == len(thirty)


def test_the_export_keeps_filters_masks_numbers_and_is_logged(road: SimpleNamespace) -> None:
    row, foreign = asked(road), asked(road, home_commune=road.other)
    page = as_(road.viewer).get(url("screening_list") + "?export=csv")
    text = page.content.decode("utf-8-sig")
    assert row.registration.code in text
    assert foreign.registration.code not in text
    assert row.registration.phone[-7:] not in text
    assert Read.objects.get(kind="export").subject_ids == [row.pk]


# One family


def test_the_page_shows_the_people_masked_and_is_logged(road: SimpleNamespace) -> None:
    row = asked(road)
    person = people_of(row.registration)[0]
    page = text_of(as_(road.here).get(url("screening", row.pk)))
    assert person.full_name in page
    assert person.identity_number not in page
    assert person.identity_number[-4:] in page
    assert "ấp Bùng Binh" in page
    assert person.pk in Read.objects.get(kind="page").subject_ids


def test_the_page_shows_whom_the_commune_knows_already(road: SimpleNamespace) -> None:
    row = asked(road, names=["Trần Văn Tám", "Trần Thị Chín"])
    like = PersonFactory(full_name="Trần Văn Tám", home_commune=road.commune, birth_date=dt.date(1984, 3, 12))
    like_number = like.identity_number
    like.identity_number = None
    like.save(update_fields=["identity_number"])
    PersonFactory(full_name="Trần Văn Tám", home_commune=road.other)
    page = as_(road.here).get(url("screening", row.pk))
    assert [match.known for match in page.context["matches"]] == [like]
    assert "Cùng ngày sinh" in text_of(page)
    assert like_number not in text_of(page)


@pytest.mark.parametrize(("who", "buttons"), [("here", True), ("viewer", False), ("coordinator", False)])
def test_only_the_communes_own_officers_see_its_buttons(
    road: SimpleNamespace, who: str, buttons: bool
) -> None:
    row = asked(road)
    page = text_of(as_(getattr(road, who)).get(url("screening", row.pk)))
    for name in ("screening_confirm", "screening_ask", "screening_reject"):
        assert (url(name, row.pk) in page) is buttons
    assert url("screening_settle", row.pk) not in page


def test_the_commune_sees_what_another_one_said_before(road: SimpleNamespace) -> None:
    following = rejected(road, asked(road))
    page = text_of(as_(road.elsewhere).get(url("screening", following.pk)))
    assert "Không có ai tên này" in page
    assert road.commune.name in page


# Hôm nay


def test_the_worklist_has_new_and_answered_ones_and_the_province_its_own(road: SimpleNamespace) -> None:
    waits, answered = asked(road), asked(road)
    actions.ask(answered, by=road.here, question="?")
    today = reverse("reporting:today")
    tab = text_of(as_(road.here).get(f"{today}?tab=screening"))
    assert waits.registration.code in tab
    assert answered.registration.code not in tab, "it waits for the family"
    actions.answer(answered, by=FAMILY, text="Tổ 3")
    assert answered.registration.code in text_of(as_(road.here).get(f"{today}?tab=screening"))
    disputed = actions.reject(waits, by=road.here, reason="Không rõ", suggested=None)
    late = overdue(answered)
    province = as_(road.coordinator)
    assert disputed.registration.code in text_of(province.get(f"{today}?tab=screening_disputed"))
    assert late.registration.code in text_of(province.get(f"{today}?tab=screening_late"))


def test_the_queue_marks_who_goes_on_without_the_communes_word(road: SimpleNamespace) -> None:
    overdue(asked(road))
    assert "xã chưa xác nhận" in text_of(as_(road.coordinator).get(url("queue")))


def test_nobody_is_sent_to_sign_in(road: SimpleNamespace, client: Client) -> None:
    page = client.get(url("screening", asked(road).pk))
    assert page["Location"].startswith(reverse("accounts:sign_in"))
