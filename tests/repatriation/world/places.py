"""A small country, and an open campaign in it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from portal.places.models import Place
from repatriation.models import Campaign, RuleSet
from repatriation.queue.rule_sets import load_rule_sets


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
