"""The registration form, page by page, as a browser without JavaScript sends it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.models import Person
from citizens.onetime import send_code
from portal.notifications.models import Message
from repatriation.models import Campaign, Registration
from repatriation.models.registration import Status
from tests.repatriation.world.families import PHONE, draft_of, last_code, mother, waiting
from tests.repatriation.world.wizard import add_person, step

# --- The form ------------------------------------------------------------------------------------


def test_a_family_registers_from_the_first_page_to_its_code(client: Client, at_check: Registration) -> None:
    page = client.get(step("kiem-tra"))
    assert "Nguyễn Thị Lan" in page.content.decode()
    assert "072184004821" in page.content.decode()  # a slip is seen only in full
    response = client.post(step("kiem-tra"))
    assert response.url == reverse("repatriation:register_done")
    done = client.get(response.url).content.decode()
    at_check.refresh_from_db()
    assert at_check.status == Status.WAITING
    assert at_check.code in done
    assert "mất việc làm (+10)" in done
    assert "<svg" in done


def test_the_last_button_pressed_twice_shows_the_same_result(client: Client, at_check: Registration) -> None:
    first, second = client.post(step("kiem-tra")), client.post(step("kiem-tra"))
    assert first.url == second.url
    assert Registration.objects.count() == 1
    assert Person.objects.count() == 1
    assert client.get(step("ly-do")).url == reverse("repatriation:register_done")


def test_nothing_begins_without_an_agreement(client: Client, campaign: Campaign) -> None:
    response = client.post(reverse("repatriation:register"), {"campaign": campaign.pk})
    assert response.status_code == 200
    assert "agreed" in response.context["form"].errors
    assert not Registration.objects.exists()


def test_starting_twice_goes_on_with_the_same_form(
    client: Client, started: Registration, campaign: Campaign
) -> None:
    response = client.post(reverse("repatriation:register"), {"campaign": campaign.pk, "agreed": "on"})
    assert response.url == step("noi-dang-o")
    assert Registration.objects.count() == 1
    assert "Khai tiếp" in client.get(reverse("repatriation:register")).content.decode()


def test_starting_over_wipes_what_was_typed(client: Client, at_check: Registration) -> None:
    assert client.post(reverse("repatriation:register_restart")).status_code == 302
    at_check.refresh_from_db()
    assert (at_check.status, at_check.draft) == (Status.WITHDRAWN, {})
    assert client.get(step("kiem-tra")).url == reverse("repatriation:register")


def test_with_no_open_campaign_a_friendly_page_shows(client: Client, db: None) -> None:
    response = client.get(reverse("repatriation:register"))
    assert response.status_code == 200
    assert "Chưa có đợt nào" in response.content.decode()


def test_pages_without_a_form_begun_lead_to_the_start(client: Client, campaign: Campaign) -> None:
    for slug in ("noi-dang-o", "gia-dinh", "dien-thoai", "ma-xac-nhan", "kiem-tra"):
        assert client.get(step(slug)).url == reverse("repatriation:register")


def test_a_question_further_ahead_leads_back_to_the_first_open_one(
    client: Client, started: Registration
) -> None:
    for slug in ("que-nha", "gia-dinh", "ly-do", "dien-thoai", "kiem-tra"):
        assert client.get(step(slug)).url == step("noi-dang-o")


def test_an_unknown_question_is_404(client: Client, started: Registration) -> None:
    assert client.get(step("khong-co")).status_code == 404
    assert client.get(reverse("repatriation:register_person", args=["nobody"])).status_code in {302, 404}


def test_going_back_shows_what_was_typed(client: Client, at_check: Registration) -> None:
    assert 'value="12"' in client.get(step("noi-dang-o")).content.decode()
    assert "0901 234 567" in client.get(step("dien-thoai")).content.decode()
    people = client.get(step("gia-dinh")).content.decode()
    assert "Nguyễn Thị Lan" in people


def test_a_corrected_answer_leads_straight_back_to_the_check(
    client: Client, at_check: Registration, places: SimpleNamespace
) -> None:
    response = client.post(step("que-nha"), {"home": places.other_commune.pk, "address": "khu phố 2"})
    assert response.url == step("kiem-tra")
    assert draft_of(at_check).home == places.other_commune.pk


def test_a_place_where_the_campaign_does_not_go_is_refused(
    client: Client, started: Registration, places: SimpleNamespace
) -> None:
    response = client.post(step("noi-dang-o"), {"origin": places.far.pk, "address": ""})
    assert "chỉ đón từ: thành phố Hồ Chí Minh" in response.content.decode()


def test_home_is_in_the_province_of_the_portal(
    client: Client, started: Registration, places: SimpleNamespace
) -> None:
    client.post(step("noi-dang-o"), {"origin": places.city.pk})
    response = client.post(step("que-nha"), {"home": places.city_commune.pk, "address": "ấp 1"})
    assert response.status_code == 200
    assert "home" in response.context["form"].errors


# --- The phone -----------------------------------------------------------------------------------


@pytest.fixture
def at_phone(client: Client, at_people: Registration) -> Registration:
    add_person(client, health={})
    client.post(step("gia-dinh"))
    client.post(step("ly-do"))
    client.post(step("ngay-di"))
    return at_people


@pytest.mark.parametrize("typed", ["", "1022", "090123", "0276 3822 123", "abc"])
def test_a_number_that_gets_no_message_is_refused(client: Client, at_phone: Registration, typed: str) -> None:
    response = client.post(step("dien-thoai"), {"phone": typed})
    assert "phone" in response.context["form"].errors
    assert not Message.objects.exists()


def test_a_wrong_code_says_how_many_tries_are_left(client: Client, at_phone: Registration) -> None:
    client.post(step("dien-thoai"), {"phone": "0901234567"})
    wrong = "000000" if last_code() != "000000" else "111111"
    response = client.post(step("ma-xac-nhan"), {"code": wrong})
    assert "còn 4 lần thử" in response.content.decode()
    assert not draft_of(at_phone).phone_confirmed


def test_an_expired_code_says_what_to_do(client: Client, at_phone: Registration) -> None:
    client.post(step("dien-thoai"), {"phone": "0901234567"})
    code = last_code()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=False):
        response = client.post(step("ma-xac-nhan"), {"code": code})
    assert "Gửi lại mã" in str(response.context["form"].errors["code"])


def test_asked_twice_within_half_a_minute_one_code_goes_out(client: Client, at_phone: Registration) -> None:
    for _press in range(2):
        assert client.post(step("dien-thoai"), {"phone": "0901234567"}).url == step("ma-xac-nhan")
    client.post(step("ma-xac-nhan"), {"again": "1"})
    assert Message.objects.count() == 1
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=40), tick=False):
        client.post(step("ma-xac-nhan"), {"again": "1"})
        assert Message.objects.count() == 2
        assert client.post(step("ma-xac-nhan"), {"code": last_code()}).status_code == 302


def test_too_many_codes_are_refused_in_words(client: Client, at_phone: Registration) -> None:
    now = timezone.now()
    for number in range(5):
        with time_machine.travel(now + dt.timedelta(minutes=number), tick=False):
            send_code(PHONE, "registration", address="127.0.0.1")
    with time_machine.travel(now + dt.timedelta(minutes=6), tick=False):
        response = client.post(step("dien-thoai"), {"phone": "0901234567"})
    assert "quá nhiều mã" in response.content.decode()


def test_another_number_is_confirmed_again(client: Client, at_check: Registration) -> None:
    assert client.post(step("dien-thoai"), {"phone": "0912345678"}).url == step("ma-xac-nhan")
    assert client.get(step("kiem-tra")).url == step("dien-thoai")
    assert client.post(step("dien-thoai"), {"phone": "0901234567"}).url == step("kiem-tra")


def test_the_code_page_without_a_number_leads_to_the_number(client: Client, at_phone: Registration) -> None:
    assert client.get(step("ma-xac-nhan")).url == step("dien-thoai")


# --- Already registered --------------------------------------------------------------------------


def test_who_is_registered_already_gets_the_link_again(
    client: Client, at_check: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    other = waiting(campaign, places, mother(), phone="+84912345678")
    assert client.post(step("kiem-tra")).url == reverse("repatriation:register_already")
    page = client.get(reverse("repatriation:register_already")).content.decode()
    assert "091•••5678" in page
    assert other.code not in page
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        client.post(reverse("repatriation:register_resend"))
        client.post(reverse("repatriation:register_resend"))
    message = Message.objects.get(kind="registration_link")
    assert (message.phone, message.about_id) == ("+84912345678", other.pk)


def test_nobody_asks_for_somebody_elses_link_out_of_the_blue(
    client: Client, campaign: Campaign, places: SimpleNamespace
) -> None:
    waiting(campaign, places)
    assert client.post(reverse("repatriation:register_resend")).url == reverse("repatriation:register")
    assert not Message.objects.filter(kind="registration_link").exists()


def test_a_number_of_somebody_else_leads_back_to_the_person(
    client: Client, at_check: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    waiting(campaign, places, mother(full_name="Võ Văn Kiệt", birth="1990"), phone="+84912345678")
    (person,) = draft_of(at_check).people
    response = client.post(step("kiem-tra"), follow=True)
    assert response.redirect_chain[-1][0] == reverse("repatriation:register_person", args=[person.key])
    assert "không khớp với hồ sơ đã có" in response.content.decode()
    assert "Kiệt" not in response.content.decode()


def test_the_pages_of_the_form_are_kept_in_no_cache(
    client: Client, at_check: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    pages = ["noi-dang-o", "que-nha", "gia-dinh", "ly-do", "dien-thoai", "kiem-tra"]
    for url in [reverse("repatriation:register"), *map(step, pages)]:
        assert "no-store" in client.get(url)["Cache-Control"], url
    waiting(campaign, places, mother(), phone="+84912345678")
    client.post(step("kiem-tra"))
    assert "no-store" in client.get(reverse("repatriation:register_already"))["Cache-Control"]
    assert "no-store" in client.get(reverse("repatriation:register_done"))["Cache-Control"]


def test_after_too_many_guesses_the_form_says_to_wait(
    client: Client, at_check: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    waiting(campaign, places, mother(full_name="Võ Văn Kiệt"), phone="+84912345678")
    for _press in range(10):
        client.post(step("kiem-tra"))
    response = client.post(step("kiem-tra"), follow=True)
    assert response.redirect_chain[-1][0] == step("gia-dinh")
    assert "thử lại sau một giờ" in response.content.decode()


def test_a_campaign_closed_meanwhile_says_so(client: Client, at_check: Registration) -> None:
    Campaign.objects.update(is_open=False)
    response = client.post(step("kiem-tra"))
    assert response.status_code == 409
    assert "ngừng nhận đăng ký" in response.content.decode()


def test_wrong_methods_are_405(client: Client, started: Registration) -> None:
    assert client.post(reverse("repatriation:register_done")).status_code == 405
    for name in ("register_restart", "register_resend"):
        assert client.get(reverse(f"repatriation:{name}")).status_code == 405
    assert client.get(reverse("repatriation:register_person_first", args=["k1"])).status_code == 405
