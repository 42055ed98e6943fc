"""What a family sees by its link or behind its phone: where it stands, its seat, the way out."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from citizens.links import make_link
from portal.notifications.models import Message
from portal.records.log import history
from repatriation.models import Campaign, Offer, Registration
from repatriation.models.registration import Status
from repatriation.registration.submitting import family_actor
from repatriation.seats.answering import confirm_offer
from tests.repatriation.world.families import PHONE, entry, last_code, offered, token_of, trip, waiting

BY = family_actor(PHONE)


@pytest.fixture
def family(campaign: Campaign, places: SimpleNamespace) -> Registration:
    return waiting(campaign, places)


@pytest.fixture
def link(family: Registration) -> str:
    return reverse(
        "repatriation:registration", args=[token_of(make_link(family, "registration", phone=PHONE))]
    )


# --- By the link ---------------------------------------------------------------------------------


def test_the_link_shows_state_number_and_reasons(client: Client, link: str, family: Registration) -> None:
    html = client.get(link).content.decode()
    for text in (
        family.code,
        "Đang chờ xếp chuyến",
        "có con 18 tháng tuổi (+40)",
        "090•••4567",
        "Rút đăng ký",
    ):
        assert text in html
    assert "072184004821" not in html


def test_the_short_address_of_a_message_leads_to_the_page(client: Client, family: Registration) -> None:
    message = Message.objects.get(kind="registered")
    response = client.get(reverse("citizens:link", args=[token_of(message.secrets["link"])]), follow=True)
    assert family.code in response.content.decode()


def test_wrong_old_and_foreign_links_open_nothing(client: Client, family: Registration, link: str) -> None:
    assert client.get(reverse("repatriation:registration", args=["không-có"])).status_code == 404
    with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False):
        assert client.get(link).status_code == 410
    offer_link = token_of(make_link(family, "offer", phone=PHONE))
    assert client.get(reverse("repatriation:registration", args=[offer_link])).status_code == 404


def test_withdrawing_asks_once_more_and_is_done_once(client: Client, link: str, family: Registration) -> None:
    url = f"{link}rut/"
    assert "mất thứ tự" in client.get(url).content.decode()
    family.refresh_from_db()
    assert family.status == Status.WAITING
    for _press in range(2):
        assert client.post(url, {"reason": "Có việc lại"}).url == link
    family.refresh_from_db()
    assert family.status == Status.WITHDRAWN
    assert "Đăng ký lại" in client.get(link).content.decode()
    assert client.get(url).url == link


def test_a_reason_is_kept_without_signs_that_nobody_sees(
    client: Client, link: str, family: Registration
) -> None:
    client.post(f"{link}rut/", {"reason": "Có\u200b việc\0 lại"})
    assert history(family).get(verb="withdraw").reason == "Có việc lại"


@pytest.mark.parametrize(("reason", "said"), [("Có việc lại " * 30, "ghi ngắn lại")])
def test_a_reason_that_cannot_be_kept_is_told(
    client: Client, link: str, family: Registration, reason: str, said: str
) -> None:
    response = client.post(f"{link}rut/", {"reason": reason})
    assert response.status_code == 422
    html = response.content.decode()
    assert said in html
    assert "Có việc" in html
    family.refresh_from_db()
    assert family.status == Status.WAITING


def test_behind_the_phone_a_family_sees_its_own_and_nothing_else(
    client: Client, campaign: Campaign, places: SimpleNamespace, family: Registration
) -> None:
    other = waiting(campaign, places, entry("Lê Hoa", identity="079190000001"), phone="+84912345678")
    mine = reverse("repatriation:my_registration", args=[family.code])
    assert client.get(mine).url.startswith(reverse("citizens:phone"))
    prove(client)
    assert client.get(mine).status_code == 200
    assert family.code in client.get(reverse("citizens:mine")).content.decode()
    for name in ("my_registration", "my_withdraw", "my_offer"):
        url = reverse(f"repatriation:{name}", args=[other.code])
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404 if name != "my_registration" else True


def prove(client: Client, phone: str = PHONE) -> None:
    client.post(reverse("citizens:phone"), {"phone": phone})
    client.post(reverse("citizens:phone_code"), {"code": last_code(phone)})


def test_the_pages_of_a_link_are_kept_in_no_cache(client: Client, link: str) -> None:
    for url in (link, f"{link}rut/", f"{link}cho-ngoi/"):
        assert "no-store" in client.get(url)["Cache-Control"]
    assert "no-store" in client.post(f"{link}rut/", {"reason": "\0"})["Cache-Control"]


def test_the_pages_behind_the_phone_are_kept_in_no_cache(client: Client, family: Registration) -> None:
    url = reverse("repatriation:my_registration", args=[family.code])
    assert "no-store" in client.get(url)["Cache-Control"]
    prove(client)
    assert "no-store" in client.get(url)["Cache-Control"]


def test_wrong_methods_are_405(client: Client, link: str) -> None:
    assert client.post(link).status_code == 405
    assert client.put(f"{link}rut/").status_code == 405


# --- The seat ------------------------------------------------------------------------------------


@pytest.fixture
def seat(campaign: Campaign, places: SimpleNamespace, family: Registration) -> Offer:
    return offered(family, trip(campaign, places, vehicle_plate="51B-294.10"))


@pytest.fixture
def seat_url(seat: Offer) -> str:
    return reverse("repatriation:offer", args=[token_of(make_link(seat, "offer", phone=PHONE))])


def test_the_page_of_the_seat_is_kept_in_no_cache(client: Client, seat_url: str) -> None:
    assert "no-store" in client.get(seat_url)["Cache-Control"]


def test_the_offer_shows_when_where_and_until_when(client: Client, seat: Offer, seat_url: str) -> None:
    html = client.get(seat_url).content.decode()
    for text in ("Bến xe An Sương", "51B-294.10", "data-deadline", "Nhận chỗ", "Chưa đi được"):
        assert text in html
    seat.refresh_from_db()
    assert seat.status == Offer.Status.OFFERED


def test_yes_gives_the_pass_and_pressed_again_shows_it(
    client: Client, seat: Offer, seat_url: str, family: Registration
) -> None:
    for _press in range(2):
        response = client.post(seat_url, {"answer": "yes"}, follow=True)
        html = response.content.decode()
        assert "Thẻ lên xe" in html
        assert family.code in html
        assert "message-warning" not in html
    assert Message.objects.filter(kind="offer_confirmed").count() == 1


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [("wait", Status.WAITING, "vẫn giữ thứ tự"), ("leave", Status.DECLINED, "đã ra khỏi hàng chờ")],
)
def test_no_asks_what_then(
    client: Client, seat_url: str, family: Registration, answer: str, status: str, said: str
) -> None:
    assert "Chờ chuyến sau" in client.get(f"{seat_url}?chua=1").content.decode()
    response = client.post(seat_url, {"answer": answer}, follow=True)
    assert said in response.content.decode()
    family.refresh_from_db()
    assert family.status == status


def test_a_page_that_is_older_than_the_answer_gives_no_seat_away(
    client: Client, seat: Offer, seat_url: str
) -> None:
    old = client.get(f"{seat_url}?chua=1").content.decode()
    assert 'name="seen" value="offered"' in old
    client.post(seat_url, {"answer": "yes"})
    page = client.post(seat_url, {"answer": "wait", "seen": "offered"}, follow=True).content.decode()
    assert "vừa được trả lời trên một máy hoặc trang khác" in page
    seat.refresh_from_db()
    assert seat.status == Offer.Status.CONFIRMED
    done = client.post(seat_url, {"answer": "wait", "seen": "confirmed"}, follow=True).content.decode()
    assert "Đã trả chỗ. Gia đình vẫn giữ thứ tự" in done


def test_the_page_says_who_comes_along(client: Client, link: str, family: Registration) -> None:
    html = client.get(link).content.decode()
    for member in family.members.all():
        assert member.person.full_name in html
        assert str(member.person.birth_year) in html


def test_an_answer_after_the_deadline_is_told_kindly(
    client: Client, seat: Offer, seat_url: str, family: Registration
) -> None:
    with time_machine.travel(seat.deadline + dt.timedelta(minutes=1), tick=False):
        assert "Nhận chỗ" not in client.get(seat_url).content.decode()
        html = client.post(seat_url, {"answer": "yes"}, follow=True).content.decode()
    assert "quá giờ trả lời" in html
    assert "0276 1022" in html
    family.refresh_from_db()
    assert family.status == Status.OFFERED


def test_a_nonsense_answer_changes_nothing(client: Client, seat: Offer, seat_url: str) -> None:
    client.post(seat_url, {"answer": "maybe"})
    seat.refresh_from_db()
    assert seat.status == Offer.Status.OFFERED


def test_the_seat_is_reached_from_the_registration_too(client: Client, seat: Offer, link: str) -> None:
    assert f"{link}cho-ngoi/" in client.get(link).content.decode()
    assert client.post(f"{link}cho-ngoi/", {"answer": "yes"}).url == f"{link}cho-ngoi/"
    seat.refresh_from_db()
    assert seat.status == Offer.Status.CONFIRMED
    assert "Mở thẻ lên xe" in client.get(link).content.decode()


def test_without_any_offer_the_seat_page_leads_back(client: Client, link: str) -> None:
    assert client.get(f"{link}cho-ngoi/").url == link


@pytest.mark.parametrize("path", ["offered", "confirmed", "departed", "arrived", "closed", "no_show"])
def test_every_state_has_a_page(
    client: Client, seat: Offer, link: str, family: Registration, path: str
) -> None:
    way = ["confirmed", "departed", "arrived", "closed"]
    if path in way:
        confirm_offer(seat, by=BY)
        for status in way[1 : way.index(path) + 1]:
            Registration.objects.filter(pk=family.pk).update(status=status)
    if path == "no_show":
        Registration.objects.filter(pk=family.pk).update(status=path)
    family.refresh_from_db()
    html = client.get(link).content.decode()
    assert family.get_status_display() in html
    assert client.get(f"{link}cho-ngoi/").status_code == 200


# --- On the portal's own pages -------------------------------------------------------------------


def test_the_first_page_announces_the_campaign(client: Client, campaign: Campaign) -> None:
    html = client.get(reverse("home")).content.decode()
    assert "từ thành phố Hồ Chí Minh đang nhận đăng ký" in html
    assert reverse("repatriation:register") in html


def test_the_citizens_page_costs_the_same_for_one_family_and_for_many(
    client: Client,
    campaign: Campaign,
    places: SimpleNamespace,
    family: Registration,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    prove(client)
    client.get(reverse("citizens:mine"))
    with django_assert_max_num_queries(30) as one:
        client.get(reverse("citizens:mine"))
    for number in range(9):
        waiting(campaign, places, entry("Lê Hoa", identity=f"07919000000{number}", birth=str(1960 + number)))
    with django_assert_max_num_queries(30) as many:
        client.get(reverse("citizens:mine"))
    assert len(many) == len(one)
