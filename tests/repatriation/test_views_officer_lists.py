"""The officers' lists and pages: filters, search, paging, exports, empty states, and what they cost."""

from __future__ import annotations

import datetime as dt
import io
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.records.models import Read
from repatriation.actions.handovers import accept, refuse, reroute
from repatriation.actions.trips import requeue_family
from repatriation.models import Arrival, Campaign, Handover, Member, Registration, Trip
from tests.repatriation.families import offered
from tests.repatriation.road import (
    as_,
    bus,
    enter,
    family,
    handed_over,
    key_of,
    on_the_road,
    people_of,
    queries,
    same_cost,
    seated,
    text_of,
)


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


@pytest.fixture
def desk(road: SimpleNamespace) -> Client:
    return as_(road.coordinator)


def sheet(browser: Client, address: str, **query: Any) -> list[tuple[Any, ...]]:
    answer = browser.get(address, {"export": "xlsx", **query})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    return list(rows)


def exported(user: User) -> list[int]:
    """The ids that the last export was logged with."""
    read = Read.objects.filter(kind="export", user=user).latest("pk")
    return sorted(read.subject_ids)


def codes_in(page: Any) -> list[str]:
    return [row.code for row in page.context["page"]]


# The queue


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


# Trips


def test_the_list_of_trips(road: SimpleNamespace, desk: Client) -> None:
    assert "Lập một chuyến" in text_of(desk.get(url("trip_list")))
    early, late = bus(road), bus(road, departs_at=timezone.now() + dt.timedelta(days=9), status="planned")
    assert codes_in(desk.get(url("trip_list"))) == [late.code, early.code]
    assert codes_in(desk.get(url("trip_list"), {"status": "planned"})) == [late.code]
    day = f"{timezone.localtime(late.departs_at):%d/%m/%Y}"
    assert codes_in(desk.get(url("trip_list"), {"day": day})) == [late.code]
    assert desk.get(url("trip_list"), {"day": "99/99/9999", "status": "x"}).status_code == 200


def trip_data(road: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=2)
    values = {
        "campaign": road.campaign.pk,
        "day": f"{day:%d/%m/%Y}",
        "hour": "8h30",
        "pickup": road.places.pickup.pk,
        "gateway": road.checkpoint.pk,
        "seats": "29",
        "vehicle_plate": "70B-012.34",
    }
    return {**values, **changes}


def test_a_trip_is_planned(road: SimpleNamespace, desk: Client) -> None:
    page = desk.post(url("trip_add"), trip_data(road), follow=True)
    assert "Đã lập chuyến" in text_of(page)
    trip = Trip.objects.get()
    assert (trip.status, trip.seats, trip.planned_by) == ("planned", 29, road.coordinator)
    assert f"{timezone.localtime(trip.departs_at):%H:%M}" == "08:30"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hour": "25:00"}, "Không đọc được giờ này"),
        ({"hour": ""}, "Vui lòng ghi giờ"),
        ({"day": "31/02/2027"}, "ngày"),
        ({"day": "01/01/2020"}, "Giờ này đã qua"),
        ({"day": "31/12/9999"}, "2100"),
        ({"day": f"{timezone.localdate() + dt.timedelta(days=21):%d/%m/%Y}"}, "Chuyến của đợt này đi từ"),
        ({"seats": "0"}, "1"),
        ({"seats": "81"}, "80"),
        ({"pickup": ""}, "Vui lòng chọn một mục."),
        ({"campaign": "99999"}, "field-error"),
    ],
)
def test_what_is_wrong_with_a_trip_is_said_and_kept(
    road: SimpleNamespace, desk: Client, changes: dict[str, str], sentence: str
) -> None:
    page = desk.post(url("trip_add"), trip_data(road, **changes))
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "70B-012.34" in text_of(page)
    assert not Trip.objects.exists()


def test_the_last_trips_of_a_campaign_leave_within_two_weeks_of_its_end(
    road: SimpleNamespace, desk: Client
) -> None:
    last = road.campaign.ends_on + dt.timedelta(days=14)
    page = desk.post(url("trip_add"), trip_data(road, day=f"{last:%d/%m/%Y}"), follow=True)
    assert "Đã lập chuyến" in text_of(page)
    assert f"{last:%d/%m/%Y} · {Trip.objects.get().code}" in text_of(page)


