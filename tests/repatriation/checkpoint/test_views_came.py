"""Who came, to the barrier and to the communes: the lists, a party, and what they cost."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.accounts.models import Assignment
from portal.accounts.roles import Role
from portal.records.models import Read
from repatriation.handover.actions import accept, refuse
from repatriation.handover.routing import reroute
from repatriation.models import Arrival, Handover, Registration
from tests.repatriation.world.desk import exported, sheet, url
from tests.repatriation.world.road import (
    as_,
    enter,
    family,
    handed_over,
    key_of,
    on_the_road,
    queries,
    same_cost,
    text_of,
)


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
    Arrival.objects.filter(pk=rows[0].arrival_id).update(
        rapid_test="positive", temperature="38.7", decision="facility"
    )
    today = timezone.localdate()
    Assignment.objects.create(user=road.viewer, role=Role.COMMUNE, place=road.third, starts_on=today)
    browser = as_(road.viewer)
    for address in (url("arrival_list"), url("handover_list"), url("party", key_of(rows))):
        assert "ương tính" not in text_of(browser.get(address)), address
    export = browser.get(url("arrival_list"), {"export": "csv"}).content.decode()
    assert "Nhiệt độ" in export
    assert "38.7" not in export
    assert "Dương tính" not in export


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
    Arrival.objects.filter(person=rows[1].person).update(
        rapid_test="positive", has_symptoms=True, decision="facility"
    )
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
    assert {line.row.to_place for line in as_(road.barrier).get(address).context["lines"]} == {road.third}


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
