"""A wrong phone: what the family tells, that nobody learns from the answer, and what the commune decides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.links import LinkRefused, find_link
from citizens.models import OneTimeCode, Person
from portal.notifications.models import Message
from portal.records.models import Event, Read
from repatriation.models import PhoneCorrection, Registration
from tests.repatriation.world.families import PHONE, baby, last_code, mother, token_of, waiting
from tests.repatriation.world.road import as_, family, same_cost, text_of

pytestmark = pytest.mark.django_db
NEW = "+84907654321"
ASK, CODE, DONE = "/dang-ky/sai-so/", "/dang-ky/sai-so/ma/", "/dang-ky/sai-so/xong/"
TOLD = {"identity": "072184004821", "birth": "12/03/1984", "phone": "0907 654 321"}
LIST = "/officer/phone-corrections/"
CHECKED = {"confirm-checked": "Gọi chị Hoa"}
NO = {"refuse-reason": "Người nhà không biết số này"}


@pytest.fixture
def row(road: SimpleNamespace) -> Registration:
    return waiting(road.campaign, road.places, mother(), baby())


@pytest.fixture
def asked(row: Registration) -> PhoneCorrection:
    ask()
    return PhoneCorrection.objects.get()


def ask(client: Client | None = None, **changes: Any) -> Any:
    """Both pages, as a browser sends them; the last answer."""
    client = client or Client()
    told = {**TOLD, **changes}
    first = client.post(ASK, told)
    if first.status_code != 302:
        return first
    assert first.url == CODE
    return client.post(CODE, {"code": last_code("+84" + told["phone"].replace(" ", "")[1:])})


# --- Asking --------------------------------------------------------------------------------------


def test_a_request_goes_to_the_home_commune_and_the_old_phone_is_told(row: Registration) -> None:
    page = ask(code=row.code)
    assert page.url == DONE
    correction = PhoneCorrection.objects.get()
    assert (correction.registration, correction.status) == (row, "requested")
    assert (correction.old_phone, correction.new_phone) == (PHONE, NEW)
    assert correction.person.full_name == "Nguyễn Thị Lan"
    assert Message.objects.get(kind="phone_correction_asked").phone == PHONE
    row.refresh_from_db()
    assert row.phone == PHONE


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": "072184009999"},
        {"birth": "13/03/1984"},
        {"birth": "1985"},
        {"code": "other"},
        {"phone": "0901 234 567"},
    ],
)
def test_the_answer_is_the_same_whatever_was_found(road, row, changes) -> None:
    if changes.get("code") == "other":
        changes = {"code": family(road.campaign, road.places).code}
    found = ask(Client(), phone="0908 111 222")
    correction = PhoneCorrection.objects.get()
    nothing = ask(Client(), **changes)
    assert nothing.status_code == found.status_code == 302
    assert nothing.url == found.url == DONE
    assert PhoneCorrection.objects.get() == correction
    assert Client().get(DONE).url == ASK  # nobody is told that a request came who has made none


def test_a_withdrawn_registration_is_not_asked_about(row: Registration) -> None:
    from repatriation.registration.submitting import family_actor
    from repatriation.seats.leaving import withdraw

    withdraw(row, by=family_actor())
    assert ask().url == DONE
    assert not PhoneCorrection.objects.exists()


def test_a_year_agrees_with_a_whole_date_and_the_other_way_round(row: Registration) -> None:
    ask(birth="1984")
    assert PhoneCorrection.objects.get().new_phone == NEW
    Person.objects.filter(identity_number="072184004821").update(birth_date=None)
    ask(phone="0908 111 222")
    assert PhoneCorrection.objects.count() == 2


def test_who_asks_first_keeps_nobody_out(asked: PhoneCorrection) -> None:
    """And the same phone asks once."""
    for _time in range(2):
        assert ask(phone="0908 111 222").url == DONE
    assert ask().url == DONE
    phones = PhoneCorrection.objects.open().values_list("new_phone", flat=True)
    assert sorted(phones) == [NEW, "+84908111222"]
    assert Message.objects.filter(kind="phone_correction_asked").count() == 2


def test_the_code_pressed_twice_leads_to_the_same_answer(row: Registration) -> None:
    client = Client()
    client.post(ASK, TOLD)
    sent = {"code": last_code(NEW)}
    assert client.post(CODE, sent).url == client.post(CODE, sent).url == DONE
    assert PhoneCorrection.objects.count() == 1


def test_a_wrong_code_asks_again_and_writes_nothing(row: Registration) -> None:
    client = Client()
    client.post(ASK, TOLD)
    wrong = "000000" if last_code(NEW) != "000000" else "111111"
    page = client.post(CODE, {"code": wrong})
    assert "Mã chưa đúng" in str(page.context["form"].errors["code"])
    assert not PhoneCorrection.objects.exists()


def test_a_code_serves_the_number_for_which_it_was_sent(row: Registration) -> None:
    client = Client()
    client.post(ASK, {**TOLD, "identity": "072184009999"})
    code = last_code(NEW)
    other = Client()
    other.post(ASK, TOLD)
    page = other.post(CODE, {"code": code})
    assert page.status_code == 200
    assert not PhoneCorrection.objects.exists()


def test_tries_for_one_number_are_limited_also_from_several_phones(row: Registration) -> None:
    pages = [Client().post(ASK, {**TOLD, "phone": f"090800000{n}"}) for n in range(6)]
    assert [page.status_code for page in pages] == [302] * 5 + [200]
    assert "quá nhiều yêu cầu" in str(pages[-1].context["form"].errors["phone"])
    unknown = [
        Client().post(ASK, {**TOLD, "identity": "072184001111", "phone": f"090800001{n}"}) for n in range(6)
    ]
    assert [page.status_code for page in unknown] == [302] * 5 + [200]


def test_tries_from_one_address_are_limited(row: Registration) -> None:
    for number in range(20):
        Client().post(ASK, {**TOLD, "identity": f"0721840011{number:02d}", "phone": f"09080001{number:02d}"})
    page = Client().post(ASK, {**TOLD, "phone": "0908 999 999"})
    assert "quá nhiều yêu cầu" in str(page.context["form"].errors["phone"])
    assert OneTimeCode.objects.filter(purpose__startswith="wrong_phone:").count() == 20


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identity": ""}, "identity"),
        ({"identity": "12345"}, "identity"),
        ({"birth": "31/02/1984"}, "birth"),
        ({"code": "TN-XXXXX-X"}, "code"),
        ({"phone": "028 3829 5252"}, "phone"),
    ],
)
def test_a_wrong_shape_is_named_at_its_field(db, changes, field) -> None:
    page = Client().post(ASK, {**TOLD, **changes})
    assert field in page.context["form"].errors
    assert not OneTimeCode.objects.exists()


def test_the_pages_change_nothing_by_get(db: None) -> None:
    assert Client().get(ASK).status_code == 200
    assert Client().get(CODE).url == ASK
    assert Client().post(DONE).status_code == 405


# --- Deciding ------------------------------------------------------------------------------------


def press(user: Any, name: str, correction: PhoneCorrection, **data: str) -> Any:
    return as_(user).post(reverse(f"repatriation:{name}", args=[correction.pk]), data, follow=True)


def test_confirmed_the_phone_the_people_and_the_links_change(road, asked, row) -> None:
    link = Message.objects.get(kind="registered").secrets["link"]
    other = row.members.last().person
    Person.objects.filter(pk=other.pk).update(phone="+84909999999")
    find_link(token_of(link), "registration")
    page = press(road.here, "phone_confirm", asked, **CHECKED)
    row.refresh_from_db()
    asked.refresh_from_db()
    assert (row.phone, asked.status, asked.decided_by) == (NEW, "confirmed", road.here)
    assert asked.checked == Event.objects.get(verb="confirm", subject_id=asked.pk).reason == "Gọi chị Hoa"
    assert "Số cũ" in text_of(page)
    assert "Số đang ghi" not in text_of(page)
    assert "Gọi chị Hoa" in text_of(page)
    assert {member.person.phone for member in row.members.all()} == {NEW, "+84909999999"}
    with pytest.raises(LinkRefused):
        find_link(token_of(link), "registration")
    fresh = Message.objects.get(kind="phone_corrected")
    assert fresh.phone == NEW
    find_link(token_of(fresh.secrets["link"]), "registration")
    assert Message.objects.get(kind="phone_left").phone == PHONE
    changed = Event.objects.get(verb="phone_changed")
    assert NEW not in str(changed.data)
    assert Event.objects.filter(verb="updated", subject_id=asked.person_id).exists()


def test_without_a_note_of_how_it_was_checked_nothing_changes(road, asked, row) -> None:
    page = press(road.here, "phone_confirm", asked)
    assert page.status_code == 422
    assert "checked" in page.context["checked_form"].errors
    row.refresh_from_db()
    assert row.phone == PHONE


def test_requests_stand_beside_each_other_and_confirming_one_ends_the_others(road, asked, row) -> None:
    ask(phone="0908 111 222")
    other = PhoneCorrection.objects.exclude(pk=asked.pk).get()
    page = text_of(as_(road.here).get(reverse("repatriation:phone_correction", args=[asked.pk])))
    assert "Yêu cầu khác cho gia đình này" in page
    assert "090•••1222" in page
    press(road.here, "phone_confirm", other, **CHECKED)
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("refused", road.here)
    assert "một yêu cầu khác" in asked.refusal
    assert Message.objects.get(kind="phone_correction_refused").phone == NEW
    row.refresh_from_db()
    assert row.phone == "+84908111222"
    assert "Không làm được" in text_of(press(road.here, "phone_confirm", asked, **CHECKED))


def test_refusing_one_leaves_the_others_to_be_decided(road, asked, row) -> None:
    ask(phone="0908 111 222")
    page = press(road.here, "phone_refuse", asked, **NO)
    assert "Số đang ghi" in text_of(page)
    assert PhoneCorrection.objects.open().get().new_phone == "+84908111222"


def test_the_numbers_are_shown_in_full_once_for_a_reason_that_is_logged(road, asked) -> None:
    page = press(road.here, "phone_reveal", asked)
    assert page.status_code == 422
    assert NEW not in text_of(page)
    page = text_of(press(road.here, "phone_reveal", asked, **{"reveal-reason": "Gọi người xin đổi"}))
    assert NEW in page
    assert PHONE in page
    look = Read.objects.get(kind="reveal")
    assert (look.user, look.subject_ids, look.reason) == (road.here, [asked.pk], "Gọi người xin đổi")
    assert NEW not in text_of(as_(road.here).get(reverse("repatriation:phone_correction", args=[asked.pk])))


def test_the_old_links_live_until_then(asked: PhoneCorrection) -> None:
    find_link(token_of(Message.objects.get(kind="registered").secrets["link"]), "registration")


def test_refused_with_a_reason_that_the_new_phone_reads(road, asked, row) -> None:
    assert press(road.here, "phone_refuse", asked).status_code == 422
    assert press(road.here, "phone_refuse", asked, **NO).status_code == 200
    asked.refresh_from_db()
    assert (asked.status, asked.refusal) == ("refused", "Người nhà không biết số này")
    message = Message.objects.get(kind="phone_correction_refused")
    assert (message.phone, message.context["reason"]) == (NEW, "Người nhà không biết số này")
    row.refresh_from_db()
    assert row.phone == PHONE


@pytest.mark.parametrize(
    ("first", "second"), [("phone_confirm", "phone_refuse"), ("phone_refuse", "phone_confirm")]
)
def test_decided_once(road, asked, first, second) -> None:
    press(road.here, first, asked, **CHECKED, **NO)
    asked.refresh_from_db()
    before = asked.status
    assert "Không làm được" in text_of(press(road.here, second, asked, **CHECKED, **NO))
    asked.refresh_from_db()
    assert asked.status == before


def test_a_phone_that_changed_meanwhile_is_not_changed_again(road, asked, row) -> None:
    Registration.objects.filter(pk=row.pk).update(phone="+84901111111")
    page = press(road.here, "phone_confirm", asked, **CHECKED)
    assert "đã được đổi sau khi có yêu cầu" in text_of(page)
    asked.refresh_from_db()
    assert asked.status == "requested"


def test_only_the_home_commune_decides(road, asked) -> None:
    for name in ("phone_confirm", "phone_refuse", "phone_reveal"):
        data = {**CHECKED, **NO, "reveal-reason": "x"}
        assert press(road.elsewhere, name, asked, **data).status_code == 404
        assert press(road.viewer, name, asked, **data).status_code == 403
        assert press(road.coordinator, name, asked, **data).status_code == 403
        address = reverse(f"repatriation:{name}", args=[asked.pk])
        assert as_(road.here).get(address).status_code == 405
    page = reverse("repatriation:phone_correction", args=[asked.pk])
    assert as_(road.elsewhere).get(page).status_code == 404
    assert "Đúng gia đình, đổi số" not in text_of(as_(road.viewer).get(page))


def test_officers_read_masked_numbers_and_what_to_check(road, asked, row) -> None:
    text = text_of(as_(road.here).get(reverse("repatriation:phone_correction", args=[asked.pk])))
    assert "Cần kiểm tra" in text
    assert "090•••4321" in text
    assert "072184004821" not in text
    assert NEW[3:] not in text


def test_the_list_and_today_show_it_to_its_commune_alone(road, asked, row) -> None:
    for address in (LIST, "/officer/today/?tab=phone_corrections"):
        assert row.code in text_of(as_(road.here).get(address))
        assert row.code not in text_of(as_(road.elsewhere).get(address))
    client = as_(road.here)
    assert row.code in text_of(client.get(LIST, {"q": "nguyen thi lan"}))
    assert "Không có yêu cầu nào" in text_of(client.get(LIST, {"status": "confirmed"}))
    sheet = client.get(LIST, {"export": "csv"})
    body = (b"".join(sheet) if sheet.streaming else sheet.content).decode("utf-8-sig")
    assert row.code in body
    assert NEW[3:] not in body


def test_the_list_costs_the_same_however_long(road) -> None:
    def add(number: int) -> None:
        other = family(road.campaign, road.places)
        PhoneCorrection.objects.create(
            registration=other,
            person=other.members.first().person,
            old_phone=other.phone,
            new_phone=NEW,
        )

    same_cost(as_(road.here), LIST, add)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "confirmed"},
        {"status": "refused", "decided_at": timezone.now()},
        {"new_phone": PHONE},
        {"refusal": "x", "decided_at": timezone.now()},
    ],
)
def test_the_database_refuses_half_a_decision(asked, wrong) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PhoneCorrection.objects.filter(pk=asked.pk).update(**wrong)


def test_the_database_refuses_a_yes_that_does_not_say_how_it_was_checked(road, asked) -> None:
    rows = PhoneCorrection.objects.filter(pk=asked.pk)
    decided = {"status": "confirmed", "decided_at": timezone.now(), "decided_by": road.here}
    with pytest.raises(IntegrityError, match="phone_correction_confirmed_says_how"), transaction.atomic():
        rows.update(**decided)
    rows.update(checked="Gọi chị Hoa", **decided)
