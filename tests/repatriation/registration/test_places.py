"""Where a family is and where it goes, as people type it: nothing is taken that they did not mean."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from portal.places.models import LegacyCommune, Place
from repatriation.models import Registration
from tests.repatriation.world.families import draft_of
from tests.repatriation.world.road import text_of
from tests.repatriation.world.wizard import step

ORIGIN, HOME = step("noi-dang-o"), step("que-nha")


def once(name: str, district: tuple[str, str], province: tuple[str, str], now: Place) -> None:
    row = LegacyCommune.objects.create(
        code=f"{district[0]}-{name[-6:]}",
        name=name,
        district_code=district[0],
        district=district[1],
        province_code=province[0],
        province=province[1],
    )
    row.successors.add(now)


@pytest.fixture
def old_names(places: SimpleNamespace) -> None:
    city = ("79", "Thành phố Hồ Chí Minh")
    once("Phường 5", ("764", "Quận Gò Vấp"), city, places.city_commune)
    once("Phường 5", ("794", "Thành phố Tân An"), ("80", "Tỉnh Long An"), places.other_commune)
    once("Phường 6", ("794", "Thành phố Tân An"), ("80", "Tỉnh Long An"), places.other_commune)
    once("Xã Đôn Thuận", ("712", "Thị xã Trảng Bàng"), ("72", "Tỉnh Tây Ninh"), places.commune)


pytestmark = pytest.mark.usefixtures("old_names")


def test_a_ward_elsewhere_becomes_no_ward_of_the_home_province(
    client: Client, started: Registration, places: SimpleNamespace
) -> None:
    page = client.post(ORIGIN, {"origin_text": "Phường 6, Gò Vấp"})
    assert page.status_code == 200
    assert draft_of(started).origin is None
    assert client.post(ORIGIN, {"origin_text": "Phường 5, Gò Vấp"}).url == HOME
    assert draft_of(started).origin == places.city_commune.pk


def test_the_next_page_says_what_an_old_name_was_taken_for_and_leads_back(
    client: Client, started: Registration
) -> None:
    page = text_of(client.post(ORIGIN, {"origin_text": "Phường 5, Gò Vấp"}, follow=True))
    assert "“Phường 5, Gò Vấp” được hiểu là phường Trung Mỹ Tây, thành phố Hồ Chí Minh." in page
    assert f'<a href="{ORIGIN}">Sửa nơi này</a>' in page
    assert "được hiểu là" not in text_of(client.get(HOME))  # said once
    page = text_of(client.post(HOME, {"home_text": "Đôn Thuận", "address": "ấp 1"}, follow=True))
    assert "“Đôn Thuận” được hiểu là xã Hưng Thuận, tỉnh Tây Ninh." in page


def test_what_was_typed_is_shown_as_text(client: Client, started: Registration) -> None:
    page = text_of(client.post(ORIGIN, {"origin_text": "Phường <5>, Gò Vấp"}, follow=True))
    assert "“Phường &lt;5&gt;, Gò Vấp” được hiểu là" in page


def test_a_name_as_it_is_needs_no_word(client: Client, started: Registration) -> None:
    page = client.post(ORIGIN, {"origin_text": "trung my tay"}, follow=True)
    assert "được hiểu là" not in text_of(page)


def test_a_place_where_the_campaign_does_not_go_is_named_and_not_offered(
    client: Client, started: Registration
) -> None:
    assert "under=vn%2F79%2F" in text_of(client.get(ORIGIN))
    for text in ("Hà Nội", "thành phố hà nội", "Phường 5, Tân An"):
        page = text_of(client.post(ORIGIN, {"origin_text": text}))
        assert "Đợt này chỉ đón từ: thành phố Hồ Chí Minh." in page
        assert 'type="radio"' not in page


def test_a_campaign_without_origins_offers_every_place(client: Client, started: Registration) -> None:
    started.campaign.origins.clear()
    assert "under=vn%2F&quot;" in text_of(client.get(ORIGIN)).replace('"', "&quot;")
    assert client.post(ORIGIN, {"origin_text": "Hà Nội"}).url == HOME
