"""Families registered by the hotline and by associations: the form, what comes of it, and who sees it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.proving import prove
from portal.accounts.roles import Role
from portal.accounts.scoping import CitizenViewer
from portal.notifications.models import Message
from portal.records.models import Event
from repatriation.models import Registration
from tests.factories import make_user
from tests.repatriation.world.families import PHONE, mother, waiting
from tests.repatriation.world.hotline import with_operators
from tests.repatriation.world.road import as_, family, same_cost, text_of

pytestmark = pytest.mark.django_db
NEW, MINE = "/officer/registrations/new/", "/officer/registrations/mine/"
CARD = "072184004821||NGUYỄN THỊ LAN|12031984|Nữ|Ấp 1, Hưng Thuận|01052021"


@pytest.fixture
def desk(road: SimpleNamespace) -> SimpleNamespace:
    return with_operators(road)


def line(number: int, **fields: Any) -> dict[str, Any]:
    return {f"people-{number}-{name}": value for name, value in fields.items()}


def form(desk: SimpleNamespace, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What the page sends; the first line is a mother with her number."""
    who = {"full_name": "Nguyễn Thị Lan", "birth": "12/03/1984", "sex": "female", "identity": "072184004821"}
    data = {
        "client_key": str(uuid.uuid4()),
        "campaign": desk.campaign.pk,
        "channel": "hotline",
        "origin": desk.places.city_commune.pk,
        "home": desk.commune.pk,
        "home_address": "ấp Bùng Binh",
        "phone": "0901 234 567",
        "reasons": ["lost_work"],
        "agreed": "on",
        "people-TOTAL_FORMS": "3",
        "people-INITIAL_FORMS": "0",
        **line(0, **who),
    }
    for one in lines:
        data |= one
    return {**data, **changes}


# --- Registering ---------------------------------------------------------------------------------


def test_a_family_is_registered_on_one_page(desk: SimpleNamespace) -> None:
    baby = line(1, full_name="Trần Bảo An", birth="2026", sex="male", doses="1")
    page = as_(desk.hotline).post(NEW, form(desk, baby, contact_name="Bình", contact_relation="con trai"))
    row = Registration.objects.get()
    assert page.url == reverse("repatriation:family", args=[row.code])
    assert (row.status, row.people, row.channel) == ("waiting", 2, "hotline")
    assert (row.entered_by, row.phone, row.phone_confirmed_at) == (desk.hotline, PHONE, None)
    assert (row.contact_name, row.contact_relation) == ("Bình", "con trai")
    assert [member.doses for member in row.members.order_by("pk")] == [None, 1]
    message = Message.objects.get(about_id=row.pk)
    assert (message.kind, message.phone) == ("registered_for_you", PHONE)
    assert "/l/" in message.secrets["link"]
    assert message.text.startswith("Tổng đài (Lâm Kim Chi) đã đăng ký về quê giúp gia đình")
    assert "gọi 0276 1022" in message.text
    assert "0901 234 567" in text_of(as_(desk.hotline).get(page.url))


def test_the_words_read_out_and_who_ticked_are_logged(desk: SimpleNamespace) -> None:
    as_(desk.hotline).post(NEW, form(desk))
    event = Event.objects.get(verb="consented")
    assert event.user == desk.hotline
    assert event.data["spoken"]
    assert "Tôi đã đọc các điểm trên cho người đăng ký" in event.data["words"]
    assert Event.objects.get(verb="submit").user == desk.hotline


def test_without_agreement_nothing_is_written(desk: SimpleNamespace) -> None:
    page = as_(desk.hotline).post(NEW, form(desk, agreed=""))
    assert page.status_code == 422
    assert "agreed" in page.context["form"].errors
    assert not Registration.objects.exists()


def test_sent_twice_it_is_one_registration(desk: SimpleNamespace) -> None:
    data, client = form(desk), as_(desk.hotline)
    assert client.post(NEW, data).url == client.post(NEW, data).url
    assert Registration.objects.count() == 1
    assert Message.objects.count() == 1


def test_an_associations_entry_is_marked_as_its_own_and_paper_as_paper(desk: SimpleNamespace) -> None:
    client = as_(desk.society)
    client.post(NEW, form(desk, channel="association"))
    other = {"people-0-identity": "", "people-0-no_identity": "on", "phone": "0901 234 568"}
    client.post(NEW, form(desk, channel="paper", **other))
    assert list(Registration.objects.order_by("pk").values_list("channel", flat=True)) == [
        "association",
        "paper",
    ]
    for message in Message.objects.filter(kind="registered_for_you"):
        assert message.text.startswith("Hội đồng hương (Văn Phước) đã đăng ký")


