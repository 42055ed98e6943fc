"""On which days, for whom, and which doses and tests: the questions that a family may pass over."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from repatriation.models import Registration
from repatriation.registration.wizard.steps import BY_SLUG
from tests.repatriation.world.families import draft_of, mother, waiting
from tests.repatriation.world.road import as_, family, text_of
from tests.repatriation.world.wizard import add_person, step

pytestmark = pytest.mark.django_db


def vn(days: int) -> str:
    return f"{timezone.localdate() + dt.timedelta(days=days):%d/%m/%Y}"


# --- Travel days ---------------------------------------------------------------------------------


@pytest.fixture
def at_travel(client: Client, at_people: Registration) -> Registration:
    add_person(client, health={})
    client.post(step("gia-dinh"))
    assert client.post(step("ly-do"), {"reasons": []}).url == step("ngay-di")
    return at_people


def test_passed_over_it_means_any_day(client: Client, at_travel: Registration) -> None:
    assert client.post(step("ngay-di"), {}).url == step("dien-thoai")
    assert draft_of(at_travel).travel_days == (None, None)


def test_days_are_kept_and_shown_again(client: Client, at_travel: Registration) -> None:
    client.post(step("ngay-di"), {"travel_from": vn(2), "travel_until": vn(4)})
    today = timezone.localdate()
    assert draft_of(at_travel).travel_days == (today + dt.timedelta(days=2), today + dt.timedelta(days=4))
    assert vn(2) in client.get(step("ngay-di")).content.decode()


@pytest.mark.parametrize(
    ("days", "field", "says"),
    [
        ({"travel_from": vn(30)}, "travel_from", "Đợt này kết thúc ngày"),
        ({"travel_from": vn(-1)}, "travel_from", "Ngày này đã qua. Đi được ngay"),
        ({"travel_until": vn(-1)}, "travel_until", "Ngày này đã qua"),
        ({"travel_from": vn(4), "travel_until": vn(2)}, "travel_until", "Ngày cuối phải bằng hoặc sau"),
        ({"travel_from": "mai"}, "travel_from", "Không đọc được"),
    ],
)
def test_days_that_cannot_be_are_named(client, at_travel, days, field, says) -> None:
    page = client.post(step("ngay-di"), days)
    assert says in str(page.context["form"].errors[field])
    assert draft_of(at_travel).travel_days == (None, None)


def test_a_draft_that_lacks_only_the_phone_need_not_tell_days(client, at_travel) -> None:
    assert BY_SLUG["ngay-di"].number < BY_SLUG["dien-thoai"].number
    assert client.get(step("dien-thoai")).status_code == 200


# --- For relatives -------------------------------------------------------------------------------


def test_who_registers_relatives_gives_name_and_relation(client: Client, at_travel: Registration) -> None:
    page = client.post(step("dien-thoai"), {"phone": "0901 234 567", "for_whom": "relatives"})
    assert {"contact_name", "contact_relation"} <= set(page.context["form"].errors)
    told = {"contact_name": "Trần Văn Bình", "contact_relation": "con trai"}
    assert client.post(
        step("dien-thoai"), {"phone": "0901 234 567", "for_whom": "relatives", **told}
    ).url == step("ma-xac-nhan")
    draft = draft_of(at_travel)
    assert (draft.contact_name, draft.contact_relation) == ("Trần Văn Bình", "con trai")
    assert [person.full_name for person in draft.people] == ["Nguyễn Thị Lan"]


def test_for_the_own_family_no_name_is_kept(client: Client, at_travel: Registration) -> None:
    told = {"contact_name": "Trần Văn Bình", "contact_relation": "con trai", "for_whom": "own"}
    client.post(step("dien-thoai"), {"phone": "0901 234 567", **told})
    assert draft_of(at_travel).contact_name == ""


def test_officers_and_the_family_read_who_registered(client: Client, road: SimpleNamespace) -> None:
    row = family(
        road.campaign,
        road.places,
        contact_name="Trần Văn Bình",
        contact_relation="con trai",
        travel_from=timezone.localdate(),
    )
    for user in (road.coordinator, road.here):
        page = text_of(as_(user).get(reverse("repatriation:family", args=[row.code])))
        assert "Trần Văn Bình (con trai)" in page
        assert f"Từ {vn(0)}" in page
        assert "Gia đình tự đăng ký" in page


# --- Doses and tests -----------------------------------------------------------------------------


def health_page(client: Client, registration: Registration, data: dict[str, str]):
    add_person(client)
    key = draft_of(registration).people[0].key
    return client.post(reverse("repatriation:register_health", args=[key]), data)


def test_doses_and_tests_are_kept_and_shown(client: Client, at_people: Registration) -> None:
    told = {"doses": "2", "last_dose": "01/10/2021", "recovered": vn(-30)}
    test = {"test_kind": "pcr", "test_outcome": "negative", "tested": vn(-1)}
    assert health_page(client, at_people, told | test).status_code == 302
    entry = draft_of(at_people).people[0]
    assert (entry.doses, entry.last_dose, entry.test_kind, entry.test_outcome) == (
        2,
        "2021-10-01",
        "pcr",
        "negative",
    )
    page = text_of(client.get(step("gia-dinh")))
    assert "2 mũi, gần nhất 01/10/2021" in page
    assert f"RT-PCR {vn(-1)}: âm tính" in page
    assert f"khỏi bệnh {vn(-30)}" in page
    again = client.get(reverse("repatriation:register_health", args=[entry.key])).content.decode()
    assert '<details class="card-box" open>' in again


def test_nothing_told_is_nothing_kept(client: Client, at_people: Registration) -> None:
    assert health_page(client, at_people, {}).status_code == 302
    assert draft_of(at_people).people[0].doses is None


@pytest.mark.parametrize(
    ("told", "field", "says"),
    [
        ({"test_kind": "pcr"}, "tested", "Vui lòng ghi ngày xét nghiệm"),
        ({"test_kind": "pcr", "tested": "01/10/2021"}, "test_outcome", "Vui lòng chọn kết quả"),
        ({"test_outcome": "negative", "tested": "01/10/2021"}, "test_kind", "Vui lòng chọn loại"),
        ({"last_dose": "01/10/2021"}, "doses", "vui lòng chọn số mũi"),
        ({"doses": "0", "last_dose": "01/10/2021"}, "doses", "vui lòng chọn số mũi"),
        ({"recovered": "01/01/2020"}, "recovered", "quá 6 tháng"),
        ({"doses": "2", "last_dose": "01/01/2090"}, "last_dose", "chưa tới"),
    ],
)
def test_what_was_told_by_half_is_asked_for(client, at_people, told, field, says) -> None:
    page = health_page(client, at_people, told)
    assert page.status_code == 200
    assert says in str(page.context["form"].errors[field])
    assert '<details class="card-box" open>' in page.content.decode()


def test_a_positive_test_says_whom_to_call_and_refuses_nobody(client, at_people) -> None:
    told = {"test_kind": "rapid", "test_outcome": "positive", "tested": vn(-3)}
    assert health_page(client, at_people, told).status_code == 302
    page = text_of(client.get(step("gia-dinh")))
    assert "Nguyễn Thị Lan có kết quả dương tính trong 14 ngày qua" in page
    assert "trạm y tế nơi đang ở hoặc" in page
    assert client.post(step("gia-dinh")).url == step("ly-do")


def test_the_coordinator_gets_the_mark_and_health_readers_the_words(road: SimpleNamespace) -> None:
    entry = mother(test_kind="rapid", test_outcome="positive", tested=str(timezone.localdate()), doses=1)
    row = waiting(road.campaign, road.places, entry)
    address = reverse("repatriation:family", args=[row.code])
    words = "Gia đình khai: 1 mũi · Xét nghiệm nhanh"
    coordinator = text_of(as_(road.coordinator).get(address))
    assert "khai dương tính" in coordinator
    assert words not in coordinator
    assert words in text_of(as_(road.here).get(address))
    assert words not in text_of(as_(road.viewer).get(address))
    assert "khai dương tính" in text_of(as_(road.coordinator).get(reverse("repatriation:queue")))


def test_the_checkpoint_and_the_receiving_commune_read_what_was_told(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    row.members.update(doses=2)
    barrier = as_(road.barrier)
    card = barrier.post(reverse("repatriation:checkpoint"), {"q": row.code})
    assert "Gia đình khai: 2 mũi" in text_of(card)
    form = card.context["form"]
    data = {"family": card.context["token"], "client_key": str(form["client_key"].value())}
    data |= {f"here_{person.pk}": "on" for person in card.context["family"].people}
    data |= {"destination": road.commune.pk, "address": "ấp 1", "rapid_test": "none"}
    assert barrier.post(reverse("repatriation:checkpoint"), data).status_code == 302
    party = reverse("repatriation:party", args=[data["client_key"]])
    assert "Gia đình khai: 2 mũi" in text_of(as_(road.here).get(party))
    assert "Gia đình khai" not in text_of(as_(road.viewer).get(party))


def test_the_queue_is_filtered_by_channel(road: SimpleNamespace) -> None:
    own = family(road.campaign, road.places)
    called = family(road.campaign, road.places, channel="hotline", entered_by=road.coordinator)
    page = text_of(as_(road.coordinator).get(reverse("repatriation:queue"), {"channel": "hotline"}))
    assert called.code in page
    assert own.code not in page


def test_pregnancy_and_illness_are_for_who_sees_health_or_the_queue(road: SimpleNamespace) -> None:
    why = [{"predicate": "pregnant", "params": {}, "detail": {"people": 1}, "points": 40}]
    row = family(road.campaign, road.places, score=40, score_reasons=why)
    row.members.update(doses=1, tested_on=timezone.localdate(), test_kind="rapid", test_outcome="positive")
    row.members.update(is_pregnant=True, has_chronic_illness=True, has_disability=True)
    address = reverse("repatriation:family", args=[row.code])
    words = ("mang thai", "bệnh nền", "khuyết tật", "dương tính", "40 điểm")
    for user in (road.here, road.coordinator, road.health):
        page = text_of(as_(user).get(address))
        assert [word for word in words if word not in page] == []
    page = text_of(as_(road.viewer).get(address))
    assert [word for word in words if word in page] == []
