"""A form begins with its first answer: whoever only presses “start” leaves no row and uses no code up."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.records.models import Event
from repatriation.models import Campaign, Registration
from repatriation.models.registration import Status
from repatriation.registration.saving import KEPT_UNPROVED, clear_forgotten
from tests.repatriation.world.families import draft_of, filled
from tests.repatriation.world.wizard import step

AGREED = {"agreed": "on"}


def start(client: Client) -> str:
    return str(client.post(reverse("repatriation:register"), AGREED).url)


def test_pressing_start_leaves_nothing(campaign: Campaign) -> None:
    client = Client()
    for _press in range(5):
        assert start(client) == step("noi-dang-o")
        assert start(Client()) == step("noi-dang-o")
    assert client.get(step("noi-dang-o")).status_code == 200
    assert not Registration.objects.exists()
    assert not Event.objects.exists()


def test_the_first_answer_makes_the_row_and_logs_the_consent_of_before(
    client: Client, campaign: Campaign, places: SimpleNamespace
) -> None:
    agreed_at = timezone.now()
    with time_machine.travel(agreed_at, tick=False):
        start(client)
    with time_machine.travel(agreed_at + dt.timedelta(minutes=20)):
        answer = client.post(step("noi-dang-o"), {"origin": places.city_commune.pk, "address": "12"})
    assert answer.url == step("que-nha")
    row = Registration.objects.get()
    assert (row.status, draft_of(row).origin) == (Status.DRAFT, places.city_commune.pk)
    (event,) = Event.objects.filter(verb="consented", subject_id=row.pk)
    assert event.data["at"] == agreed_at.isoformat()
    client.post(step("que-nha"), {"home": places.commune.pk, "address": "ấp 1"})
    assert Registration.objects.count() == 1


def test_a_wrong_first_answer_makes_no_row(client: Client, campaign: Campaign) -> None:
    start(client)
    assert client.post(step("noi-dang-o"), {"origin": "", "address": "12"}).status_code == 200
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "page", ["que-nha", "gia-dinh", "ly-do", "ngay-di", "dien-thoai", "kiem-tra", "ma-xac-nhan"]
)
def test_no_later_page_opens_before_the_first_answer(page: str, client: Client, campaign: Campaign) -> None:
    start(client)
    for answer in (client.get(step(page)), client.post(step(page), {})):
        assert (answer.status_code, answer.url) == (302, step("noi-dang-o"))
    assert not Registration.objects.exists()


def test_starting_over_before_the_first_answer_forgets_the_consent(
    client: Client, campaign: Campaign
) -> None:
    start(client)
    assert client.post(reverse("repatriation:register_restart")).status_code == 302
    assert client.get(step("noi-dang-o")).url == reverse("repatriation:register")
    assert not Registration.objects.exists()


def test_a_campaign_that_ended_meanwhile_takes_no_first_answer(
    client: Client, campaign: Campaign, places: SimpleNamespace
) -> None:
    start(client)
    Campaign.objects.update(
        starts_on=timezone.localdate() - dt.timedelta(9), ends_on=timezone.localdate() - dt.timedelta(1)
    )
    answer = client.post(step("noi-dang-o"), {"origin": places.city_commune.pk, "address": "12"})
    assert answer.url == reverse("repatriation:register")
    assert not Registration.objects.exists()


def test_a_form_without_a_proved_phone_is_wiped_after_a_day(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    unproved = filled(campaign, places, phone="", phone_confirmed="")
    proved = filled(campaign, places)
    assert clear_forgotten(timezone.now() + KEPT_UNPROVED - dt.timedelta(minutes=1)) == 0
    assert clear_forgotten(timezone.now() + KEPT_UNPROVED + dt.timedelta(minutes=1)) == 1
    unproved.refresh_from_db()
    proved.refresh_from_db()
    assert (unproved.status, unproved.draft) == (Status.WITHDRAWN, {})
    assert proved.status == Status.DRAFT