def test_nobody_enters_by_the_way_of_another(desk: SimpleNamespace) -> None:
    page = as_(desk.society).post(NEW, form(desk, channel="hotline"))
    assert page.status_code == 422
    assert "channel" in page.context["form"].errors


# --- Lines without a script ----------------------------------------------------------------------


def test_another_line_keeps_what_was_typed_and_writes_nothing(desk: SimpleNamespace) -> None:
    sent = form(desk, more="1", home_text="Hưng", home_for="", home="")
    page = as_(desk.hotline).post(NEW, sent)
    assert page.status_code == 200
    assert len(page.context["people"].forms) == 4
    text = text_of(page)
    assert 'value="Nguyễn Thị Lan"' in text
    assert 'value="Hưng"' in text
    assert sent["client_key"] in text
    assert "field-error" not in text
    assert not Registration.objects.exists()


def test_no_more_lines_than_a_family_may_have(desk: SimpleNamespace) -> None:
    page = as_(desk.hotline).post(NEW, form(desk, more="1", **{"people-TOTAL_FORMS": "15"}))
    assert len(page.context["people"].forms) == 15
    assert 'name="more"' not in text_of(page)
    page = as_(desk.hotline).post(NEW, form(desk, **{"people-TOTAL_FORMS": "999"}))
    assert page.status_code == 422


def test_a_cards_text_fills_its_line(desk: SimpleNamespace) -> None:
    sent = form(desk, line(1, card=CARD), **{"people-0-identity": ""})
    page = as_(desk.hotline).post(NEW, sent)
    second = page.context["people"].forms[1]
    assert second["full_name"].value() == "Nguyễn Thị Lan"
    assert (second["identity"].value(), second["sex"].value()) == ("072184004821", "female")
    assert second["card"].value() == ""
    assert not Registration.objects.exists()


def test_an_unreadable_card_is_named(desk: SimpleNamespace) -> None:
    page = as_(desk.hotline).post(NEW, form(desk, line(2, card="http://example.vn")))
    assert "Người thứ 3:" in text_of(page)
    assert page.context["people"].forms[2]["card"].value() == "http://example.vn"


def test_the_first_box_is_ready_for_typing_and_then_the_new_line(desk: SimpleNamespace) -> None:
    client = as_(desk.hotline)

    def focused(page: Any) -> list[str]:
        return re.findall(r'name="([^"]+)"[^>]* autofocus', text_of(page))

    assert focused(client.get(NEW)) == ["phone"]
    assert focused(client.post(NEW, form(desk, more="1"))) == ["people-3-full_name"]
    assert focused(client.post(NEW, form(desk, line(1, card=CARD)))) == ["people-1-full_name"]


def test_enter_in_a_box_sends_nothing(desk: SimpleNamespace) -> None:
    """The first button of the form, which Enter presses, is not that which sends."""
    client = as_(desk.hotline)
    assert re.findall(
        r'<form method="post" novalidate.*?<button[^>]* name="(\w+)"', text_of(client.get(NEW)), re.S
    ) == ["fill"]
    page = client.post(NEW, form(desk, fill="1"))
    assert "Chưa gửi" in text_of(page)
    assert 'value="Nguyễn Thị Lan"' in text_of(page)
    other = CARD.replace("NGUYỄN THỊ LAN", "LÊ THỊ HOA")
    page = client.post(NEW, form(desk, fill="1", **{"people-0-card": other}))
    assert page.context["people"].forms[0]["full_name"].value() == "Lê Thị Hoa"
    assert not Registration.objects.exists()


def test_what_to_read_back_stands_before_the_button(desk: SimpleNamespace) -> None:
    text = text_of(as_(desk.hotline).get(NEW))
    said, button = (text.index(words) for words in ("đọc lại cho người đăng ký nghe", "Gửi đăng ký <kbd>"))
    assert 0 < button - said < 300


# --- What is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "028 3829 5252"}, "phone"),
        ({"home_address": ""}, "home_address"),
        ({"contact_name": "Bình"}, "contact_relation"),
        ({"travel_from": "31/12/2090"}, "travel_from"),
        ({"client_key": "x"}, "client_key"),
    ],
)
def test_errors_are_named_at_their_field(desk, changes, field) -> None:
    page = as_(desk.hotline).post(NEW, form(desk, **changes))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Registration.objects.exists()


def test_an_odd_number_is_kept_on_pressing_again(desk: SimpleNamespace) -> None:
    """A man's number of 1993 for a woman of 1984."""
    sent = form(desk, **{"people-0-identity": "072093004821"})
    client = as_(desk.hotline)
    page = client.post(NEW, sent)
    assert page.status_code == 422
    assert "Số căn cước là của nam, tờ khai ghi nữ" in text_of(page)
    assert "sinh năm 1993, tờ khai ghi 1984" in text_of(page)
    assert not Registration.objects.exists()
    kept = page.context["odd"]
    assert f'name="kept" value="{kept}"' in text_of(page)
    otherwise = {**sent, "people-0-identity": "072095004821", "kept": kept}
    assert client.post(NEW, otherwise).status_code == 422  # another odd number is another question
    assert client.post(NEW, {**sent, "kept": kept}).status_code == 302
    assert Registration.objects.get().people == 1


