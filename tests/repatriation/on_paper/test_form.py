"""The arrival form on paper: blank, and with the families that a trip still brings."""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from portal.records.models import Read
from repatriation.manifests.closed_list import seated_families
from repatriation.on_paper.form import _content, arrival_form_pdf, still_expected
from tests.repatriation.world.road import as_, enter, family, on_the_road, people_of

FORM = reverse("repatriation:arrival_form")


def test_a_blank_form_fills_the_two_sides_of_a_sheet(road: SimpleNamespace, box: Client) -> None:
    answer = box.get(FORM)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert answer.content.count(b"/Type /Page\n") + answer.content.count(b"/Type/Page\n") in {0, 2}
    content = _content(road.checkpoint, None, [])
    assert len(content["families"]) == 4
    assert {family["qr"] for family in content["families"]} == {""}


def test_the_form_has_the_fields_of_the_screen(road: SimpleNamespace) -> None:
    content = _content(road.checkpoint, None, [])
    assert content["tests"] == ["Không làm", "Âm tính", "Dương tính"]
    assert content["decisions"] == ["Về nhà", "Cơ sở cách ly", "Bệnh viện"]
    assert "1 sốt, 2 ho" in content["legend"]
    assert set(content["labels"]) == {"code", "phone", "home", "address", "came", "plate", "papers"}


def test_a_trips_form_has_who_is_still_to_come(road: SimpleNamespace, box: Client) -> None:
    first, second = (family(road.campaign, road.places, 3) for _number in range(2))
    trip = on_the_road(road, first, second)
    enter(road, first)
    enter(road, second, people_of(second)[:1])
    rows = still_expected(seated_families(trip))
    assert [row.code for row in rows] == [second.code]
    content = _content(road.checkpoint, trip, rows)
    lines = content["families"][0]["lines"]
    assert [line[0] for line in lines] == [*(one.full_name for one in people_of(second)[1:]), ""]
    assert "<svg" in content["families"][0]["qr"]
    assert all(one.identity_number not in str(content) for one in people_of(second))
    assert box.get(FORM, {"trip": trip.code}).content.startswith(b"%PDF")
    read = Read.objects.latest("pk")
    assert (read.kind, set(read.subject_ids)) == ("export", {one.pk for one in people_of(second)[1:]})


def test_a_full_bus_is_printed(road: SimpleNamespace) -> None:
    trip = on_the_road(road, *[family(road.campaign, road.places, size) for size in (12, 1, 4, 6)])
    pdf = arrival_form_pdf(road.checkpoint, trip, still_expected(seated_families(trip)))
    assert pdf.startswith(b"%PDF")


def test_another_checkpoint_gets_no_names(road: SimpleNamespace, box: Client) -> None:
    trip = on_the_road(road, family(road.campaign, road.places, 2))
    assert as_(road.far_barrier).get(FORM, {"trip": trip.code}).status_code == 404
    assert box.get(FORM, {"at": road.second.pk}).status_code == 404
    assert as_(road.here).get(FORM).status_code == 403
