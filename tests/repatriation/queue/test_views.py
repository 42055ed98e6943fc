"""The officers' lists and pages: filters, search, paging, exports, empty states, and what they cost."""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client

from portal.records.models import Read
from repatriation.models import Campaign
from repatriation.seats.leaving import requeue_family
from tests.repatriation.world.desk import codes_in, exported, sheet, url
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, bus, family, people_of, same_cost, text_of


def test_without_a_campaign_the_queue_says_what_will_be_there(road: SimpleNamespace, desk: Client) -> None:
    Campaign.objects.all().delete()
    assert "Chưa có đợt đón nào" in text_of(desk.get(url("queue")))


def test_the_queue_is_empty_at_first(road: SimpleNamespace, desk: Client) -> None:
    page = text_of(desk.get(url("queue")))
    assert "Không có gia đình nào" in page
    assert "Chưa có chuyến nào sắp đi." in page


def test_the_queue_stands_in_order_with_numbers_and_reasons(road: SimpleNamespace, desk: Client) -> None:
    second = family(road.campaign, road.places, score=5, ago=9)
    third = family(road.campaign, road.places, score=5)
    first = family(road.campaign, road.places, score=9)
    page = desk.get(url("queue"))
    assert codes_in(page) == [first.code, second.code, third.code]
    assert [row.place for row in page.context["page"]] == [1, 2, 3]
    assert all(row.why for row in page.context["page"])


def test_a_family_found_by_search_keeps_its_number(road: SimpleNamespace, desk: Client) -> None:
    family(road.campaign, road.places, score=9)
    family(road.campaign, road.places, score=8)
    row = family(road.campaign, road.places, names=["Nguyễn Thị Lan", "Trần Văn Đức"])
    person = people_of(row)[1]
    for text in (row.code, row.code.lower(), row.phone, str(person.identity_number), "van duc", "Lan"):
        page = desk.get(url("queue"), {"q": text})
        assert codes_in(page) == [row.code], text
        assert [one.place for one in page.context["page"]] == [3]
    assert codes_in(desk.get(url("queue"), {"q": str(person.identity_number)[:-1]})) == []


def test_the_queue_is_filtered_by_origin_home_and_status(road: SimpleNamespace, desk: Client) -> None:
    far = family(road.campaign, road.places, origin=road.places.far)
    near = family(road.campaign, road.places, home_commune=road.third)
    left = family(road.campaign, road.places, status="withdrawn")
    assert codes_in(desk.get(url("queue"), {"origin": road.places.far.pk})) == [far.code]
    assert codes_in(desk.get(url("queue"), {"origin": road.places.city.pk})) == [near.code]
    assert codes_in(desk.get(url("queue"), {"commune": road.third.pk})) == [near.code]
    assert codes_in(desk.get(url("queue"), {"status": "withdrawn"})) == [left.code]
    for wrong in ({"status": "x"}, {"origin": "x"}, {"commune": "-1"}, {"page": "x"}, {"q": "\x00"}):
        assert desk.get(url("queue"), wrong).status_code == 200


def test_the_queue_is_paged_and_counts_on(road: SimpleNamespace, desk: Client) -> None:
    rows = [family(road.campaign, road.places, 1, score=100 - number) for number in range(31)]
    page = desk.get(url("queue"), {"page": 2})
    assert codes_in(page) == [rows[30].code]
    assert [row.place for row in page.context["page"]] == [31]


def test_the_queue_is_exported_as_filtered_and_logged(road: SimpleNamespace, desk: Client) -> None:
    family(road.campaign, road.places, origin=road.places.far)
    row = family(road.campaign, road.places, names=["=HYPERLINK(1)"])
    header, *rows = sheet(desk, url("queue"), origin=road.places.city.pk)
    assert [line[header.index("Mã đăng ký")] for line in rows] == [row.code]
    assert rows[0][header.index("Họ và tên")] == "'=HYPERLINK(1)"
    assert row.phone not in str(rows)
    assert row.phone[-4:] in str(rows)
    assert exported(road.coordinator) == [row.pk]


def test_the_trips_stand_beside_the_queue(road: SimpleNamespace, desk: Client) -> None:
    soon, gone = bus(road), bus(road, status="reconciled")
    page = text_of(desk.get(url("queue")))
    assert url("trip", soon.code) in page
    assert url("trip_fill", soon.code) in page
    assert url("trip", gone.code) not in page


def test_a_familys_page_tells_what_happened_and_is_logged(road: SimpleNamespace, desk: Client) -> None:
    row = family(road.campaign, road.places, 2, names=["Trần Văn Đức"])
    offered(row, bus(road))
    for browser, user in ((desk, road.coordinator), (as_(road.here), road.here)):
        page = text_of(browser.get(url("family", row.code)))
        assert "Trần Văn Đức" in page
        assert str(people_of(row)[0].identity_number) not in page
        assert row.phone not in page
        assert "Đã có chỗ, chờ gia đình trả lời" in page
        read = Read.objects.filter(user=user).latest("pk")
        assert sorted(read.subject_ids) == sorted(one.pk for one in people_of(row))
    assert as_(road.outside).get(url("family", row.code)).status_code == 404
    assert as_(road.barrier).get(url("family", row.code)).status_code == 403


def test_the_button_to_wait_again_stands_where_it_works(road: SimpleNamespace, desk: Client) -> None:
    row = family(road.campaign, road.places, status="no_show")
    address = url("requeue", row.code)
    assert address in text_of(desk.get(url("family", row.code)))
    assert address not in text_of(as_(road.here).get(url("family", row.code)))
    requeue_family(row, by=road.coordinator)
    assert address not in text_of(desk.get(url("family", row.code)))


def test_a_draft_is_nobodys_to_read(road: SimpleNamespace, desk: Client) -> None:
    draft = family(road.campaign, road.places, status="draft", registered_at=None)
    assert desk.get(url("family", draft.code)).status_code == 404


def test_the_queue_costs_the_same(road: SimpleNamespace, desk: Client) -> None:
    same_cost(desk, url("queue"), lambda number: family(road.campaign, road.places, 2, score=number))


def test_a_filtered_queue_costs_the_same(road: SimpleNamespace, desk: Client) -> None:
    address = url("queue") + f"?origin={road.places.city.pk}"
    same_cost(desk, address, lambda number: family(road.campaign, road.places, 2, score=number))
