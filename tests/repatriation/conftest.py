"""A small country and an open campaign for the tests of the way home."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from repatriation.models import Campaign, Registration
from tests.factories import client_of
from tests.repatriation.world.families import last_code
from tests.repatriation.world.places import make_campaign, make_places
from tests.repatriation.world.wizard import add_person, step


@pytest.fixture
def places(db: None) -> SimpleNamespace:
    return make_places()


@pytest.fixture
def campaign(places: SimpleNamespace) -> Campaign:
    return make_campaign(places)


@pytest.fixture
def started(client: Client, campaign: Campaign) -> Registration:
    """A form with its row, and no answer in it yet."""
    client.post(reverse("repatriation:register"), {"campaign": campaign.pk, "agreed": "on"})
    client.post(step("noi-dang-o"), {"later": ""})
    return Registration.objects.latest("pk")


@pytest.fixture
def at_check(client: Client, started: Registration, places: SimpleNamespace) -> Registration:
    """Everything answered, as the browser does it."""
    assert (
        client.post(step("noi-dang-o"), {"origin": places.city_commune.pk, "address": "12"}).status_code
        == 302
    )
    assert client.post(step("que-nha"), {"home": places.commune.pk, "address": "ấp 1"}).status_code == 302
    add_person(client, health={})
    assert client.post(step("gia-dinh")).url == step("ly-do")
    assert client.post(step("ly-do"), {"reasons": ["lost_work"]}).status_code == 302
    assert client.post(step("ngay-di"), {}).status_code == 302
    assert client.post(step("dien-thoai"), {"phone": "0901 234 567"}).url == step("ma-xac-nhan")
    assert client.post(step("ma-xac-nhan"), {"code": last_code()}).url == step("kiem-tra")
    return started


@pytest.fixture
def at_people(client: Client, started: Registration, places: SimpleNamespace) -> Registration:
    client.post(step("noi-dang-o"), {"origin": places.city.pk})
    client.post(step("que-nha"), {"home": places.commune.pk, "address": "ấp 1"})
    return started


@pytest.fixture
def road(db: None) -> SimpleNamespace:
    """Officers and places of the whole way home."""
    from tests.repatriation.world.road import make_road

    return make_road()


@pytest.fixture
def desk(road: SimpleNamespace) -> Client:
    return client_of(road.coordinator)


@pytest.fixture
def row(road: SimpleNamespace) -> Registration:
    """The family whom the checkpoint's tests expect."""
    from tests.repatriation.world.road import family

    return family(road.campaign, road.places, 3, names=["Nguyễn Thị Lan", "Trần Văn Đức", "Trần Bảo An"])


@pytest.fixture
def box(road: SimpleNamespace) -> Client:
    return client_of(road.barrier)
