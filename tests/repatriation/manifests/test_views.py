"""The officers' pages of the closed lists: who reads what, on the screen, on paper and in a spreadsheet."""

from __future__ import annotations

import datetime as dt
import io
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.records.models import Read
from portal.reporting.worklist import how_many
from portal.ui import parts
from repatriation.models import Registration, Trip
from repatriation.trips import actions as trips
from tests.factories import fresh, make_user
from tests.journeys.qr import read_paper
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import (
    as_,
    at_departure,
    bus,
    family,
    people_of,
    queries,
    same_cost,
    seated,
    text_of,
)


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


def closed(road: SimpleNamespace, *rows: Registration, **changes: Any) -> Trip:
    trip = bus(road, **changes)
    for row in rows:
        seated(row, trip)
    return trips.close_trip(trip, by=road.coordinator)


@pytest.fixture
def two(road: SimpleNamespace) -> SimpleNamespace:
    """A closed trip with a family for each of two communes."""
    here = family(road.campaign, road.places, 2, names=["Trần Thị Bưởi", "Trần Văn Cam"])
    there = family(road.campaign, road.places, 3, home_commune=road.other)
    return SimpleNamespace(here=here, there=there, trip=closed(road, here, there, vehicle_plate="70B-012.34"))


def ids(*rows: Registration) -> set[int]:
    return {person.pk for row in rows for person in people_of(row)}


def last_read(user: User) -> Read:
    return Read.objects.filter(user=user).latest("pk")


def sheets(answer: Any) -> dict[str, list[tuple[Any, ...]]]:
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    book = load_workbook(io.BytesIO(answer.content))
    return {one.title: list(one.iter_rows(values_only=True)) for one in book.worksheets}


def paper(answer: Any) -> tuple[str, list[str]]:
    """The words of a PDF, and what its QR codes say."""
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    codes = [
        code
        for page in pages
        for drawing in page.get_contents().get_data().split(b"/Alt(")[1:]
        for code in read_paper(drawing.partition(b"EMC")[0])
    ]
    return " ".join(" ".join(page.extract_text() for page in pages).split()), codes


# On the screen


def test_the_gateway_reads_the_whole_list_with_masked_numbers(
    road: SimpleNamespace, two: SimpleNamespace
) -> None:
    for user in (road.coordinator, road.barrier, make_user(Role.ESCORT, road.checkpoint, username="theo")):
        page = text_of(as_(user).get(url("manifest", two.trip.code)))
        assert two.here.code in page
        assert two.there.code in page
        assert str(people_of(two.here)[0].identity_number) not in page
        assert two.here.phone[3:] not in page
        read = last_read(user)
        assert (read.kind, set(read.subject_ids)) == ("page", ids(two.here, two.there))


def test_a_commune_reads_and_is_logged_for_its_own_people_alone(
    road: SimpleNamespace, two: SimpleNamespace
) -> None:
    for user in (road.here, road.viewer):
        page = text_of(as_(user).get(url("manifest", two.trip.code)))
        assert "Trần Thị Bưởi" in page
        assert two.there.code not in page
        assert road.other.name not in page
        assert set(last_read(user).subject_ids) == ids(two.here)


@pytest.mark.parametrize("name", ["manifest", "manifest_paper"])
def test_elsewhere_404_and_without_the_right_403(
    road: SimpleNamespace, two: SimpleNamespace, name: str
) -> None:
    for user in (road.outside, road.far_barrier):
        assert as_(user).get(url(name, two.trip.code)).status_code == 404
    for user in (road.leader, road.admin, road.health):
        assert as_(user).get(url(name, two.trip.code)).status_code == 403
    assert as_(road.coordinator).post(url(name, two.trip.code)).status_code == 405


def test_before_closing_the_page_says_that_it_may_change(road: SimpleNamespace, desk: Client) -> None:
    trip = bus(road)
    boards, asked = (family(road.campaign, road.places, 2) for _one in range(2))
    seated(boards, trip)
    offered(asked, trip)
    for browser in (desk, as_(road.barrier)):
        page = text_of(browser.get(url("manifest", trip.code)))
        assert "chưa chốt" in page
        assert boards.code in page
        assert asked.code not in page
        assert str(people_of(boards)[0].identity_number) not in page
    assert as_(road.here).get(url("manifest", trip.code)).status_code == 404
    assert desk.get(url("manifest_paper", trip.code)).status_code == 404
    assert "Chưa có gia đình nào nhận chỗ" in text_of(desk.get(url("manifest", bus(road).code)))


def test_a_list_without_families_says_so(road: SimpleNamespace, desk: Client) -> None:
    assert "chưa có gia đình nào nhận chỗ" in text_of(desk.get(url("manifest", closed(road).code)))


