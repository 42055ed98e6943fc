"""Limits of one-time codes hurt who asks for too many, and not the owner of the phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from citizens import onetime
from citizens.models import OneTimeCode
from citizens.onetime import ADDRESS_LIMIT, PHONE_LIMIT, PHONE_LIMIT_OF_ALL, check_code, send_code
from portal.notifications.models import Message
from portal.records.refusals import Refused

pytestmark = pytest.mark.django_db
PHONE, STEP = "+84901234567", dt.timedelta(seconds=31)
TOO_MANY = "Số này đã nhận quá nhiều mã"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-11-24 08:00+07:00", tick=False) as clock:
        yield clock


def last_code() -> str:
    code: str = Message.objects.filter(kind="one_time_code").latest("pk").secrets["code"]
    return code


def attack(address: str = "203.0.113.7", browser: str = "attacker") -> None:
    """As many codes to the phone as this network gets, with five wrong guesses each."""
    for _code in range(PHONE_LIMIT):
        if send_code(PHONE, "mine", address=address, browser=browser) is None:
            continue
        for _guess in range(5):
            with pytest.raises(Refused):
                check_code(PHONE, "mine", "000000" if last_code() != "000000" else "1", browser=browser)


def test_guesses_from_elsewhere_do_not_shut_the_owner_out(clock: Any) -> None:
    attack()
    with pytest.raises(Refused, match=TOO_MANY):
        send_code(PHONE, "mine", address="203.0.113.7", browser="attacker")
    assert send_code(PHONE, "mine", address="198.51.100.4", browser="owner") is not None
    check_code(PHONE, "mine", last_code(), browser="owner")


def test_a_stranger_neither_ends_nor_uses_up_the_owners_code(clock: Any) -> None:
    send_code(PHONE, "mine", address="198.51.100.4", browser="owner")
    code = last_code()
    attack()
    check_code(PHONE, "mine", code, browser="owner")


def test_a_code_opens_nothing_in_another_browser(clock: Any) -> None:
    send_code(PHONE, "mine", browser="owner")
    with pytest.raises(Refused):
        check_code(PHONE, "mine", last_code(), browser="another")


def test_a_browser_that_proved_the_phone_has_an_allowance_of_its_own(clock: Any) -> None:
    for number in range(PHONE_LIMIT_OF_ALL):
        send_code(PHONE, "mine", address=f"203.0.113.{number}", browser=f"b{number}")
    with pytest.raises(Refused, match=TOO_MANY):
        send_code(PHONE, "mine", address="198.51.100.4", browser="new")
    for _code in range(PHONE_LIMIT):
        assert send_code(PHONE, "mine", address="203.0.113.1", browser="owner", proved=True) is not None
        clock.shift(STEP)
    with pytest.raises(Refused, match=TOO_MANY):
        send_code(PHONE, "mine", address="203.0.113.1", browser="owner", proved=True)


def test_a_network_of_ipv6_counts_as_one_address(clock: Any) -> None:
    for number in range(ADDRESS_LIMIT):
        send_code(f"+8490{number:07d}", "mine", address=f"2001:db8:1:2::{number + 1:x}")
    with pytest.raises(Refused, match="Mạng này"):
        send_code(PHONE, "mine", address="2001:db8:1:2:ffff::1")
    assert send_code(PHONE, "mine", address="2001:db8:1:3::1") is not None
    assert OneTimeCode.objects.filter(address="2001:db8:1:2::").count() == ADDRESS_LIMIT


def test_an_address_written_as_ipv6_is_the_same_address(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onetime, "ADDRESS_LIMIT", 1)
    send_code("+84901111111", "mine", address="203.0.113.7")
    with pytest.raises(Refused, match="Mạng này"):
        send_code(PHONE, "mine", address="::ffff:203.0.113.7")


def test_there_is_a_brake_for_all_together(clock: Any, settings: Any) -> None:
    settings.PORTAL_CODES_AN_HOUR = 3
    for number in range(3):
        send_code(f"+8490000000{number}", "mine", address=f"203.0.113.{number}")
    with pytest.raises(Refused, match="quá nhiều người xin mã"):
        send_code(PHONE, "mine", address="198.51.100.4")
    assert send_code(PHONE, "mine", address="198.51.100.4", browser="owner", proved=True) is not None
    clock.shift(dt.timedelta(hours=1, seconds=1))
    assert send_code(PHONE, "mine", address="198.51.100.4") is not None


def ask(client: Client, address: str = "203.0.113.7") -> Any:
    return client.post(reverse("citizens:phone"), {"phone": "0901 234 567"}, REMOTE_ADDR=address)


def test_on_the_page_the_owner_gets_in_while_a_stranger_guesses(clock: Any) -> None:
    owner, stranger = Client(), Client()
    assert ask(owner).status_code == 302
    assert owner.post(reverse("citizens:phone_code"), {"code": last_code()}).status_code == 302
    for _code in range(PHONE_LIMIT + 1):
        clock.shift(STEP)
        ask(stranger)
        for _guess in range(5):
            stranger.post(reverse("citizens:phone_code"), {"code": "000000"})
    assert TOO_MANY in ask(stranger).content.decode()
    assert ask(owner).status_code == 302  # from the same address, in the browser that proved the phone
    code = last_code()
    clock.shift(STEP)
    ask(stranger)
    stranger.post(reverse("citizens:phone_code"), {"code": code})  # even a right one is another browser's
    assert "verified_phone" not in stranger.session
    assert owner.post(reverse("citizens:phone_code"), {"code": code}).status_code == 302
