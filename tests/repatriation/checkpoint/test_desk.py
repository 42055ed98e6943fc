"""What the card says a family is, and the one next step; what differs is ticked off."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.links import make_link
from portal.records.transitions import transition
from quarantine.orders.actions import open_order
from repatriation.checkpoint.undoing import take_back_arrival
from repatriation.handover.actions import accept
from repatriation.models import Arrival, Registration
from tests.factories import PersonFactory
from tests.repatriation.world.barrier import PAGE, card, scan
from tests.repatriation.world.road import bus, enter, family, on_the_road, party, people_of, seated, text_of


def state(page: Any) -> str:
    key: str = page.context["standing"].key
    return key


def test_expected_on_this_trip(road: SimpleNamespace, row: Registration, box: Client) -> None:
    on_the_road(road, row)
    assert state(scan(box, row.code)) == "expected"


def test_expected_at_another_checkpoint_is_recorded_here_all_the_same(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    on_the_road(road, row, gateway=road.second)
    page = scan(box, row.code)
    assert state(page) == "other_checkpoint"
    assert "Vẫn ghi nhận ở đây được" in text_of(page)


def test_expected_on_a_later_trip(road: SimpleNamespace, row: Registration, box: Client) -> None:
    seated(row, bus(road, departs_at=timezone.now() + dt.timedelta(days=3)))
    page = scan(box, row.code)
    assert state(page) == "other_trip"
    assert "được mời gia đình khác" in text_of(page)


def test_not_expected(row: Registration, box: Client) -> None:
    page = scan(box, row.code)
    assert state(page) == "unexpected"
    assert "Gia đình tự về" in text_of(page)


@pytest.mark.parametrize(("verb", "key"), [("withdraw", "withdrawn"), ("mark_duplicate", "duplicate")])
def test_a_registration_that_counts_no_more(
    road: SimpleNamespace, row: Registration, box: Client, verb: str, key: str
) -> None:
    transition(row, verb, by=road.coordinator)
    assert state(scan(box, row.code)) == key


def test_already_arrived_says_when_where_and_by_whom_and_leads_to_the_correction(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    result = enter(road, row)
    page = scan(box, row.code)
    at = timezone.localtime(result.arrivals[0].at)
    assert state(page) == "arrived"
    assert f"đã đến lúc {at:%H:%M} tại Chốt Suối Sâu, Lý Văn Chốt ghi" in text_of(page)
    assert reverse("repatriation:arrival", args=[result.arrivals[0].client_key]) in text_of(page)


def test_arrived_at_another_checkpoint(road: SimpleNamespace, row: Registration, box: Client) -> None:
    enter(road, row, checkpoint=road.second, by=road.far_barrier)
    page = scan(box, row.code)
    assert state(page) == "arrived"
    assert "tại Chốt Mộc Bài, Mai Văn Xa ghi" in text_of(page)


def test_a_walk_in_who_waits_for_a_commune_has_arrived(road: SimpleNamespace, box: Client) -> None:
    person = PersonFactory(home_commune=road.commune)
    enter(road, None, [person])
    assert state(scan(box, person.identity_number)) == "arrived"


def test_what_was_taken_back_is_expected_again(road: SimpleNamespace, row: Registration, box: Client) -> None:
    take_back_arrival(enter(road, row).arrivals[0].client_key, by=road.barrier)
    assert state(scan(box, row.code)) == "unexpected"


def test_in_quarantine_elsewhere(road: SimpleNamespace, row: Registration, box: Client) -> None:
    person = people_of(row)[0]
    open_order(person, place=road.other, address="x", starts_on=timezone.localdate(), by=road.here)
    page = text_of(scan(box, row.code))
    assert f"{person.full_name} đang cách ly ở {road.other.name}" in page


def test_somebody_in_another_registration(road: SimpleNamespace, row: Registration, box: Client) -> None:
    transition(row, "withdraw", by=road.coordinator)
    again = family(road.campaign, road.places, 1)
    again.members.update(person=people_of(row)[0])
    assert f"Có người còn trong đăng ký khác: {again.code}" in text_of(scan(box, row.code))


def test_a_name_is_never_one_enter_from_being_recorded(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    on_the_road(road, row)
    page = scan(box, "nguyen thi lan")
    person = people_of(row)[0]
    assert f"({person.birth_year})" in text_of(page)
    data = {**card(page), "by_name": "1"}
    page = box.post(PAGE, data)
    assert page.status_code == 422
    assert "xem năm sinh và xã" in text_of(page)
    assert not Arrival.objects.exists()
    box.post(PAGE, {**data, "confirmed": "on"})
    assert Arrival.objects.count() == 3


def test_what_was_not_found_stays_in_the_box(box: Client) -> None:
    page = text_of(scan(box, "TN-00000-1"))
    assert 'value="TN-00000-1" data-selected' in page


@pytest.mark.parametrize("text", ["8934563138165", "https://example.com/x", "x" * 10_000, "HC1:6BFOXN%TS3D"])
def test_rubbish_is_one_sentence_and_the_box_is_ready(box: Client, text: str) -> None:
    page = scan(box, text)
    assert text_of(page).count("message-warning") - text_of(page).count("data-scan") <= 1
    assert "data-selected" not in text_of(page)
    assert text[:40] not in text_of(page)


def test_a_burst_of_three_codes_opens_the_family(row: Registration, box: Client) -> None:
    page = box.post(PAGE, {"q": "8934563138165", "lines": f"8934563138165\n{row.code}\nLP2034"})
    assert page.context["family"].registration == row


def test_the_familys_own_link_on_its_phone_opens_it(row: Registration, box: Client) -> None:
    page = scan(box, make_link(row, "registration", phone=row.phone))
    assert page.context["family"].registration == row
    assert "đường dẫn" in text_of(scan(box, make_link(row, "registration")[:-3]))


def test_two_families_in_one_burst_are_asked_about(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    other = family(road.campaign, road.places)
    page = box.post(PAGE, {"q": row.code, "lines": f"{row.code}\n{other.code}"})
    assert {found.registration for found, _token in page.context["choices"]} == {row, other}


def test_a_family_that_was_opened_and_not_recorded_is_not_forgotten(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    first = scan(box, row.code)
    other = family(road.campaign, road.places)
    page = box.post(PAGE, {**card(first), "q": other.code})
    assert "vừa mở mà chưa ghi nhận" in text_of(page)
    before, token = page.context["left_open"]
    assert before.registration == row
    assert box.post(PAGE, {"q": "", "pick": token}).context["family"].registration == row


def test_what_differs_is_kept_by_name(row: Registration, box: Client) -> None:
    ill = people_of(row)[1]
    data = card(scan(box, row.code), vehicle_plate="70a 12345")
    data |= {
        f"signs_{ill.pk}": ["cough", "breathless"],
        f"needs_{ill.pk}": "xe lăn",
        f"papers_{ill.pk}": ["vaccine"],
    }
    box.post(PAGE, data)
    arrival = Arrival.objects.get(person=ill)
    assert (arrival.symptoms, arrival.has_symptoms, arrival.needs) == (
        ["cough", "breathless"],
        True,
        "xe lăn",
    )
    assert (arrival.papers, arrival.vehicle_plate) == (["vaccine"], "70A 12345")


@pytest.mark.parametrize("typed", ["42,5", "34.5"])
def test_a_temperature_that_is_hardly_true_is_asked_about(row: Registration, box: Client, typed: str) -> None:
    person = people_of(row)[0]
    data = card(scan(box, row.code), **{f"temperature_{person.pk}": typed})
    page = box.post(PAGE, data)
    assert page.status_code == 422
    assert "có đúng không" in text_of(page)
    assert f'name="sure_{person.pk}"' in text_of(page)
    box.post(PAGE, {**data, f"sure_{person.pk}": "on"})
    assert Arrival.objects.filter(person=person).exists()


def test_a_number_in_the_box_of_the_temperature_is_refused(row: Registration, box: Client) -> None:
    person = people_of(row)[0]
    page = box.post(PAGE, card(scan(box, row.code), **{f"temperature_{person.pk}": "072185004417"}))
    assert page.status_code == 422
    assert "37,5" in text_of(page)
    assert not Arrival.objects.exists()


def test_one_key_with_two_contents_shows_both_values(row: Registration, box: Client) -> None:
    person = people_of(row)[0]
    data = card(scan(box, row.code), **{f"temperature_{person.pk}": "37.0"})
    box.post(PAGE, data)
    page = box.post(PAGE, {**data, f"temperature_{person.pk}": "38.6"})
    assert page.status_code == 409
    text = text_of(page)
    assert "37,0 °C" in text
    assert "38,6 °C" in text
    key = Arrival.objects.first().client_key
    assert reverse("repatriation:arrival", args=[key]) in text
    assert str(Arrival.objects.get(person=person).temperature) == "37.0"


def test_the_rest_are_those_for_whom_the_checkpoint_answers(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    address = reverse("repatriation:staying")
    assert "Không còn ai" in text_of(box.get(address))
    result = enter(road, row)
    assert text_of(box.get(address)).count("<tr>") == 4
    assert "Chốt đang lo cho 3 người" in text_of(box.get(PAGE))
    accept(party(result), by=road.here)
    assert "Không còn ai" in text_of(box.get(address))
    assert box.get(address, {"at": road.second.pk}).status_code == 404
