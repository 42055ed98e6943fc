"""What an operator does on a caller's word: only for whom they have just looked up, and by the family's own actions."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.actors import SYSTEM
from portal.records.models import Event, Read
from portal.records.transitions import transition
from repatriation.models import Offer, PhoneCorrection, Registration
from repatriation.screening.actions import ask, first_screening
from tests.repatriation.world.families import offered
from tests.repatriation.world.hotline import called, press, with_operators
from tests.repatriation.world.road import as_, bus, family, on_the_road, seated, text_of

pytestmark = pytest.mark.django_db
NEW = "+84907654321"
# What each button sends, and how a family must stand for it.
BUTTONS = {
    "link": {},
    "confirm": {},
    "decline": {"then": "wait"},
    "requeue": {},
    "withdraw": {"leave-reason": "Đã về bằng xe nhà"},
    "answer": {"answer-answer": "Ông Tư"},
    "phone": {"phone-phone": "0907 654 321"},
}


@pytest.fixture
def desk(road: SimpleNamespace) -> SimpleNamespace:
    return with_operators(road)


@pytest.fixture
def invited(desk: SimpleNamespace) -> Registration:
    row = family(desk.campaign, desk.places, names=["Lê Thị Hoa"])
    offered(row, bus(desk))
    return row


def status_of(row: Registration) -> str:
    row.refresh_from_db()
    return row.status


def on_the_phone(row: Registration, verb: str, desk: SimpleNamespace) -> None:
    """The log names the operator, and that it was done on the phone."""
    event = Event.objects.get(verb=verb, subject_type="repatriation.registration", subject_id=row.pk)
    assert (event.user, event.actor_kind) == (desk.hotline, "officer")
    assert event.actor_label == "Tổng đài: Lâm Kim Chi"


# --- For whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", BUTTONS)
def test_whom_the_operator_has_not_looked_up_does_not_exist(desk, invited, verb: str) -> None:
    address = reverse(f"repatriation:caller_{verb}", args=[invited.code])
    events = Event.objects.count()
    assert as_(desk.hotline).post(address, BUTTONS[verb]).status_code == 404
    called(desk, family(desk.campaign, desk.places))
    assert as_(desk.hotline).post(address, BUTTONS[verb]).status_code == 404
    called(desk, invited)
    assert as_(desk.colleague_there).post(address, BUTTONS[verb]).status_code == 404
    assert Event.objects.count() == events
    assert not PhoneCorrection.objects.exists()
    found = {"phone-person": invited.members.get(is_head=True).pk}
    assert as_(desk.hotline).post(address, {**BUTTONS[verb], **found}).status_code == 302


@pytest.mark.parametrize("verb", BUTTONS)
def test_others_may_not_and_nothing_happens_by_get(desk, invited, verb: str) -> None:
    address = reverse(f"repatriation:caller_{verb}", args=[invited.code])
    for user in (desk.society, desk.coordinator, desk.here, desk.viewer):
        assert as_(user).post(address, BUTTONS[verb]).status_code == 403
    assert called(desk, invited).get(address).status_code == 405


def test_a_look_up_serves_for_an_hour(desk: SimpleNamespace, invited: Registration) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        called(desk, invited)
    page = reverse("repatriation:caller", args=[invited.code])
    with time_machine.travel(now + dt.timedelta(minutes=59), tick=False):
        assert as_(desk.hotline).get(page).status_code == 200
    with time_machine.travel(now + dt.timedelta(minutes=61), tick=False):
        assert as_(desk.hotline).get(page).status_code == 404
        assert as_(desk.hotline).post(page + "confirm/").status_code == 404
    assert status_of(invited) == "offered"


def test_a_look_at_a_checkpoint_is_none_for_a_caller(desk: SimpleNamespace, invited: Registration) -> None:
    person = invited.members.first().person_id
    for kind, subject in (("lookup", "citizens.person"), ("page", "repatriation.registration")):
        Read.objects.create(
            user=desk.hotline, kind=kind, subject_type=subject, subject_ids=[person, invited.pk]
        )
    address = reverse("repatriation:caller_confirm", args=[invited.code])
    assert as_(desk.hotline).post(address).status_code == 404


# --- The seats -----------------------------------------------------------------------------------


def test_seats_are_confirmed_for_a_caller(desk: SimpleNamespace, invited: Registration) -> None:
    client = called(desk, invited)
    page = press(client, "confirm", invited)
    assert "Hiện nay: Đã xác nhận chỗ" in text_of(page)
    press(client, "confirm", invited)
    assert status_of(invited) == "confirmed"
    on_the_phone(invited, "confirm", desk)
    assert Message.objects.get(kind="offer_confirmed").phone == invited.phone


@pytest.mark.parametrize(
    ("first", "then", "verb", "ends"),
    [
        ("offered", "wait", "requeue", "waiting"),
        ("offered", "leave", "decline", "declined"),
        ("confirmed", "wait", "requeue", "waiting"),
        ("confirmed", "leave", "withdraw", "withdrawn"),
    ],
)
def test_seats_are_given_up_for_a_caller(desk, first: str, then: str, verb: str, ends: str) -> None:
    row = family(desk.campaign, desk.places)
    seated(row, bus(desk, status="closed"), first)
    client = called(desk, row)
    for _press in range(2):
        press(client, "decline", row, then=then)
    assert status_of(row) == ends
    on_the_phone(row, verb, desk)
    assert Message.objects.filter(kind__in=["offer_declined", "offer_left"]).count() == 1


def test_without_a_word_on_what_comes_then_nothing_is_given_up(desk, invited) -> None:
    page = press(called(desk, invited), "decline", invited, then="")
    assert "chờ chuyến sau, hay không về nữa" in text_of(page)
    assert status_of(invited) == "offered"


def test_past_the_deadline_the_operator_reads_words_for_operators(desk, invited) -> None:
    Offer.objects.update(deadline=timezone.now() - dt.timedelta(minutes=1))
    client = called(desk, invited)
    said = text_of(press(client, "confirm", invited))
    assert "Đã quá giờ trả lời" in said
    assert "gọi 0276 1022" not in said
    assert "Nhận chỗ" not in said
    transition(Offer.objects.get(), "lapse", by=SYSTEM)
    transition(invited, "requeue", by=SYSTEM)
    assert "message-error" in text_of(press(client, "decline", invited, then="leave"))
    assert status_of(invited) == "waiting"


def test_who_was_offered_nothing_is_told_so(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    client = called(desk, row)
    for verb, data in (("confirm", {}), ("decline", {"then": "wait"})):
        assert "chưa được mời chỗ nào" in text_of(press(client, verb, row, **data))
    assert status_of(row) == "waiting"


def test_on_the_road_nothing_is_given_up(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    on_the_road(desk, row)
    client = called(desk, row)
    for verb in ("decline", "withdraw", "requeue"):
        data = {**BUTTONS[verb], "then": "leave"}
        assert "message-error" in text_of(press(client, verb, row, **data))
    assert status_of(row) == "departed"
    page = text_of(client.get(reverse("repatriation:caller", args=[row.code])))
    for button in ("Nhận chỗ", "Không về nữa", "Rút đăng ký", "Muốn về lại"):
        assert button not in page


# --- Coming again, leaving -----------------------------------------------------------------------


@pytest.mark.parametrize("how", ["miss", "decline"])
def test_who_did_not_come_or_said_no_comes_again_where_it_stood(desk, invited, how: str) -> None:
    before = invited.registered_at
    transition(invited, how, by=SYSTEM)
    client = called(desk, invited)
    assert "Muốn về lại" in text_of(client.get(reverse("repatriation:caller", args=[invited.code])))
    press(client, "requeue", invited)
    again = press(client, "requeue", invited)
    assert "Hiện nay: Đang chờ xếp chuyến" in text_of(again)
    assert status_of(invited) == "waiting"
    assert invited.registered_at == before
    on_the_phone(invited, "requeue", desk)
    assert Message.objects.filter(kind="back_in_queue").count() == 1


def test_a_family_is_withdrawn_with_its_reason(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    client = called(desk, row)
    page = press(client, "withdraw", row)
    assert page.status_code == 422
    assert "vì sao" in str(page.context["leave_form"].errors)
    assert status_of(row) == "waiting"
    for _press in range(2):
        press(client, "withdraw", row, **BUTTONS["withdraw"])
    assert status_of(row) == "withdrawn"
    on_the_phone(row, "withdraw", desk)
    assert Event.objects.get(verb="withdraw").reason == "Đã về bằng xe nhà"
    assert Message.objects.filter(kind="registration_withdrawn").count() == 1


# --- The commune's question, another phone, the link ---------------------------------------------


def test_the_communes_question_is_answered_for_a_caller(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    first_screening(row)
    ask(row.screenings.get(), by=desk.here, question="Ông nội tên gì?")
    client = called(desk, row)
    assert press(client, "answer", row).status_code == 422
    for _press in range(2):
        press(client, "answer", row, **BUTTONS["answer"])
    assert row.screenings.get().answer == "Ông Tư"
    assert Event.objects.get(verb="answer").actor_label == "Tổng đài: Lâm Kim Chi"
    other = family(desk.campaign, desk.places)
    first_screening(other)
    assert "không cần trả lời nữa" in text_of(
        press(called(desk, other), "answer", other, **BUTTONS["answer"])
    )


def test_another_phone_is_asked_for_and_the_commune_decides(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places, names=["Lê Thị Hoa", "Võ Văn Tám"])
    son = row.members.last()
    client = called(desk, row)
    assert press(client, "phone", row, **{"phone-phone": "028 3829 5252"}).status_code == 422
    sent = {"phone-phone": "0907 654 321", "phone-person": son.pk}
    for _press in range(2):
        assert "xã, phường ở quê" in text_of(press(client, "phone", row, **sent))
    asked = PhoneCorrection.objects.get()
    assert (asked.person, asked.old_phone, asked.new_phone) == (son.person, row.phone, NEW)
    assert (asked.asked_by, asked.status) == (desk.hotline, "requested")
    assert Event.objects.get(verb="request").actor_label == "Tổng đài: Lâm Kim Chi"
    assert Message.objects.get(kind="phone_correction_asked").phone == row.phone
    row.refresh_from_db()
    assert row.phone != NEW
    page = text_of(as_(desk.here).get(reverse("repatriation:phone_correction", args=[asked.pk])))
    assert "qua tổng đài, số mới chưa nhận mã" in page


def test_a_phone_that_changes_nothing_or_somebody_of_another_family_is_refused(desk) -> None:
    row, other = family(desk.campaign, desk.places), family(desk.campaign, desk.places)
    client = called(desk, row)
    me = row.members.first().pk
    same = {"phone-phone": "0" + row.phone[3:], "phone-person": me}
    assert "chính số này" in text_of(press(client, "phone", row, **same))
    stranger = {**BUTTONS["phone"], "phone-person": other.members.first().pk}
    assert press(client, "phone", row, **stranger).status_code == 422
    transition(row, "withdraw", by=SYSTEM)
    gone = {**BUTTONS["phone"], "phone-person": me}
    assert "đã kết thúc" in text_of(press(client, "phone", row, **gone))
    assert not PhoneCorrection.objects.exists()


def test_the_link_goes_to_the_familys_own_phone_once(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    client = called(desk, row)
    for _press in range(2):
        press(client, "link", row)
    assert Message.objects.get(kind="registration_link").phone == row.phone
    assert Event.objects.get(verb="link_sent").user == desk.hotline