def test_a_place_outside_the_campaign_is_refused(desk: SimpleNamespace) -> None:
    page = as_(desk.hotline).post(NEW, form(desk, origin=desk.places.far.pk))
    assert "Đợt này chỉ đón từ" in str(page.context["form"].errors["origin"])


def test_only_places_of_the_campaign_are_offered_and_what_was_understood_is_told(
    desk: SimpleNamespace,
) -> None:
    client = as_(desk.hotline)
    assert "under=vn%2F79%2F" in text_of(client.get(NEW))
    page = client.post(NEW, form(desk, origin="", origin_text="thành phố trung mỹ tây"))
    assert page.context["form"].errors["origin"][0].startswith("Tên này chưa khớp hẳn.")
    page = client.post(NEW, form(desk, origin="", origin_text="Trung Mỹ T"), follow=True)
    assert "“Trung Mỹ T” được hiểu là phường Trung Mỹ Tây, thành phố Hồ Chí Minh." in text_of(page)


def test_one_number_for_two_people_is_named_at_the_second(desk: SimpleNamespace) -> None:
    twin = line(1, full_name="Trần Văn Ba", birth="1980", sex="male", identity="072184004821")
    page = as_(desk.hotline).post(NEW, form(desk, twin))
    assert "Nguyễn Thị Lan" in str(page.context["people"].forms[1].errors["identity"])


@pytest.mark.parametrize("who", ["hotline", "society"])
def test_who_stands_elsewhere_is_told_in_officers_words_and_gets_the_link(desk, who: str) -> None:
    row = waiting(desk.campaign, desk.places, mother(), phone="+84912345678")
    user = getattr(desk, who)
    channel = "hotline" if who == "hotline" else "association"
    page = as_(user).post(NEW, form(desk, channel=channel))
    said = text_of(page)
    assert "Nguyễn Thị Lan đã có trong một đăng ký khác" in said
    assert "Gia đình không cần đăng ký lần nữa" in said
    assert row.code not in said
    address, token = reverse("repatriation:entry_other_link"), page.context["other"]["token"]
    assert as_(user).get(address).status_code == 405
    assert as_(desk.colleague_there).post(address, {"family": token}).status_code == 404
    assert as_(user).post(address, {"family": "x"}).status_code == 404
    assert as_(desk.viewer).post(address, {"family": token}).status_code == 403
    Message.objects.filter(kind="registered").update(created_at=timezone.now() - dt.timedelta(hours=1))
    for _press in range(2):
        as_(user).post(address, {"family": token})
    assert Message.objects.get(kind="registration_link").phone == row.phone
    assert Event.objects.get(verb="link_sent").user == user
    assert "091•••5678" in said
    assert "912345678" not in said
    assert Registration.objects.filter(status="waiting").count() == 1


def test_a_refused_form_sent_again_is_still_one_row(desk: SimpleNamespace) -> None:
    earlier = waiting(desk.campaign, desk.places, mother(), phone="+84912345678")
    data, client = form(desk), as_(desk.hotline)
    client.post(NEW, data)
    client.post(NEW, {**data, "people-0-identity": "072184004999"})
    row = Registration.objects.exclude(pk=earlier.pk).get()
    assert (row.status, row.entered_by) == ("waiting", desk.hotline)
    assert Event.objects.filter(verb="consented", subject_id=row.pk).count() == 1


def test_who_only_knows_a_number_learns_nothing_and_is_counted(desk: SimpleNamespace) -> None:
    waiting(desk.campaign, desk.places, mother(), phone="+84912345678")
    page = as_(desk.hotline).post(NEW, form(desk, **{"people-0-full_name": "Người Lạ"}))
    error = str(page.context["people"].forms[0].errors["identity"])
    assert "không khớp với hồ sơ" in error
    assert "1022" not in error
    assert "Lan" not in error
    assert Event.objects.get(verb="number_refused").user == desk.hotline


def test_an_operator_who_guesses_is_stopped(desk: SimpleNamespace) -> None:
    waiting(desk.campaign, desk.places, mother(), phone="+84912345678")
    client = as_(desk.hotline)
    for _try in range(30):
        client.post(NEW, form(desk, **{"people-0-full_name": "Người Lạ"}))
    page = client.post(NEW, form(desk, **{"people-0-full_name": "Người Lạ"}))
    said = str(page.context["form"].non_field_errors())
    assert "quá nhiều lần số giấy tờ không khớp" in said
    assert "1022" not in said
    colleague = make_user(Role.HOTLINE, desk.places.home, username="khac")
    fresh = form(desk, **{"people-0-identity": "072184004999", "phone": "0901234599"})
    assert as_(colleague).post(NEW, fresh).status_code == 302


