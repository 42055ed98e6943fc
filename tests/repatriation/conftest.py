"""A small country and an open campaign for the tests of the way home."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.places.models import Place
from repatriation.models import Campaign, Registration, RuleSet
from repatriation.queue.rule_sets import load_rule_sets
from tests.factories import client_of
from tests.repatriation.world.families import last_code
from tests.repatriation.world.wizard import add_person, step


def make_place(kind: str, code: str, name: str, parent: Place | None = None) -> Place:
    place, _created = Place.objects.get_or_create(
        kind=kind, code=code, scheme="2025", defaults={"name": name, "parent": parent}
    )
    return place


def make_places() -> SimpleNamespace:
    country = make_place("country", "vn", "Việt Nam")
    home = make_place("province", "80", "Tỉnh Tây Ninh", country)
    city = make_place("province", "79", "Thành phố Hồ Chí Minh", country)
    far = make_place("province", "01", "Thành phố Hà Nội", country)
    commune = make_place("commune", "25711", "Xã Hưng Thuận", home)
    other_commune = make_place("commune", "25732", "Phường Trảng Bàng", home)
    city_commune = make_place("commune", "27592", "Phường Trung Mỹ Tây", city)
    return SimpleNamespace(
        country=country,
        home=home,
        city=city,
        far=far,
        commune=commune,
        other_commune=other_commune,
        city_commune=city_commune,
        checkpoint=make_place("checkpoint", "cp-suoi-sau", "Chốt Suối Sâu", other_commune),
        pickup=make_place("pickup", "bx-an-suong", "Bến xe An Sương", city_commune),
    )


def make_campaign(places: SimpleNamespace, **changes: object) -> Campaign:
    load_rule_sets()
    today = timezone.localdate()
    values = {
        "name": "Đợt đón công dân tháng 11",
        "slug": "dot-11",
        "starts_on": today - dt.timedelta(days=1),
        "ends_on": today + dt.timedelta(days=6),
        "rule_set": RuleSet.objects.earliest("pk"),
    }
    campaign = Campaign.objects.create(**{**values, **changes})
    campaign.origins.add(places.city)
    campaign.gateways.add(places.checkpoint)
    return campaign


@pytest.fixture
def places(db: None) -> SimpleNamespace:
    return make_places()


@pytest.fixture
def campaign(places: SimpleNamespace) -> Campaign:
    return make_campaign(places)


@pytest.fixture
def started(client: Client, campaign: Campaign) -> Registration:
    client.post(reverse("repatriation:register"), {"campaign": campaign.pk, "agreed": "on"})
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