def test_a_trip_enters_by_a_gateway_of_its_campaign(road: SimpleNamespace, desk: Client) -> None:
    page = desk.post(url("trip_add"), trip_data(road, gateway=road.second.pk))
    assert page.status_code == 422
    assert "Chốt này không thuộc đợt đã chọn" in text_of(page)


@pytest.mark.parametrize("who", ["here", "viewer", "barrier", "leader", "admin"])
def test_only_the_coordinator_plans(road: SimpleNamespace, who: str) -> None:
    browser = as_(getattr(road, who))
    assert browser.get(url("trip_add")).status_code == 403
    assert browser.post(url("trip_add"), trip_data(road)).status_code == 403


def test_a_trips_page_shows_its_families_and_is_logged(road: SimpleNamespace, desk: Client) -> None:
    trip = bus(road)
    row = family(road.campaign, road.places, names=["Trần Văn Đức"])
    offered(row, trip)
    page = desk.get(url("trip", trip.code))
    assert "Trần Văn Đức" in text_of(page)
    assert page.context["counts"]["offered"] == 2
    read = Read.objects.get(kind="page")
    assert (read.subject_type, read.subject_ids) == ("repatriation.registration", [row.pk])
    empty = text_of(desk.get(url("trip", bus(road).code)))
    assert "Chưa mời gia đình nào" in empty


def test_the_manifest_names_who_boards_with_masked_numbers(road: SimpleNamespace, desk: Client) -> None:
    trip = bus(road)
    boards, asked = (family(road.campaign, road.places, 2) for _one in range(2))
    seated(boards, trip)
    offered(asked, trip)
    for browser in (desk, as_(road.barrier)):
        page = text_of(browser.get(url("manifest", trip.code)))
        assert boards.code in page
        assert asked.code not in page
        assert str(people_of(boards)[0].identity_number) not in page
    _header, *rows = sheet(as_(road.barrier), url("manifest", trip.code))
    assert len(rows) == 2
    assert not {str(one.identity_number) for one in people_of(boards)} & set(rows[0])
    assert boards.phone not in str(rows)
    assert exported(road.barrier) == sorted(
        Member.objects.filter(registration=boards).values_list("pk", flat=True)
    )
    assert "Chưa có gia đình nào nhận chỗ" in text_of(desk.get(url("manifest", bus(road).code)))


def test_the_manifest_of_another_checkpoint_is_404(road: SimpleNamespace) -> None:
    assert as_(road.far_barrier).get(url("manifest", bus(road).code)).status_code == 404
    assert as_(road.here).get(url("manifest", bus(road).code)).status_code == 403


# A family


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


# Arrivals


def names_in(page: Any) -> list[str]:
    return [row.person.full_name for row in page.context["page"]]


def test_the_list_of_arrivals(road: SimpleNamespace) -> None:
    here = as_(road.here)
    assert "Người được ghi nhận tại chốt sẽ hiện ở đây" in text_of(here.get(url("arrival_list")))
    with time_machine.travel(timezone.now() - dt.timedelta(days=3)):
        handed_over(road, 1, names=["Trần Văn Cũ"])
    handed_over(road, 1, names=["Trần Văn Đức"])
    handed_over(road, 1, names=["Lê Thị Nơi Khác"], destination=road.third)
    assert names_in(here.get(url("arrival_list"))) == ["Trần Văn Đức", "Trần Văn Cũ"]
    assert names_in(here.get(url("arrival_list"), {"q": "duc"})) == ["Trần Văn Đức"]
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert names_in(here.get(url("arrival_list"), {"day": today})) == ["Trần Văn Đức"]
    assert len(names_in(as_(road.barrier).get(url("arrival_list")))) == 3
    assert names_in(as_(road.far_barrier).get(url("arrival_list"))) == []
    assert names_in(as_(road.outside).get(url("arrival_list"))) == ["Lê Thị Nơi Khác"]
    assert here.get(url("arrival_list"), {"day": "x", "q": "\x00"}).status_code == 200
    assert "2100" in text_of(here.get(url("arrival_list"), {"day": "31/12/9999"}))


