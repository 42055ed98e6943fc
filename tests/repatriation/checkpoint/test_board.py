"""The board: what each checkpoint expects, has entered, waits for and was refused, and the people behind it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.accounts.roles import Role
from portal.records.models import Read
from repatriation.checkpoint.board import FIGURES, checkpoints_of, read_board
from repatriation.checkpoint.board_people import rows_behind
from repatriation.handover.actions import accept, refuse
from repatriation.handover.routing import reroute
from repatriation.models import Arrival, Handover
from tests.factories import client_of, make_user
from tests.repatriation.world.boarding import strangers
from tests.repatriation.world.road import (
    bus,
    enter,
    family,
    handed_over,
    on_the_road,
    people_of,
    seated,
    text_of,
)

BOARD, PART = "/officer/board/", "/officer/board/figures/"


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    """The day has twelve hours before and after, so that nothing here stands on its edge."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon, tick=False):
        yield


def figures(road: SimpleNamespace, user: Any = None, at: Any = None) -> dict[str, int]:
    """The figures of one checkpoint."""
    lines = read_board(checkpoints_of(user or road.coordinator), user or road.coordinator)
    line = next(line for line in lines if line.place == (at or road.checkpoint))
    return {cell.figure.key: cell.number for cell in line.cells}


def link(figure: str) -> str:
    return reverse("repatriation:board_people", args=[figure])