def test_what_changed_since_stands_beside_the_list_of_whom_it_concerns(
    road: SimpleNamespace, two: SimpleNamespace, desk: Client
) -> None:
    offer = two.trip.offers.get(registration=two.there)
    trips.transition(offer, "cancel", by=road.coordinator)
    trips.transition(two.there, "withdraw", by=road.coordinator)
    page = text_of(desk.get(url("manifest", two.trip.code)))
    assert "Thay đổi sau khi chốt" in page
    assert "đã rút đăng ký" in page
    assert "Thay đổi sau khi chốt" in text_of(as_(road.elsewhere).get(url("manifest", two.trip.code)))
    assert "Thay đổi sau khi chốt" not in text_of(as_(road.here).get(url("manifest", two.trip.code)))


# On paper


def test_the_paper_has_everybody_with_a_code_to_scan_and_room_to_sign(
    road: SimpleNamespace, two: SimpleNamespace, desk: Client
) -> None:
    text, codes = paper(desk.get(url("manifest_paper", two.trip.code)))
    assert codes == sorted(codes, key=text.index)
    assert set(codes) == {two.here.code, two.there.code}
    for words in (
        "DANH SÁCH CÔNG DÂN LÊN XE",
        two.trip.code,
        "70B-012.34",
        "Chốt Suối Sâu",
        "Trần Thị Bưởi",
        f"0{two.here.phone[3:]}",
        "Xã Hưng Thuận",
        "1 gia đình, 3 người",
        "Bản chốt lúc",
        "Người lập",
        "Trưởng đoàn",
        road.coordinator.full_name,
        "Ngày …… tháng …… năm",
        "Trang 1 / 1",
    ):
        assert words in text
    assert str(people_of(two.here)[0].identity_number) not in text
    read = last_read(road.coordinator)
    assert (read.kind, set(read.subject_ids)) == ("export", ids(two.here, two.there))


def test_the_paper_of_a_commune_has_its_own_people(road: SimpleNamespace, two: SimpleNamespace) -> None:
    text, codes = paper(as_(road.here).get(url("manifest_paper", two.trip.code)))
    assert codes == [two.here.code]
    assert road.other.name not in text


def test_printed_again_after_everything_changed_it_is_the_same(
    road: SimpleNamespace, two: SimpleNamespace, desk: Client
) -> None:
    first = desk.get(url("manifest_paper", two.trip.code)).content
    person = people_of(two.here)[0]
    person.full_name = "Trần Thị Khác"
    person.save()
    Registration.objects.filter(pk=two.here.pk).update(phone="+84900000000")
    Trip.objects.filter(pk=two.trip.pk).update(vehicle_plate="51B-999.99")
    offer = two.trip.offers.get(registration=two.there)
    trips.transition(offer, "cancel", by=road.coordinator)
    trips.transition(two.there, "withdraw", by=road.coordinator)
    desk.cookies["django_language"] = "en"
    assert desk.get(url("manifest_paper", two.trip.code)).content == first


def test_a_full_vehicle_takes_several_pages_with_every_code(road: SimpleNamespace, desk: Client) -> None:
    rows = [family(road.campaign, road.places, 2) for _one in range(22)]
    text, codes = paper(desk.get(url("manifest_paper", closed(road, *rows).code)))
    assert sorted(codes) == sorted(row.code for row in rows)
    assert "Trang 2 / " in text


def test_names_cannot_break_out_of_the_paper(road: SimpleNamespace, desk: Client) -> None:
    row = family(road.campaign, road.places, 1, names=['#panic("x") $ ] \\ *Lê*'])
    text, _codes = paper(desk.get(url("manifest_paper", closed(road, row).code)))
    assert '#panic("x")' in text


# As a spreadsheet


def test_the_spreadsheet_is_by_vehicle_and_by_commune(
    road: SimpleNamespace, two: SimpleNamespace, desk: Client
) -> None:
    book = sheets(desk.get(url("manifest", two.trip.code), {"export": "xlsx"}))
    assert list(book) == ["Theo xe", "Theo xã"]
    _header, *people = book["Theo xe"]
    assert len(people) == 5
    assert {row[1] for row in people} == {"70B-012.34"}
    assert not {str(one.identity_number) for one in people_of(two.here)} & {
        cell for row in people for cell in row
    }
    assert two.here.phone not in str(people)
    _header, *homes = book["Theo xã"]
    assert [row[0] for row in homes if not row[1]] == [f"Cộng {road.commune.name}", f"Cộng {road.other.name}"]
    assert [row[3] for row in homes if not row[1]] == [2, 3]
    read = last_read(road.coordinator)
    assert (read.kind, set(read.subject_ids)) == ("export", ids(two.here, two.there))
    mine = sheets(as_(road.here).get(url("manifest", two.trip.code), {"export": "xlsx"}))
    assert len(mine["Theo xe"]) == 3