def test_arrivals_are_exported_as_filtered_and_logged(road: SimpleNamespace) -> None:
    mine = handed_over(road, 2, names=["Trần Văn Đức", "Trần Thị Mai"])
    handed_over(road, 1, destination=road.third)
    header, *rows = sheet(as_(road.here), url("arrival_list"), q="duc")
    assert [row[header.index("Họ và tên")] for row in rows] == ["Trần Văn Đức"]
    assert mine[0].person.identity_number not in str(rows)
    assert exported(road.here) == [mine[0].arrival_id]
    sheet(as_(road.here), url("arrival_list"))
    assert exported(road.here) == sorted(row.arrival_id for row in mine)


# What was measured is for the checkpoint and for those who take people in

KNOWS = {"barrier", "here"}
MEASURED = ("Dương tính", "dương tính", "Có triệu chứng", "38.7", "38,7")


@pytest.mark.parametrize("who", ["barrier", "here", "viewer", "coordinator"])
def test_what_was_measured_is_shown_only_to_those_who_may_know(road: SimpleNamespace, who: str) -> None:
    rows = handed_over(road, 1)
    seen = {"rapid_test": "positive", "has_symptoms": True, "temperature": "38.7", "decision": "hospital"}
    Arrival.objects.filter(pk=rows[0].arrival_id).update(**seen)
    browser = as_(getattr(road, who))
    addresses = [url("arrival_list"), url("handover_list"), url("party", key_of(rows))]
    for address in addresses + ["/officer/today/"] * (who != "barrier"):
        page = text_of(browser.get(address))
        assert any(word in page for word in MEASURED) is (who in KNOWS), address
    export = browser.get(url("arrival_list"), {"export": "csv"}).content.decode()
    for word in ("Nhiệt độ", "38.7", "Test nhanh", "Dương tính", "Có triệu chứng"):
        assert (word in export) is (who in KNOWS), word
    assert "Bệnh viện" in export  # where they go is no secret to those who plan


def test_who_takes_people_in_elsewhere_knows_nothing_of_others(road: SimpleNamespace) -> None:
    rows = handed_over(road, 1)
    Arrival.objects.filter(pk=rows[0].arrival_id).update(rapid_test="positive", temperature="38.7")
    today = timezone.localdate()
    Assignment.objects.create(user=road.viewer, role=Role.COMMUNE, place=road.third, starts_on=today)
    browser = as_(road.viewer)
    for address in (url("arrival_list"), url("handover_list"), url("party", key_of(rows))):
        assert "ương tính" not in text_of(browser.get(address)), address
    export = browser.get(url("arrival_list"), {"export": "csv"}).content.decode()
    assert "Nhiệt độ" in export
    assert "38.7" not in export
    assert "Dương tính" not in export


# Handovers


def heads(page: Any) -> list[str]:
    return [party.head.full_name for party in page.context["parties"]]


def test_the_list_of_handovers(road: SimpleNamespace, desk: Client) -> None:
    here = as_(road.here)
    assert "Không có bàn giao nào" in text_of(here.get(url("handover_list")))
    with time_machine.travel(timezone.now() - dt.timedelta(hours=9)):
        handed_over(road, 2, names=["Trần Văn Trễ"])
    handed_over(road, 2, names=["Trần Văn Đức"])
    accept(handed_over(road, 2, names=["Trần Văn Xong"]), by=road.here)
    refuse(handed_over(road, 2, names=["Trần Văn Trả"]), by=road.here, reason="Hết chỗ")
    handed_over(road, 1, names=["Lê Nơi Khác"], destination=road.third)
    address = url("handover_list")
    assert heads(here.get(address)) == ["Trần Văn Trễ", "Trần Văn Đức"]
    assert heads(here.get(address, {"overdue": "on"})) == ["Trần Văn Trễ"]
    assert heads(here.get(address, {"status": "accepted"})) == ["Trần Văn Xong"]
    assert heads(here.get(address, {"status": "refused"})) == ["Trần Văn Trả"]
    assert len(heads(here.get(address, {"status": "all"}))) == 4
    assert heads(here.get(address, {"q": "duc"})) == ["Trần Văn Đức"]
    row = Registration.objects.get(members__person__full_name="Trần Văn Đức")
    assert heads(here.get(address, {"q": row.code.lower()})) == ["Trần Văn Đức"]
    assert heads(desk.get(address, {"commune": road.third.pk})) == ["Lê Nơi Khác"]
    assert len(heads(desk.get(address))) == 3
    assert heads(as_(road.outside).get(address)) == ["Lê Nơi Khác"]
    assert here.get(address, {"status": "x", "commune": "x", "q": "\x00"}).status_code == 200