def test_each_figure_follows_the_family(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    nothing = dict.fromkeys([figure.key for figure in FIGURES], 0)
    assert figures(road) == nothing
    on_the_road(road, row)
    assert figures(road) == nothing | {"expected": 3}
    first, *others = people_of(row)
    rows = list(Handover.objects.filter(arrival__in=[a.pk for a in enter(road, row, [first]).arrivals]))
    assert figures(road) == nothing | {"expected": 2, "arrived": 1, "waiting": 1}
    enter(road, row, others)
    assert figures(road) == nothing | {"arrived": 3, "waiting": 3}
    with time_machine.travel(timezone.now() + dt.timedelta(hours=5), tick=False):
        assert figures(road) == nothing | {"arrived": 3, "waiting": 3, "overdue": 3}
    refuse(rows, by=road.here, reason="Không ở đây")
    assert figures(road) == nothing | {"arrived": 3, "waiting": 2, "refused": 1}
    reroute(rows, to_place=road.third, by=road.coordinator)
    assert figures(road) == nothing | {"arrived": 3, "waiting": 3}
    accept(Handover.objects.open().filter(to_place=road.commune), by=road.here)
    assert figures(road) == nothing | {"arrived": 3, "waiting": 1}


def test_a_walk_on_without_a_family_is_expected_until_entered(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = on_the_road(road, row)
    boarded = strangers(road, trip, "Võ Văn Tám")
    assert figures(road)["expected"] == 3
    person = boarded.boarded[0].person
    enter(road, None, [person])
    assert figures(road)["expected"] == 2


@pytest.mark.parametrize("away", [dt.timedelta(hours=19), dt.timedelta(hours=-19)])
def test_a_trip_of_another_day_is_not_expected(road: SimpleNamespace, away: dt.timedelta) -> None:
    trip = on_the_road(road, family(road.campaign, road.places, 2))
    type(trip).objects.filter(pk=trip.pk).update(departs_at=timezone.now() + away)
    assert figures(road)["expected"] == 0


def test_a_list_that_is_open_is_not_expected_yet(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    seated(row, bus(road, departs_at=timezone.now() + dt.timedelta(hours=3)))
    assert figures(road)["expected"] == 0


def test_an_arrival_taken_back_is_no_arrival(road: SimpleNamespace) -> None:
    handed_over(road, 2)
    Arrival.objects.filter(pk=Arrival.objects.first().pk).update(
        taken_back_at=timezone.now(), taken_back_by=road.barrier
    )
    assert figures(road)["arrived"] == 1


def test_an_arrival_of_yesterday_still_waits_but_came_yesterday(road: SimpleNamespace) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(hours=13), tick=False):
        handed_over(road, 2)
    found = figures(road)
    assert (found["arrived"], found["waiting"], found["overdue"]) == (0, 2, 2)


def test_the_list_behind_a_figure_has_its_people(road: SimpleNamespace, desk: Client) -> None:
    trip = on_the_road(road, family(road.campaign, road.places, 2), family(road.campaign, road.places, 3))
    strangers(road, trip, "Võ Văn Tám")
    rows = handed_over(road, 4)
    refuse(rows[:1], by=road.here, reason="Không ở đây")
    Handover.objects.filter(pk=rows[1].pk).update(deadline=timezone.now() - dt.timedelta(minutes=1))
    found = figures(road)
    assert found == {"expected": 6, "arrived": 4, "waiting": 3, "overdue": 1, "refused": 1}
    for figure in FIGURES:
        assert len(rows_behind(figure, [road.checkpoint], timezone.now())) == found[figure.key]
        page = desk.get(link(figure.key), {"at": road.checkpoint.pk})
        assert len(page.context["people"]) == found[figure.key]
        read = Read.objects.latest("pk")
        assert set(read.subject_ids) == {line.person.pk for line in page.context["people"]}


def test_a_list_costs_the_same_at_one_row_and_at_thirty(road: SimpleNamespace, desk: Client) -> None:
    def cost(figure: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(link(figure), {"at": road.checkpoint.pk}).status_code == 200
        return len(caught)

    on_the_road(road, family(road.campaign, road.places, 1))
    handed_over(road, 1)
    desk.get(BOARD)
    before = {figure: cost(figure) for figure in ("expected", "arrived", "waiting")}
    on_the_road(road, *[family(road.campaign, road.places, 3) for _number in range(10)])
    for _number in range(15):
        handed_over(road, 2)
    assert {figure: cost(figure) for figure in before} == before


def test_all_checkpoints_are_one_statement(road: SimpleNamespace) -> None:
    handed_over(road, 1)
    places = checkpoints_of(road.coordinator)
    assert len(places) == 2
    with CaptureQueriesContext(connection) as caught:
        lines = read_board(places, road.coordinator)
    assert len([query for query in caught if "UNION" in query["sql"]]) == 1
    assert len(caught) <= 2  # the other finds the officer's places
    assert lines[0].place is None
    assert [cell.number for cell in lines[0].cells] == [0, 1, 1, 0, 0]


def test_the_province_sees_every_checkpoint_and_their_sum(road: SimpleNamespace, desk: Client) -> None:
    handed_over(road, 2)
    enter(road, family(road.campaign, road.places, 3), checkpoint=road.second, by=road.far_barrier)
    page = desk.get(BOARD)
    assert [(line.key, line.cells[1].number) for line in page.context["lines"]] == [
        ("all", 5),
        (str(road.second.pk), 3),
        (str(road.checkpoint.pk), 2),
    ]
    assert "Tất cả các chốt" in text_of(page)
    assert f'href="{link("arrived")}?at={road.second.pk}"' in text_of(page)


def test_a_checkpoint_sees_its_own_alone(road: SimpleNamespace, box: Client) -> None:
    enter(road, family(road.campaign, road.places, 3), checkpoint=road.second, by=road.far_barrier)
    page = box.get(BOARD)
    assert [line.place for line in page.context["lines"]] == [road.checkpoint]
    for address in (BOARD, PART, link("arrived")):
        assert box.get(address, {"at": road.second.pk}).status_code == 404
        assert box.get(address, {"at": "x"}).status_code == 404


def test_a_leader_reads_figures_and_no_names(road: SimpleNamespace) -> None:
    handed_over(road, 2)
    leader = client_of(make_user(Role.LEADER, road.places.home, username="lanhdao1"))
    page = leader.get(BOARD)
    assert "Đã đến hôm nay" in text_of(page)
    assert link("arrived") not in text_of(page)
    assert leader.get(link("arrived")).status_code == 403


def test_an_unknown_figure_is_404(desk: Client) -> None:
    assert desk.get(link("nothing")).status_code == 404


def test_unchanged_figures_are_answered_with_nothing(road: SimpleNamespace, box: Client) -> None:
    first = box.get(PART)
    assert first["X-Board"] == timezone.now().isoformat()
    again = box.get(PART, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["X-Board"]
    handed_over(road, 1)
    changed = box.get(PART, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert "no-store" in changed["Cache-Control"]


def test_the_figures_of_two_languages_are_two(box: Client, settings: Any) -> None:
    first = box.get(PART)
    box.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = box.get(PART, headers={"if-none-match": first["ETag"]})
    assert (english.status_code, "Arrived today" in text_of(english)) == (200, True)


def test_the_page_works_without_a_script(road: SimpleNamespace, box: Client) -> None:
    handed_over(road, 2)
    text = text_of(box.get(BOARD))
    assert "Số liệu lúc 12:00" in text
    assert f'href="{BOARD}"' in text
    assert "http-equiv" not in text
