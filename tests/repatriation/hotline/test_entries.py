"""What an operator or an association has just typed for a family, and puts right: the phone, or the whole entry."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from citizens.links import LinkRefused, find_link
from portal.notifications.models import Message
from portal.records.actors import SYSTEM
from portal.records.models import Event
from portal.records.transitions import transition
from repatriation.hotline import entries as others
from repatriation.models import Registration
from tests.factories import client_of
from tests.repatriation.world.families import offered, token_of
from tests.repatriation.world.hotline import with_operators
from tests.repatriation.world.road import as_, bus, family, text_of

pytestmark = pytest.mark.django_db
NEW = "+84907654321"
RIGHT = {"correct-phone": "0907 654 321"}
REASON = {"withdraw-reason": "Ghi nhầm gia đình"}


@pytest.fixture
def desk(road: SimpleNamespace) -> SimpleNamespace:
    return with_operators(road)


@pytest.fixture
def mine(desk: SimpleNamespace) -> Registration:
    return entered(desk)


def entered(desk: SimpleNamespace, **changes: Any) -> Registration:
    made = {"channel": "hotline", "entered_by": desk.hotline, "phone_confirmed_at": None, **changes}
    return family(desk.campaign, desk.places, **made)


def press(user: Any, name: str, row: Registration, **data: str) -> Any:
    return as_(user).post(reverse(f"repatriation:{name}", args=[row.code]), data, follow=True)


def page_of(user: Any, row: Registration) -> str:
    return text_of(as_(user).get(reverse("repatriation:family", args=[row.code])))


# --- The phone -----------------------------------------------------------------------------------


def test_who_typed_the_phone_reads_it_in_full_until_somebody_proves_it(desk, mine) -> None:
    Registration.objects.filter(pk=mine.pk).update(phone="+84912345678")
    assert "0912 345 678" in page_of(desk.hotline, mine)
    assert "0912 345 678" not in page_of(desk.coordinator, mine)
    Registration.objects.filter(pk=mine.pk).update(phone_confirmed_at=timezone.now())
    page = page_of(desk.hotline, mine)
    assert "0912 345 678" not in page
    assert "Gõ nhầm số" not in page


def test_a_mistyped_phone_is_put_right_and_the_link_goes_to_the_right_one(desk, mine) -> None:
    old = mine.phone
    others.send_link_for(mine, by=desk.hotline)
    link = Message.objects.get(kind="registration_link").secrets["link"]
    for _press in range(2):
        assert "0907 654 321" in text_of(press(desk.hotline, "entry_phone", mine, **RIGHT))
    mine.refresh_from_db()
    assert (mine.phone, mine.phone_confirmed_at) == (NEW, None)
    assert {member.person.phone for member in mine.members.all()} == {NEW}
    with pytest.raises(LinkRefused):
        find_link(token_of(link), "registration")
    fresh = Message.objects.get(kind="registered_for_you")
    assert fresh.phone == NEW
    find_link(token_of(fresh.secrets["link"]), "registration")
    assert Message.objects.get(kind="phone_left").phone == old
    changed = Event.objects.get(verb="phone_changed")
    assert changed.user == desk.hotline
    assert NEW not in str(changed.data)


def test_a_wrong_number_is_named_where_it_was_typed(desk: SimpleNamespace, mine: Registration) -> None:
    before = mine.phone
    page = press(desk.hotline, "entry_phone", mine, **{"correct-phone": "028 3829 5252"})
    assert page.status_code == 422
    assert "phone" in page.context["entry"]["correct"].errors
    mine.refresh_from_db()
    assert mine.phone == before


@pytest.mark.parametrize("how", ["proved", "withdrawn"])
def test_a_proved_phone_and_an_entry_that_is_over_stay(desk, mine, how: str) -> None:
    before = mine.phone
    if how == "proved":
        Registration.objects.filter(pk=mine.pk).update(phone_confirmed_at=timezone.now())
    else:
        transition(mine, "withdraw", by=SYSTEM)
    said = text_of(press(desk.hotline, "entry_phone", mine, **RIGHT))
    assert ("đã được xác nhận" if how == "proved" else "đã kết thúc") in said
    mine.refresh_from_db()
    assert mine.phone == before
    assert not Message.objects.exists()


# --- The entry -----------------------------------------------------------------------------------


def test_an_entry_that_waits_is_taken_back_with_a_reason(desk, mine) -> None:
    page = press(desk.hotline, "entry_withdraw", mine)
    assert page.status_code == 422
    for _press in range(2):
        press(desk.hotline, "entry_withdraw", mine, **REASON)
    mine.refresh_from_db()
    event = Event.objects.get(verb="withdraw")
    assert (mine.status, event.user, event.reason) == ("withdrawn", desk.hotline, "Ghi nhầm gia đình")
    assert Message.objects.get(kind="registration_withdrawn").phone == mine.phone


def test_an_entry_with_a_seat_is_not_taken_back(desk: SimpleNamespace, mine: Registration) -> None:
    offered(mine, bus(desk))
    page = text_of(press(desk.hotline, "entry_withdraw", mine, **REASON))
    assert "chỉ rút được đăng ký đang chờ" in page
    mine.refresh_from_db()
    assert mine.status == "offered"
    assert "Rút đăng ký" not in page_of(desk.hotline, mine)


# --- Who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "data"), [("entry_phone", RIGHT), ("entry_withdraw", REASON)])
def test_only_who_entered_it(desk: SimpleNamespace, mine: Registration, name: str, data: dict) -> None:
    address = reverse(f"repatriation:{name}", args=[mine.code])
    for user in (desk.society, desk.colleague_there):
        assert as_(user).post(address, data).status_code == 404
    for user in (desk.viewer, desk.coordinator, desk.here):
        assert as_(user).post(address, data).status_code == 403
    assert client_of(desk.hotline).get(address).status_code == 405
    act = {
        "entry_phone": lambda: others.correct_phone(mine, by=desk.society, phone=NEW),
        "entry_withdraw": lambda: others.withdraw_entry(mine, by=desk.society, reason="x"),
    }
    with pytest.raises(PermissionDenied):
        act[name]()
    assert not Message.objects.exists()


def test_who_entered_a_family_reads_out_a_range(desk: SimpleNamespace) -> None:
    for _number in range(12):
        family(desk.campaign, desk.places, score=50)
    row = entered(desk)
    assert "khoảng 10–13" in " ".join(page_of(desk.hotline, row).split())
    assert "thứ 13 trong hàng chờ" in page_of(desk.coordinator, row)