def test_no_campaign_no_form(desk: SimpleNamespace) -> None:
    type(desk.campaign).objects.update(is_open=False)
    assert "Chưa có đợt nào" in text_of(as_(desk.hotline).get(NEW))
    assert as_(desk.hotline).post(NEW, form(desk)).status_code == 200
    assert not Registration.objects.exists()


# --- Who sees it ---------------------------------------------------------------------------------


def test_an_association_sees_what_it_entered_and_nothing_else(desk: SimpleNamespace) -> None:
    as_(desk.society).post(NEW, form(desk, channel="association"))
    own = Registration.objects.get()
    other = family(desk.campaign, desk.places)
    client = as_(desk.society)
    listed = text_of(client.get(MINE))
    assert own.code in listed
    assert other.code not in listed
    assert client.get(reverse("repatriation:family", args=[own.code])).status_code == 200
    assert client.get(reverse("repatriation:family", args=[other.code])).status_code == 404
    assert client.get(reverse("repatriation:queue")).status_code == 403
    assert as_(desk.hotline).get(reverse("repatriation:family", args=[own.code])).status_code == 404


@pytest.mark.parametrize("address", [NEW, MINE])
def test_others_may_not(desk: SimpleNamespace, address: str) -> None:
    for user in (desk.viewer, desk.coordinator, desk.admin):
        assert as_(user).get(address).status_code == 403
    assert as_(desk.viewer).post(NEW, form(desk)).status_code == 403
    assert "sign-in" in Client().get(address).url


def test_a_told_phone_opens_by_its_link_or_a_code_with_a_second_fact(desk: SimpleNamespace) -> None:
    as_(desk.hotline).post(NEW, form(desk))
    row = Registration.objects.get()
    link = Message.objects.get(about_id=row.pk).secrets["link"]
    holder = Client()
    asked = holder.get(urlsplit(link).path, follow=True)
    assert asked.redirect_chain[-1][0].startswith("/xac-nhan/gia-dinh/")
    assert row.head.person.full_name not in text_of(asked)
    assert row not in Registration.objects.visible_to(CitizenViewer(phone=PHONE))
    head = row.head.person
    prove(PHONE, birth_year=head.birth_year, last=(head.identity_number or "")[-4:], name=head.full_name)
    assert row in Registration.objects.visible_to(CitizenViewer(phone=PHONE))
    assert row not in Registration.objects.visible_to(CitizenViewer(phone="+84901234568"))
    assert row.code in text_of(holder.get(urlsplit(link).path, follow=True))


def test_the_list_costs_the_same_however_long(desk: SimpleNamespace) -> None:
    def add(number: int) -> None:
        family(desk.campaign, desk.places, channel="hotline", entered_by=desk.hotline)

    same_cost(as_(desk.hotline), MINE, add)


def test_the_list_is_searched_filtered_and_exported(desk: SimpleNamespace) -> None:
    made = {"channel": "hotline", "entered_by": desk.hotline}
    one = family(desk.campaign, desk.places, names=["Lê Thị Hoa"], **made)
    two = family(desk.campaign, desk.places, names=["Võ Văn Tám"], **made)
    client = as_(desk.hotline)
    assert two.code not in text_of(client.get(MINE, {"q": "le thi hoa"}))
    assert one.code in text_of(client.get(MINE, {"q": one.phone}))
    assert "Không có gia đình nào" in text_of(client.get(MINE, {"status": "closed"}))
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert one.code in text_of(client.get(MINE, {"day": today}))
    assert one.code not in text_of(client.get(MINE, {"day": "01/01/2021"}))
    sheet = client.get(MINE, {"export": "csv"})
    body = b"".join(sheet) if sheet.streaming else sheet.content
    assert one.code in body.decode("utf-8-sig")
    assert one.phone[3:] not in body.decode("utf-8-sig")
    assert "Chưa đăng ký hộ" in text_of(as_(desk.society).get(MINE))


def test_the_link_is_sent_again_to_the_familys_own_phone(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places, channel="hotline", entered_by=desk.hotline)
    address = reverse("repatriation:entry_link", args=[row.code])
    client = as_(desk.hotline)
    assert client.get(address).status_code == 405
    assert as_(desk.society).post(address).status_code == 404
    assert as_(desk.viewer).post(address).status_code == 403
    client.post(address)
    client.post(address)
    message = Message.objects.get(kind="registration_link")
    assert message.phone == row.phone
    assert Event.objects.get(verb="link_sent").user == desk.hotline
