"""A commune that sent people back keeps its answer, and reads them no more."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from openpyxl import load_workbook

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.records.log import history
from portal.records.models import Read
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.handover.actions import refuse
from repatriation.handover.routing import reroute
from repatriation.models import Arrival, Handover
from tests.factories import fresh, make_user
from tests.repatriation.world.road import as_, enter, family, key_of, party, people_of, text_of

LIST, CAME = "/officer/handovers/", "/officer/arrivals/"


@pytest.fixture
def rows(road: SimpleNamespace) -> list[Handover]:
    """A mother with a fever and a child with a positive test, at the barrier, sent to the commune `here`."""
    row = family(road.campaign, road.places, 2, names=["Lê Thị Mẹ", "Lê Văn Con"])
    mother, child = people_of(row)
    mother.birth_date, mother.birth_year, mother.identity_number = None, 1959, "072159004821"
    mother.save()
    facts = [
        ArrivalFacts(mother, temperature="38.6", has_symptoms=True),
        ArrivalFacts(child, rapid_test=Arrival.RapidTest.POSITIVE, decision=Arrival.Decision.HOSPITAL),
    ]
    return party(enter(road, row, facts=facts))


@pytest.fixture
def back(road: SimpleNamespace, rows: list[Handover]) -> list[Handover]:
    return refuse(rows, by=road.here, reason="Không phải người của xã")


def page(user: User, rows: list[Handover]) -> HttpResponse:
    return as_(fresh(user)).get(reverse("repatriation:party", args=[key_of(rows)]))  # type: ignore[return-value]


def listed(user: User, **query: Any) -> str:
    return text_of(as_(fresh(user)).get(LIST, {"status": "refused", **query}))


def sheet(user: User, address: str, **query: Any) -> list[tuple[Any, ...]]:
    answer = as_(fresh(user)).get(address, {"export": "xlsx", **query})
    return list(load_workbook(BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True))


def url(verb: str, rows: list[Handover]) -> str:
    return reverse(f"repatriation:handover_{verb}", args=[key_of(rows)])


def test_before_it_answers_the_commune_reads_them(road: SimpleNamespace, rows: list[Handover]) -> None:
    shown = text_of(page(road.here, rows))
    assert "38,6" in shown or "38.6" in shown
    assert "Lê Văn Con" in shown
    assert "1959" in text_of(as_(road.here).get(LIST))


@pytest.mark.parametrize("who", ["here", "same", "viewer"])
def test_afterwards_it_has_its_answer_alone(road: SimpleNamespace, back: list[Handover], who: str) -> None:
    user = getattr(road, who)
    reads = Read.objects.count()
    assert page(user, back).status_code == 404
    assert Read.objects.count() == reads
    shown = listed(user)
    for kept in ("Lê Thị Mẹ", "Đã trả lại", "Không phải người của xã"):
        assert kept in shown
    their_page = f'href="{reverse("repatriation:party", args=[key_of(back)])}"'
    for gone in ("1959", "ấp Bùng Binh", "Dương tính", "Có triệu chứng", "Bệnh viện", their_page):
        assert gone not in shown
    written = [str(cell) for row in sheet(user, LIST, status="refused") for cell in row]
    assert "Lê Thị Mẹ" in written
    assert "Không phải người của xã" in written
    assert not [cell for cell in written if "1959" in cell or "4821" in cell]


@pytest.mark.parametrize("who", ["here", "viewer"])
def test_the_list_of_arrivals_leaves_them_out(road: SimpleNamespace, rows: list[Handover], who: str) -> None:
    user = getattr(road, who)
    assert "Lê Thị Mẹ" in text_of(as_(user).get(CAME))
    refuse(rows, by=road.here, reason="Không phải người của xã")
    assert "Lê Thị Mẹ" not in text_of(as_(fresh(user)).get(CAME))
    assert sheet(user, CAME) == []


@pytest.mark.parametrize("who", ["barrier", "coordinator", "elsewhere"])
def test_the_checkpoint_its_commune_and_the_province_go_on_reading(
    road: SimpleNamespace, back: list[Handover], who: str
) -> None:
    user = getattr(road, who)
    assert "Lê Văn Con" in text_of(page(user, back))
    assert "1959" in listed(user)
    assert "Bị từ chối" in listed(user)
    assert len(sheet(user, CAME)) == 2


def test_the_next_commune_reads_them_and_the_first_does_not(
    road: SimpleNamespace, back: list[Handover]
) -> None:
    reroute(back, to_place=road.third, by=road.coordinator)
    assert "Lê Văn Con" in text_of(page(road.outside, back))
    assert page(road.here, back).status_code == 404


def test_sent_to_it_again_the_commune_reads_them_again_with_its_first_answer(
    road: SimpleNamespace, back: list[Handover]
) -> None:
    reroute(back, to_place=road.commune, by=road.coordinator, reason="Đúng là người của xã")
    shown = text_of(page(road.here, back))
    assert "Lê Văn Con" in shown
    assert "Không phải người của xã" in shown
    assert "Lê Thị Mẹ" in text_of(as_(road.here).get(CAME))


def test_taken_away_by_the_province_it_reads_them_no_more(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    reroute(rows, to_place=road.third, by=road.coordinator, reason="Gần hơn")
    assert page(road.here, rows).status_code == 404
    assert "Đã trả lại" in listed(road.here)


def test_refusing_leads_to_the_list_and_a_late_press_says_who_decided(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    answer = as_(road.here).post(url("refuse", rows), {"refuse-reason": "Không phải người của xã"})
    assert answer["Location"] == LIST
    late = as_(road.same).post(url("accept", rows), follow=True)
    assert late.redirect_chain[-1][0] == LIST
    assert road.here.full_name in text_of(late)
    blank = as_(road.same).post(url("refuse", rows), {"refuse-reason": ""})
    assert blank.status_code == 404


def test_of_two_roles_neither_lends_the_other_its_place(road: SimpleNamespace, back: list[Handover]) -> None:
    """The commune's officer who also records arrivals, or sends people on, at another place."""
    for role, place in ((Role.CHECKPOINT, road.second), (Role.COORDINATOR, road.third)):
        user = make_user(Role.COMMUNE, road.commune)
        user.assignments.create(role=role, place=place)
        assert page(user, back).status_code == 404
        assert "1959" not in listed(user)
        assert not [row for row in sheet(user, CAME) if "Lê Thị Mẹ" in row]


def test_who_only_looks_at_the_checkpoint_reads_no_health_by_the_commune_that_sent_them_back(
    road: SimpleNamespace, back: list[Handover]
) -> None:
    user = make_user(Role.COMMUNE, road.commune)
    user.assignments.create(role=Role.COMMUNE_VIEWER, place=road.checkpoint)
    shown = text_of(page(user, back))
    assert "Lê Văn Con" in shown
    for gone in ("Dương tính", "38,6", "38.6", "Có triệu chứng"):
        assert gone not in shown
    assert "38.6" not in str(sheet(user, CAME))
    assert "Dương tính" not in text_of(as_(fresh(user)).get(CAME))


def test_the_answer_stays_in_the_log(road: SimpleNamespace, back: list[Handover]) -> None:
    event = history(back[0]).get(verb="refuse")
    assert (event.user, event.reason) == (road.here, "Không phải người của xã")


def test_a_person_of_the_commune_shows_the_way_without_a_dead_link(
    road: SimpleNamespace, back: list[Handover]
) -> None:
    shown = text_of(as_(road.here).get(reverse("citizens:person", args=[back[0].person_id])))
    assert "chưa tiếp nhận" in shown
    assert str(key_of(back)) not in shown