def test_handovers_are_exported_as_filtered_and_logged(road: SimpleNamespace) -> None:
    mine = handed_over(road, 2, names=["Trần Văn Đức", "Lê Thị Anh"])
    handed_over(road, 1, destination=road.third)
    header, *rows = sheet(as_(road.here), url("handover_list"))
    assert [row[header.index("Họ và tên")] for row in rows] == ["Lê Thị Anh", "Trần Văn Đức"]
    assert mine[0].person.identity_number not in str(rows)
    assert exported(road.here) == sorted(row.pk for row in mine)


def test_handovers_are_paged(road: SimpleNamespace) -> None:
    for _family in range(51):
        handed_over(road, 1)
    assert len(heads(as_(road.here).get(url("handover_list"), {"page": 2}))) == 1


def test_a_party_page_shows_what_was_seen_and_is_logged(road: SimpleNamespace) -> None:
    rows = handed_over(road, 2, names=["Trần Văn Đức"])
    Arrival.objects.filter(person=rows[1].person).update(rapid_test="positive", has_symptoms=True)
    page = text_of(as_(road.here).get(url("party", key_of(rows))))
    assert "Trần Văn Đức" in page
    assert "Dương tính" in page
    assert rows[0].person.identity_number not in page
    assert rows[0].arrival.registration.phone not in page
    read = Read.objects.get(kind="page")
    assert (read.user, sorted(read.subject_ids)) == (road.here, sorted(row.person_id for row in rows))
    assert as_(road.outside).get(url("party", key_of(rows))).status_code == 404


def test_a_party_sent_on_shows_each_place_its_own_part(road: SimpleNamespace) -> None:
    rows = handed_over(road, 2)
    reroute(rows, to_place=road.third, by=road.coordinator)
    address = url("party", key_of(rows))
    assert url("handover_accept", key_of(rows)) not in text_of(as_(road.here).get(address))
    assert url("handover_accept", key_of(rows)) in text_of(as_(road.outside).get(address))
    assert {row.to_place for row in as_(road.barrier).get(address).context["rows"]} == {road.third}


# What they cost


def test_the_queue_costs_the_same(road: SimpleNamespace, desk: Client) -> None:
    same_cost(desk, url("queue"), lambda number: family(road.campaign, road.places, 2, score=number))


def test_a_filtered_queue_costs_the_same(road: SimpleNamespace, desk: Client) -> None:
    address = url("queue") + f"?origin={road.places.city.pk}"
    same_cost(desk, address, lambda number: family(road.campaign, road.places, 2, score=number))


def test_the_trips_cost_the_same(road: SimpleNamespace, desk: Client) -> None:
    same_cost(desk, url("trip_list"), lambda _number: bus(road))


@pytest.mark.parametrize("name", ["trip", "manifest"])
def test_a_trip_costs_the_same_with_more_families(road: SimpleNamespace, desk: Client, name: str) -> None:
    trip = bus(road, seats=80)
    same_cost(desk, url(name, trip.code), lambda _number: seated(family(road.campaign, road.places, 2), trip))


@pytest.mark.parametrize("name", ["arrival_list", "handover_list"])
@pytest.mark.parametrize("who", ["here", "coordinator"])
def test_lists_of_those_who_came_cost_the_same(road: SimpleNamespace, name: str, who: str) -> None:
    same_cost(as_(getattr(road, who)), url(name), lambda _number: handed_over(road, 1))


def test_the_checkpoint_costs_the_same(road: SimpleNamespace) -> None:
    def add(_number: int) -> None:
        row = family(road.campaign, road.places, 1)
        on_the_road(road, row)
        enter(road, row)

    same_cost(as_(road.barrier), url("checkpoint"), add)


def test_a_party_costs_the_same_for_a_large_family(road: SimpleNamespace) -> None:
    here = as_(road.here)
    small, large = handed_over(road, 1), handed_over(road, 12)
    assert Handover.objects.count() == 13
    here.get(url("party", key_of(small)))
    assert queries(here, url("party", key_of(large))) == queries(here, url("party", key_of(small)))