def test_a_day_in_one_file_has_a_sheet_a_vehicle(
    road: SimpleNamespace, two: SimpleNamespace, desk: Client
) -> None:
    second = closed(road, family(road.campaign, road.places, 1))
    tomorrow = closed(
        road, family(road.campaign, road.places, 1), departs_at=timezone.now() + dt.timedelta(days=9)
    )
    day = timezone.localtime(second.departs_at)
    book = sheets(desk.get(url("manifest_list"), {"export": "xlsx", "day": f"{day:%d/%m/%Y}"}))
    assert set(book) == {"Các chuyến", two.trip.code, second.code}
    assert tomorrow.code not in book
    assert len(book["Các chuyến"]) == 3
    assert len(book[two.trip.code]) == 6
    assert last_read(road.coordinator).kind == "export"
    mine = sheets(as_(road.here).get(url("manifest_list"), {"export": "xlsx"}))
    assert len(mine[two.trip.code]) == 3


# The list


def test_the_list_shows_each_reader_their_number_of_people(
    road: SimpleNamespace, two: SimpleNamespace
) -> None:
    for user, people in ((road.coordinator, 5), (road.barrier, 5), (road.here, 2), (road.elsewhere, 3)):
        (row,) = as_(user).get(url("manifest_list")).context["page"].rows
        assert (row.trip.code, row.my_people) == (two.trip.code, people)
    for user in (road.outside, road.far_barrier):
        assert "Chưa có danh sách nào" in text_of(as_(user).get(url("manifest_list")))
    assert as_(road.leader).get(url("manifest_list")).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "012.34"}, True),
        ({"q": "51B"}, False),
        ({"status": "closed"}, True),
        ({"status": "departed"}, False),
        ({"day": "01/01/2020"}, False),
        ({"day": "không phải ngày"}, True),
        ({"q": "x" * 200}, True),
    ],
)
def test_the_list_is_narrowed(two: SimpleNamespace, desk: Client, query: dict[str, str], found: bool) -> None:
    page = desk.get(url("manifest_list"), query)
    assert bool(page.context["page"].rows) is found


def test_the_list_finds_a_trip_by_its_code(two: SimpleNamespace, desk: Client) -> None:
    assert desk.get(url("manifest_list"), {"q": two.trip.code.lower()}).context["page"].rows


def test_the_lists_cost_the_same(road: SimpleNamespace, desk: Client) -> None:
    same_cost(
        desk,
        url("manifest_list"),
        lambda _number: closed(road, family(road.campaign, road.places, 1)),
        rows=9,
    )


def test_one_list_costs_the_same_with_more_families(road: SimpleNamespace, desk: Client) -> None:
    small = closed(road, family(road.campaign, road.places))
    large = closed(road, *[family(road.campaign, road.places) for _one in range(20)])
    for suffix in ("manifest", "manifest_paper"):
        assert queries(desk, url(suffix, small.code)) == queries(desk, url(suffix, large.code))


# "Hôm nay"


def waiting(user: User) -> list[Any]:
    part = parts.worklist.get("manifests")
    assert part is not None
    user = fresh(user)
    rows = list(part.rows(user, 50))
    assert how_many([part], user) == [len(rows)]
    return rows


def test_a_commune_has_the_coming_trip_on_its_worklist_until_it_is_counted(
    road: SimpleNamespace, two: SimpleNamespace
) -> None:
    for user in (road.here, road.viewer):
        (row,) = waiting(user)
        assert (row.people, row.manifest.trip) == (2, two.trip)
        page = text_of(as_(user).get(reverse("reporting:today"), {"tab": "manifests"}))
        assert f"Chuyến {two.trip.code} đã chốt, 2 người về Xã Hưng Thuận" in page
        assert "Dự kiến đến Chốt Suối Sâu lúc" in page
    assert waiting(road.outside) == []
    at_departure(two.trip)
    for step in (trips.depart_trip, trips.arrive_trip):
        step(two.trip, by=road.coordinator)
        assert len(waiting(road.here)) == 1
    trips.reconcile_trip(two.trip, by=road.coordinator)
    assert waiting(road.here) == []


def test_a_cancelled_trip_leaves_the_worklist(road: SimpleNamespace, two: SimpleNamespace) -> None:
    trips.cancel_trip(two.trip, by=road.coordinator, reason="Xe hỏng")
    assert waiting(road.here) == []
    assert "không còn chỗ" in text_of(as_(road.here).get(url("manifest", two.trip.code)))


def test_the_escort_begins_at_the_lists(road: SimpleNamespace) -> None:
    escort = make_user(Role.ESCORT, road.checkpoint, username="theo")
    assert as_(escort).get(reverse("accounts:first_screen")).url == url("manifest_list")
