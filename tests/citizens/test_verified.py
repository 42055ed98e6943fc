"""A citizen proves a phone by code and sees what is theirs, for half an hour."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.models import OneTimeCode
from citizens.verified import KEY, LIFETIME
from portal.notifications.models import Message

PHONE = "+84901234567"
ASK, CODE, MINE, LEAVE = "/xac-nhan/", "/xac-nhan/ma/", "/cua-toi/", "/cua-toi/thoat/"
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def last_code() -> str:
    return str(Message.objects.latest("pk").secrets["code"])


def ask(client: Client, phone: str = "0901 234 567", **more: str) -> Any:
    return client.post(ASK, {"phone": phone, **more})


def prove(client: Client, **more: str) -> Any:
    assert ask(client, **more)["Location"] == CODE
    return client.post(CODE, {"code": last_code()})


def test_the_own_page_asks_for_the_phone_first_and_leads_back(clock: Any, client: Client) -> None:
    answer = client.get(MINE)
    assert answer["Location"] == f"{ASK}?next=%2Fcua-toi%2F"
    assert prove(client, next=MINE)["Location"] == MINE
    page = client.get(MINE)
    assert page.status_code == 200
    assert "090•••4567" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_the_session_gets_a_new_key_so_that_none_can_be_planted(clock: Any, client: Client) -> None:
    ask(client)
    before = client.session.session_key
    client.post(CODE, {"code": last_code()})
    assert client.session.session_key != before
    assert not client.session.__class__(before).load()


def test_it_lasts_half_an_hour(clock: Any, client: Client) -> None:
    prove(client)
    clock.shift(LIFETIME - SECOND)
    assert client.get(MINE).status_code == 200
    clock.shift(SECOND)
    assert client.get(MINE)["Location"].startswith(ASK)


def test_on_a_shared_phone_the_next_person_sees_nothing(clock: Any, client: Client) -> None:
    prove(client)
    assert client.get(LEAVE).status_code == 405
    client.post(LEAVE)
    assert client.get(MINE)["Location"].startswith(ASK)
    assert client.get(CODE)["Location"] == ASK


def test_leaving_without_having_come_is_no_error(db: None, client: Client) -> None:
    assert client.post(LEAVE).status_code == 302


@pytest.mark.parametrize("phone", ["", "123", "abc", "0901 234", "+1 202 555 0100 9999", "0" * 400])
def test_a_wrong_phone_is_named_and_no_code_goes_out(phone: str, clock: Any, client: Client) -> None:
    answer = ask(client, phone)
    assert answer.status_code == 200
    assert "error" in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "target", ["https://xau.example/", "//xau.example", "/\\xau.example", "javascript:alert(1)", "abc", ""]
)
def test_a_proved_phone_leads_only_to_pages_of_the_portal(target: str, clock: Any, client: Client) -> None:
    page = client.get(ASK, {"next": target}).content.decode()
    assert f'<input type="hidden" name="next" value="{MINE}">' in page
    assert prove(client, next=target)["Location"] == MINE


def test_without_having_asked_there_is_no_code_to_type(db: None, client: Client) -> None:
    assert client.get(CODE)["Location"] == ASK
    assert client.post(CODE, {"code": "123456"})["Location"] == ASK


@pytest.mark.parametrize("code", ["", "000", "abcdef", "1" * 50])
def test_a_wrong_code_opens_nothing_and_is_answered(code: str, clock: Any, client: Client) -> None:
    ask(client)
    answer = client.post(CODE, {"code": code})
    assert answer.status_code == 200
    assert "error" in answer.content.decode()
    assert KEY not in client.session


def test_five_wrong_codes_end_the_code_not_the_way(clock: Any, client: Client) -> None:
    ask(client)
    wrong = f"{(int(last_code()) + 1) % 1_000_000:06d}"
    pages = [client.post(CODE, {"code": wrong}).content.decode() for _time in range(6)]
    assert "còn 4 lần" in pages[0]
    assert "quá năm lần" in pages[-1]
    assert "quá năm lần" in client.post(CODE, {"code": last_code()}).content.decode()
    assert "Đã gửi mã" in client.post(CODE, {"again": "1"}).content.decode()
    assert client.post(CODE, {"code": last_code()})["Location"] == MINE


def test_a_code_for_one_phone_does_not_prove_another(clock: Any, client: Client) -> None:
    ask(client, "0907 654 321")
    stolen = last_code()
    ask(client)
    if stolen != last_code():
        client.post(CODE, {"code": stolen})
        assert KEY not in client.session


def test_each_browser_that_asks_has_a_code_of_its_own(clock: Any) -> None:
    one, other = Client(), Client()
    ask(one)
    code = last_code()
    ask(other)
    assert "chưa đúng" in other.post(CODE, {"code": code}).content.decode()
    assert other.post(CODE, {"code": last_code()})["Location"] == MINE
    assert one.post(CODE, {"code": code})["Location"] == MINE


def test_asked_too_often_the_page_says_so_and_keeps_the_number(clock: Any, client: Client) -> None:
    for _time in range(5):
        assert ask(client).status_code == 302
        clock.shift(dt.timedelta(seconds=31))
    page = ask(client).content.decode()
    assert "quá nhiều mã" in page
    assert "0901 234 567" in page
    assert OneTimeCode.objects.count() == 5


def test_the_wrong_methods_are_refused(db: None, client: Client) -> None:
    assert client.put(ASK).status_code == 405
    assert client.delete(CODE).status_code == 405
    assert client.post(MINE).status_code == 405


def test_looking_at_the_forms_writes_nothing(db: None, client: Client) -> None:
    client.get(ASK)
    client.get(CODE)
    assert not OneTimeCode.objects.exists()
    assert not Message.objects.exists()


def hidden(page: HttpResponse) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(asked|client_key)"[^>]*?value="([^"]*)"', page.content.decode())
    return dict(found)


def test_the_code_pressed_twice_without_the_new_session_is_right_both_times(client: Client, db: None) -> None:
    client.post(reverse("citizens:phone"), {"phone": "0901234567"})
    page = client.get(reverse("citizens:phone_code"))
    form = {**hidden(page), "code": Message.objects.latest("pk").secrets["code"]}
    old = Client()
    assert client.post(reverse("citizens:phone_code"), form).url == reverse("citizens:mine")
    assert old.post(reverse("citizens:phone_code"), form).url == reverse("citizens:mine")
    assert old.session["verified_phone"]["phone"] == "+84901234567"


def test_the_code_of_one_tab_is_of_the_phone_that_it_shows(client: Client, db: None) -> None:
    client.post(reverse("citizens:phone"), {"phone": "0901234567"})
    form = hidden(client.get(reverse("citizens:phone_code")))
    form["code"] = Message.objects.latest("pk").secrets["code"]
    client.post(reverse("citizens:phone"), {"phone": "0912345678"})
    assert client.post(reverse("citizens:phone_code"), form).url == reverse("citizens:mine")
    assert client.session["verified_phone"]["phone"] == "+84901234567"
