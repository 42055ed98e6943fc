"""The checkpoint's page: one box, one press."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.roles import Role
from portal.records.models import Read
from repatriation.handover.actions import refuse
from repatriation.models import Arrival, Handover, Registration
from repatriation.registration.submitting import abandon, family_actor, start_draft
from tests.factories import PersonFactory
from tests.repatriation.world.barrier import CARD, PAGE, WALK_IN, card, scan
from tests.repatriation.world.road import as_, enter, family, handed_over, on_the_road, people_of, text_of


@pytest.mark.parametrize("given_up", [False, True])
def test_the_code_of_a_form_never_sent_says_so(road: SimpleNamespace, box: Client, given_up: bool) -> None:
    draft = start_draft(road.campaign, by=family_actor())
    if given_up:
        abandon(draft, by=family_actor())
    page = scan(box, draft.code)
    assert "phiếu khai dở" in text_of(page)
    assert "people" in page.context


def test_a_family_is_found_and_recorded_with_one_press(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    on_the_road(road, row)
    page = scan(box, row.code)
    assert "Đúng chuyến" in text_of(page)
    assert "Ghi nhận 3 người đến" in text_of(page)
    page = box.post(PAGE, card(page), follow=True)
    assert "Đã ghi nhận 3 người: Nguyễn Thị Lan. Đã báo Xã Hưng Thuận." in text_of(page)
    assert "Hôm nay đã ghi nhận 3 người." in text_of(page)
    assert Arrival.objects.filter(registration=row, destination=road.commune).count() == 3
    assert set(Arrival.objects.values_list("address", flat=True)) == {"ấp Bùng Binh"}


def test_one_press_says_nothing_of_papers(road: SimpleNamespace, row: Registration, box: Client) -> None:
    on_the_road(road, row)
    page = scan(box, row.code)
    assert all(person.identity_number for person in people_of(row))
    box.post(PAGE, card(page))
    assert set(Arrival.objects.values_list("identity_checked", flat=True)) == {False}
    key = Arrival.objects.first().client_key
    page = text_of(box.get(reverse("repatriation:party", args=[key])))
    assert (page.count("chưa đối chiếu"), page.count("đã đối chiếu")) == (3, 0)


def test_papers_are_compared_of_whom_the_officer_marked(row: Registration, box: Client) -> None:
    first, *others = people_of(row)
    page = scan(box, row.code)
    assert "Đã đối chiếu giấy tờ của Nguyễn Thị Lan" in text_of(page)
    box.post(PAGE, card(page, **{f"compared_{first.pk}": "on"}))
    checked = Arrival.objects.filter(identity_checked=True)
    assert [arrival.person for arrival in checked] == [first]
    page = text_of(box.get(reverse("repatriation:party", args=[checked.get().client_key])))
    assert (page.count("chưa đối chiếu"), page.count("đã đối chiếu")) == (len(others), 1)


def test_a_look_up_never_writes_and_is_logged(road: SimpleNamespace, row: Registration, box: Client) -> None:
    scan(box, row.code)
    assert not Arrival.objects.exists()
    read = Read.objects.get()
    assert (read.user, read.kind, len(read.subject_ids)) == (road.barrier, "lookup", 3)


def test_a_get_with_a_text_looks_nobody_up(row: Registration, box: Client) -> None:
    page = box.get(PAGE, {"q": row.code})
    assert "Nguyễn Thị Lan" not in text_of(page)
    assert not Read.objects.exists()


def test_pressed_twice_it_is_recorded_once(row: Registration, box: Client) -> None:
    data = card(scan(box, row.code))
    box.post(PAGE, data)
    page = box.post(PAGE, data, follow=True)
    assert "đã được ghi nhận trước đó" in text_of(page)
    assert (Arrival.objects.count(), Handover.objects.count()) == (3, 3)


def test_a_colleague_with_an_old_card_reads_who_recorded_the_family(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    other = as_(road.colleague)
    mine, theirs = card(scan(box, row.code)), card(scan(other, row.code))
    box.post(PAGE, mine)
    page = other.post(PAGE, theirs, follow=True)
    assert "được Lý Văn Chốt ghi nhận" in text_of(page)
    assert Arrival.objects.count() == 3


def test_who_is_not_there_stays_expected(row: Registration, box: Client) -> None:
    absent = people_of(row)[1]
    page = scan(box, row.code)
    box.post(PAGE, card(page, **{f"here_{absent.pk}": None}))
    assert Arrival.objects.count() == 2
    page = text_of(scan(box, row.code))
    assert "Ghi nhận 1 người đến" in page
    assert "2 người đã được ghi nhận" in page


def test_a_family_that_is_complete_needs_nothing_more(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    enter(road, row)
    page = text_of(scan(box, row.code))
    assert "Không cần nhập lại. Quét mã tiếp theo." in page
    assert "Ghi nhận 3 người đến" not in page


def test_nobody_marked_is_said(row: Registration, box: Client) -> None:
    page = scan(box, row.code)
    nobody = {f"here_{person.pk}": None for person in people_of(row)}
    page = box.post(PAGE, card(page, **nobody), follow=True)
    assert "Vui lòng đánh dấu ít nhất một người" in text_of(page)
    assert not Arrival.objects.exists()


def test_who_is_positive_does_not_go_straight_home(row: Registration, box: Client) -> None:
    ill = people_of(row)[1]
    data = card(scan(box, row.code), **{f"positive_{ill.pk}": "on"})
    page = box.post(PAGE, data)
    assert page.status_code == 422
    assert "Người dương tính không về thẳng nhà" in text_of(page)
    assert not Arrival.objects.exists()
    box.post(PAGE, {**data, f"decision_{ill.pk}": "hospital"})
    arrival = Arrival.objects.get(person=ill)
    assert (arrival.rapid_test, arrival.decision) == ("positive", "hospital")
    assert set(Arrival.objects.exclude(person=ill).values_list("rapid_test", "decision")) == {
        ("none", "home")
    }


@pytest.mark.parametrize(
    ("typed", "kept"), [("37,5", "37.5"), ("38.6", "38.6"), ("33", None), ("44", None), ("nóng", None)]
)
def test_a_temperature_is_that_of_a_living_person(
    row: Registration, box: Client, typed: str, kept: str | None
) -> None:
    person = people_of(row)[0]
    field = f"temperature_{person.pk}"
    page = box.post(PAGE, card(scan(box, row.code), **{field: typed, f"symptoms_{person.pk}": "on"}))
    if kept is None:
        assert page.status_code == 422
        assert typed in text_of(page)
        assert not Arrival.objects.exists()
    else:
        arrival = Arrival.objects.get(person=person)
        assert (str(arrival.temperature), arrival.has_symptoms) == (kept, True)


def test_the_rapid_test_of_the_whole_family_is_remembered_for_the_next(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    box.post(PAGE, card(scan(box, row.code), rapid_test="negative"))
    assert set(Arrival.objects.values_list("rapid_test", flat=True)) == {"negative"}
    following = family(road.campaign, road.places)
    assert scan(box, following.code).context["form"]["rapid_test"].value() == "negative"


def test_a_family_may_go_to_another_commune_of_the_province(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    data = card(scan(box, row.code), destination=road.third.pk)
    box.post(PAGE, data)
    assert set(Handover.objects.values_list("to_place", flat=True)) == {road.third.pk}


def test_nobody_is_sent_to_a_commune_of_another_province(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    data = card(scan(box, row.code), destination=road.places.city_commune.pk)
    assert box.post(PAGE, data).status_code == 422
    assert not Arrival.objects.exists()


def test_two_families_of_one_phone_are_chosen_between(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    second = family(road.campaign, road.places, 2, phone=row.phone)
    page = scan(box, row.phone)
    assert "Chọn gia đình" in text_of(page)
    tokens = {found.registration: token for found, token in page.context["choices"]}
    page = box.post(PAGE, {"q": "", "pick": tokens[second]})
    assert "Ghi nhận 2 người đến" in text_of(page)
    box.post(PAGE, card(page))
    assert Arrival.objects.filter(registration=second).count() == 2


@pytest.mark.parametrize("token", ["x", "1", "MTIz:abc:def"])
def test_a_card_that_is_not_mine_records_nobody_and_says_so(box: Client, token: str) -> None:
    page = box.post(PAGE, {"q": "", "family": token}, follow=True)
    assert "Trang đã cũ" in text_of(page)
    assert not Arrival.objects.exists()


def test_a_card_left_open_overnight_records_nobody_and_says_so(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    data = card(scan(box, row.code))
    with time_machine.travel(timezone.now() + dt.timedelta(hours=13)):
        assert "Trang đã cũ" in text_of(as_(road.barrier).post(PAGE, data, follow=True))
    assert not Arrival.objects.exists()


def test_another_officers_card_records_nobody(road: SimpleNamespace, row: Registration, box: Client) -> None:
    data = card(scan(box, row.code))
    assert "Trang đã cũ" in text_of(as_(road.colleague).post(PAGE, data, follow=True))
    assert not Arrival.objects.exists()


def test_an_empty_press_is_nothing(box: Client) -> None:
    page = box.post(PAGE, {"q": ""}, follow=True)
    assert page.status_code == 200
    assert "message-error" not in text_of(page)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("TN-00000-1", "Vui lòng xem lại từng ký tự"),
        ("0900000000", "Vui lòng xem lại từng ký tự"),
        ("Không Có Ai", "Không có ai tên như vậy trên các chuyến hôm nay"),
        (CARD, "Người trên thẻ chưa có đăng ký"),
        ("a|b", "Vui lòng xem lại từng ký tự"),
    ],
)
def test_nothing_found_says_what_to_do_and_offers_the_short_form(
    box: Client, text: str, sentence: str
) -> None:
    page = scan(box, text)
    assert sentence in text_of(page)
    assert WALK_IN in text_of(page)


def test_the_trip_of_another_checkpoint_is_named(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    on_the_road(road, row, gateway=road.second)
    assert "Chuyến này về Chốt Mộc Bài" in text_of(scan(box, row.code))


def test_numbers_are_masked_on_the_card(row: Registration, box: Client) -> None:
    page = text_of(scan(box, row.code))
    for person in people_of(row):
        assert str(person.identity_number) not in page
        assert f"•••{str(person.identity_number)[-4:]}" in page


def test_an_officer_of_several_checkpoints_chooses(road: SimpleNamespace, row: Registration) -> None:
    road.barrier.assignments.create(role=Role.CHECKPOINT, place=road.second)
    box = as_(road.barrier)
    assert "đang ở chốt nào" in text_of(box.get(PAGE))
    assert "đang ở chốt nào" in text_of(box.get(WALK_IN))
    page = box.post(PAGE, {"q": row.code, "at": road.second.pk})
    box.post(PAGE, card(page, at=str(road.second.pk)))
    assert set(Arrival.objects.values_list("checkpoint", flat=True)) == {road.second.pk}


@pytest.mark.parametrize("address", [PAGE, WALK_IN])
def test_a_checkpoint_elsewhere_does_not_exist(road: SimpleNamespace, box: Client, address: str) -> None:
    for place in (road.second.pk, road.commune.pk, "x"):
        assert box.get(address, {"at": place}).status_code == 404
        assert box.post(address, {"at": place, "q": "x"}).status_code == 404


@pytest.mark.parametrize("who", ["here", "viewer", "coordinator", "leader", "admin", "health", "auditor"])
@pytest.mark.parametrize("address", [PAGE, WALK_IN])
def test_nobody_else_comes_to_the_barrier(road: SimpleNamespace, who: str, address: str) -> None:
    browser = as_(getattr(road, who))
    assert browser.get(address).status_code == 403
    assert browser.post(address, {"q": "0901234567"}).status_code == 403


def test_the_page_is_empty_at_the_start_of_a_shift(box: Client) -> None:
    page = text_of(box.get(PAGE))
    assert "Hôm nay chưa ghi nhận ai. Quét mã của gia đình đầu tiên." in page
    assert "Không có chuyến nào trong hôm nay." in page


def test_the_page_shows_todays_entries_trips_and_who_was_sent_back(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    trip = on_the_road(road, row)
    with time_machine.travel(timezone.now() - dt.timedelta(days=1)):
        handed_over(road, 1, names=["Người Hôm Qua"])
    refuse(handed_over(road, 2, names=["Lê Văn Trả"]), by=road.here, reason="Hết chỗ")
    page = text_of(box.get(PAGE))
    assert "Lê Văn Trả" in page
    assert "Người Hôm Qua" not in page
    assert reverse("repatriation:manifest", args=[trip.code]) in page
    assert "Bị trả lại, chốt vẫn đang lo" in page


def test_the_page_of_another_checkpoint_shows_nothing_of_this_one(
    road: SimpleNamespace, row: Registration
) -> None:
    on_the_road(road, row)
    enter(road, row)
    page = text_of(as_(road.far_barrier).get(PAGE))
    assert "Nguyễn Thị Lan" not in page
    assert "Không có chuyến nào trong hôm nay." in page


def test_a_known_person_without_registration_is_recorded(road: SimpleNamespace, box: Client) -> None:
    person = PersonFactory(home_commune=road.commune)
    box.post(PAGE, card(scan(box, person.identity_number)))
    arrival = Arrival.objects.get()
    assert (arrival.person, arrival.registration, arrival.was_expected) == (person, None, False)
