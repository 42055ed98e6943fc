"""The minutes of a handover: on paper, families whole, with room to sign."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pypdf
from django.urls import reverse

from portal.records.models import Read
from repatriation.handover.actions import accept
from repatriation.models import Handover
from tests.factories import fresh
from tests.repatriation.world.road import as_, enter, family, handed_over, on_the_road


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_one_family_with_both_sides_and_room_to_sign(road: SimpleNamespace) -> None:
    rows = accept(handed_over(road, 2, names=["Lê Thị Mẹ", "Lê Văn Con"]), by=road.here)
    answer = as_(road.here).get(reverse("repatriation:handover_minutes", args=[rows[0].party]))
    (text,) = pages_of(answer.content)
    for words in ("Lê Thị Mẹ", "Lê Văn Con", "Chốt Suối Sâu", "Xã Hưng Thuận", "ký, ghi rõ họ tên"):
        assert words in text
    assert road.here.full_name in text
    assert Read.objects.filter(kind="export", user=road.here).exists()


def test_a_bus_has_a_part_for_each_place_and_parts_no_family(road: SimpleNamespace) -> None:
    families = [family(road.campaign, road.places, 2 + number % 5) for number in range(11)]
    trip = on_the_road(road, *families)
    for number, row in enumerate(families):
        enter(road, row, destination=road.third if number == 10 else road.commune)
    address = reverse("repatriation:trip_minutes", args=[trip.code])
    pages = pages_of(as_(road.coordinator).get(address).content)
    assert len(pages) > 2
    for row in families:
        names = list(row.members.values_list("person__full_name", flat=True))
        holding = [page for page in pages if any(f"{name}," in page for name in names)]
        assert len(holding) == 1, names
        assert all(f"{name}," in holding[0] for name in names)
    own = " ".join(pages_of(as_(fresh(road.outside)).get(address).content))
    assert "Xã Bến Cầu" in own
    assert "Xã Hưng Thuận" not in own
    assert Handover.objects.open().count() == sum(row.people for row in families)
