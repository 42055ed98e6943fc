"""The page of one form as it was recorded: take it back, correct it, read what changed."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from repatriation.handover.actions import accept
from repatriation.handover.routing import reroute
from repatriation.models import Arrival, ArrivalCorrection, Handover, Registration
from tests.repatriation.world.road import as_, enter, party, queries, text_of


@pytest.fixture
def arrival(road: SimpleNamespace, row: Registration) -> Arrival:
    return enter(road, row).arrivals[0]


def page_of(arrival: Arrival) -> str:
    return reverse("repatriation:arrival", args=[arrival.client_key])


def take_back(arrival: Arrival) -> str:
    return reverse("repatriation:arrival_take_back", args=[arrival.client_key])


def correct(arrival: Arrival) -> str:
    return reverse("repatriation:arrival_correct", args=[arrival.client_key, arrival.pk])


def fields(arrival: Arrival, **changes: str) -> dict[str, str]:
    values = {
        "temperature": "",
        "needs": "",
        "decision": "home",
        "destination": str(arrival.destination_id),
        "reason": "Gõ nhầm",
        "version": "0",
        **changes,
    }
    return {f"p{arrival.pk}-{name}": value for name, value in values.items()}


def test_taken_back_with_one_press(box: Client, arrival: Arrival) -> None:
    assert "Bỏ lượt ghi này" in text_of(box.get(page_of(arrival)))
    page = box.post(take_back(arrival), {"reason": "Quét nhầm"}, follow=True)
    assert "Đã bỏ lượt ghi nhầm" in text_of(page)
    assert "Quét nhầm" in text_of(page)
    assert not Arrival.objects.standing().exists()
    assert "Bỏ lượt ghi này" not in text_of(page)
    box.post(take_back(arrival))
    assert Arrival.objects.filter(taken_back_at=None).count() == 0


def test_of_a_colleague_or_too_late_it_is_not_offered(
    road: SimpleNamespace, box: Client, arrival: Arrival
) -> None:
    assert "Bỏ lượt ghi này" not in text_of(as_(road.colleague).get(page_of(arrival)))
    page = as_(road.colleague).post(take_back(arrival), follow=True)
    assert "chỉ người đó bỏ được" in text_of(page)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20)):
        later = as_(road.barrier)
        assert "Bỏ lượt ghi này" not in text_of(later.get(page_of(arrival)))
        assert "nên không bỏ được nữa" in text_of(later.post(take_back(arrival), follow=True))
    assert Arrival.objects.standing().count() == 3


def test_corrected_with_a_reason_and_read_by_the_commune(
    road: SimpleNamespace, box: Client, arrival: Arrival
) -> None:
    page = box.post(correct(arrival), fields(arrival, temperature="38,6"), follow=True)
    assert "Đã sửa lượt đến" in text_of(page)
    for reader in (box, as_(road.here)):
        text = text_of(reader.get(page_of(arrival)))
        assert "38,6 °C" in text
        assert "Gõ nhầm" in text
    assert "38,6" not in text_of(as_(road.coordinator).get(page_of(arrival)))


def test_a_place_to_which_the_people_were_sent_on_reads_the_form(
    road: SimpleNamespace, box: Client, arrival: Arrival
) -> None:
    box.post(correct(arrival), fields(arrival, temperature="38,6"))
    reroute(list(Handover.objects.filter(arrival=arrival)), to_place=road.third, by=road.coordinator)
    assert "38,6 °C" in text_of(as_(road.outside).get(page_of(arrival)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Vui lòng điền mục này"),
        ({"temperature": "072185004417"}, "37,5"),
        ({"temperature": "42.5"}, "có đúng không"),
        ({"destination": ""}, "Vui lòng"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_corrected(
    box: Client, arrival: Arrival, changes: dict[str, str], sentence: str
) -> None:
    page = box.post(correct(arrival), fields(arrival, **changes))
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert not ArrivalCorrection.objects.exists()


def test_an_old_page_overwrites_no_correction(road: SimpleNamespace, box: Client, arrival: Arrival) -> None:
    box.post(correct(arrival), fields(arrival, temperature="38.6"))
    page = as_(road.colleague).post(correct(arrival), fields(arrival, temperature="36.6"))
    assert page.status_code == 422
    assert "vừa được người khác sửa" in text_of(page)
    arrival.refresh_from_db()
    assert str(arrival.temperature) == "38.6"


def test_after_acceptance_another_commune_is_refused_with_who_accepted(
    road: SimpleNamespace, box: Client, arrival: Arrival
) -> None:
    accept(party(SimpleNamespace(arrivals=[arrival])), by=road.here)
    page = box.post(correct(arrival), fields(arrival, destination=str(road.third.pk)))
    assert page.status_code == 422
    assert "đã tiếp nhận lúc" in text_of(page)


def test_elsewhere_the_form_does_not_exist(road: SimpleNamespace, arrival: Arrival) -> None:
    for officer in (road.outside, road.far_barrier):
        assert as_(officer).get(page_of(arrival)).status_code == 404
    assert as_(road.far_barrier).post(take_back(arrival)).status_code == 404
    assert as_(road.far_barrier).post(correct(arrival), fields(arrival)).status_code == 404
    assert as_(road.here).post(take_back(arrival)).status_code == 403
    assert as_(road.here).post(correct(arrival), fields(arrival)).status_code == 403
    assert as_(road.barrier).get(take_back(arrival)).status_code == 405


def test_the_page_costs_the_same_for_a_large_family(road: SimpleNamespace, box: Client) -> None:
    from tests.repatriation.world.road import handed_over

    small, large = handed_over(road, 1), handed_over(road, 9)
    first, second = (page_of(rows[0].arrival) for rows in (small, large))
    box.get(first)
    assert queries(box, second) == queries(box, first)
