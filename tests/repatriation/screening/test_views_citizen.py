"""The family reads what its commune asks, answers it, and sees on its own page where that stands."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from citizens.links import make_link
from portal.notifications.models import Message
from repatriation.models import Campaign, Screening
from repatriation.screening import actions
from repatriation.seats.leaving import withdraw
from tests.repatriation.world.families import token_of
from tests.repatriation.world.road import text_of
from tests.repatriation.world.screenings import FAMILY, asked, now, overdue, rejected


@pytest.fixture
def row(road: SimpleNamespace) -> Screening:
    return actions.ask(asked(road), by=road.here, question="Là con nhà ai, ở tổ mấy?")


@pytest.fixture
def address(row: Screening) -> str:
    link = Message.objects.get(kind="screening_question").secrets["link"]
    return reverse("repatriation:screening_answer", args=[token_of(link)])


def own_page(row: Screening, name: str = "registration") -> str:
    link = make_link(row.registration, "registration", phone=row.registration.phone)
    return reverse(f"repatriation:{name}", args=[token_of(link)])


def test_the_question_is_answered_by_its_link(client: Client, row: Screening, address: str) -> None:
    page = text_of(client.get(address))
    assert "Là con nhà ai, ở tổ mấy?" in page
    assert row.registration.phone not in page
    done = client.post(address, {"answer": "  Con ông Tám,\n tổ 3 "}, follow=True)
    assert "Xã, phường đã nhận được trả lời" in text_of(done)
    assert (now(row).status, now(row).answer) == ("pending", "Con ông Tám, tổ 3")


def test_a_get_writes_nothing(client: Client, row: Screening, address: str) -> None:
    client.get(address)
    assert now(row).status == "asked"


@pytest.mark.parametrize(
    ("text", "said"), [("", "Vui lòng ghi câu trả lời"), ("x" * 501, "Tối đa 500 ký tự")]
)
def test_an_answer_that_is_refused_is_kept(
    client: Client, row: Screening, address: str, text: str, said: str
) -> None:
    page = client.post(address, {"answer": text})
    assert page.status_code == 422
    assert said in text_of(page)
    assert now(row).status == "asked"


def test_sent_twice_the_first_answer_stays(client: Client, row: Screening, address: str) -> None:
    client.post(address, {"answer": "Tổ 3"})
    client.post(address, {"answer": "Tổ 3"})
    page = client.post(address, {"answer": "Tổ 4"}, follow=True)
    assert "không cần trả lời nữa" in text_of(page)
    assert now(row).answer == "Tổ 3"


def test_what_is_decided_needs_no_answer(
    client: Client, road: SimpleNamespace, row: Screening, address: str
) -> None:
    actions.confirm(row, by=road.here)
    page = text_of(client.get(address))
    assert "Không cần trả lời nữa" in page
    assert "đã xác nhận" in page


def test_who_has_withdrawn_is_asked_nothing(client: Client, row: Screening, address: str) -> None:
    withdraw(row.registration, by=FAMILY)
    assert "Không cần trả lời nữa" in text_of(client.get(address))
    assert "hỏi gia đình" not in text_of(client.get(own_page(row)))


def test_a_link_of_another_purpose_opens_no_question(client: Client, row: Screening) -> None:
    foreign = token_of(make_link(row.registration, "registration", phone=row.registration.phone))
    assert client.get(reverse("repatriation:screening_answer", args=[foreign])).status_code == 404


def test_the_families_own_page_leads_to_the_question(client: Client, row: Screening) -> None:
    page = text_of(client.get(own_page(row)))
    assert "Là con nhà ai" in page
    assert "/tra-loi-xa/" in page
    question = own_page(row, "registration_question")
    client.post(question, {"answer": "Tổ 3"})
    assert now(row).answer == "Tổ 3"
    assert "Là con nhà ai" not in text_of(client.get(own_page(row)))


def test_without_a_question_the_way_leads_back(client: Client, road: SimpleNamespace) -> None:
    row = asked(road)
    assert client.get(own_page(row, "registration_question")).status_code == 302


@pytest.mark.parametrize("awaits", [True, False])
def test_the_page_says_where_it_stands(client: Client, road: SimpleNamespace, awaits: bool) -> None:
    Campaign.objects.update(awaits_screening=awaits)
    row = asked(road)
    page = text_of(client.get(own_page(row)))
    assert "Xã Hưng Thuận đang xác nhận" in page
    assert ("Xác nhận xong mới xếp chỗ" in page) is awaits
    overdue(row)
    assert "chưa kịp xác nhận, gia đình vẫn tiếp tục" in text_of(client.get(own_page(row)))


def test_the_page_follows_the_family_to_its_right_commune(client: Client, road: SimpleNamespace) -> None:
    row = asked(road)
    following = rejected(road, row)
    assert f"{road.other.name} đang xác nhận" in text_of(client.get(own_page(row)))
    actions.reject(following, by=road.elsewhere, reason="Không", suggested=None)
    assert "Tỉnh đang xem gia đình thuộc xã, phường nào" in text_of(client.get(own_page(row)))
