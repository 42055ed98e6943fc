"""What waits for whom: the parts of "Hôm nay", a person's panel, the figures."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.reporting.worklist import how_many
from portal.ui import parts
from repatriation.handover.actions import accept, confirm_home, refuse
from repatriation.handover.parties import Party
from repatriation.handover.routing import reroute
from tests.factories import fresh
from tests.repatriation.world.road import as_, family, handed_over, on_the_road, same_cost, text_of

KEYS = ["handovers", "handovers_overdue", "handovers_refused", "home_safe"]


def rows_of(key: str, user: User) -> list[Party]:
    """The part's rows; its count says the same number."""
    part = parts.worklist.get(key)
    assert part is not None
    user = fresh(user)
    if not user.may(part.permission):
        return []
    rows = list(part.rows(user, 100))
    assert how_many([part], user) == [len(rows)]
    return rows


def sizes(key: str, user: User) -> list[int]:
    return [len(party.handovers) for party in rows_of(key, user)]


@pytest.mark.parametrize("key", KEYS)
def test_nothing_waits_at_the_beginning(road: SimpleNamespace, key: str) -> None:
    for user in (road.here, road.coordinator):
        assert rows_of(key, user) == []


def test_a_party_waits_for_the_commune_to_which_it_goes(road: SimpleNamespace) -> None:
    rows = handed_over(road, 3)
    (party,) = rows_of("handovers", road.here)
    assert party.handovers == rows
    assert party.may_decide
    assert (party.others, party.head, party.to_place) == (2, rows[0].person, road.commune)
    (seen,) = rows_of("handovers", road.viewer)
    assert not seen.may_decide
    assert sizes("handovers", road.coordinator) == [3]
    assert rows_of("handovers", road.outside) == []


def test_the_commune_in_which_the_checkpoint_lies_has_only_its_own_to_accept(road: SimpleNamespace) -> None:
    handed_over(road)
    assert rows_of("handovers", road.elsewhere) == []
    handed_over(road, destination=road.other)
    assert sizes("handovers", road.elsewhere) == [2]


def test_the_most_urgent_stands_first(road: SimpleNamespace) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(hours=1), tick=False):
        late = handed_over(road, 1)
    with time_machine.travel(timezone.now() - dt.timedelta(hours=9), tick=False):
        later = handed_over(road, 1)
    assert [party.first for party in rows_of("handovers", road.here)] == [*later, *late]
    assert [party.is_overdue for party in rows_of("handovers", road.here)] == [True, False]


def test_what_is_overdue_stays_with_the_province_until_somebody_acts(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    assert rows_of("handovers_overdue", road.coordinator) == []
    with time_machine.travel(rows[0].deadline + dt.timedelta(minutes=1), tick=False):
        assert sizes("handovers_overdue", road.coordinator) == [2]
        assert rows_of("handovers_overdue", road.here) == []
        accept(rows, by=road.here)
        assert rows_of("handovers_overdue", road.coordinator) == []


def test_what_was_refused_waits_for_the_province_until_it_is_sent_on(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    refuse(rows, by=road.here, reason="Hết chỗ")
    assert sizes("handovers_refused", road.coordinator) == [2]
    assert rows_of("handovers", road.here) == []
    reroute(rows, to_place=road.third, by=road.coordinator)
    assert rows_of("handovers_refused", road.coordinator) == []
    assert sizes("handovers", road.outside) == [2]


def test_refused_twice_by_one_commune_a_family_is_counted_once(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    refuse(rows, by=road.here, reason="Hết chỗ")
    again = reroute(rows, to_place=rows[0].to_place, by=road.coordinator)
    assert sizes("handovers", road.here) == [2]
    refuse(again, by=road.here, reason="Vẫn hết chỗ")
    (party,) = rows_of("handovers_refused", road.coordinator)
    assert party.handovers == again
    assert [row.reason for row in party.handovers] == ["Vẫn hết chỗ"] * 2


def test_until_somebody_says_so_a_family_is_not_at_home(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    accept(rows, by=road.here)
    assert sizes("home_safe", road.here) == [2]
    assert rows_of("home_safe", road.outside) == []
    assert rows_of("home_safe", road.coordinator) == []
    confirm_home(rows, by=road.here)
    assert rows_of("home_safe", road.here) == []


def test_the_button_stands_in_the_row_for_whom_it_works(road: SimpleNamespace) -> None:
    handed_over(road, names=["Trần Văn Đức"])
    address = reverse("reporting:today") + "?tab=handovers"
    page = text_of(as_(road.here).get(address))
    assert "Trần Văn Đức" in page
    assert "/accept/" in page
    page = text_of(as_(road.viewer).get(address))
    assert "Trần Văn Đức" in page
    assert "/accept/" not in page


def test_a_late_row_is_marked(road: SimpleNamespace) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(hours=5)):
        handed_over(road)
    page = text_of(as_(road.coordinator).get(reverse("reporting:today") + "?tab=handovers_overdue"))
    assert 'class="late"' in page
    assert "quá hạn 1 giờ" in page


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_part_says_what_will_be_there(road: SimpleNamespace, key: str) -> None:
    part = parts.worklist.get(key)
    assert part is not None
    user = next(one for one in (road.here, road.coordinator) if one.may(part.permission))
    page = text_of(as_(user).get(reverse("reporting:today"), {"tab": key}))
    assert str(part.empty_text) in page


@pytest.mark.parametrize("key", KEYS)
def test_a_part_costs_the_same_for_one_family_and_for_thirty(road: SimpleNamespace, key: str) -> None:
    past = timezone.now() - dt.timedelta(hours=9)

    def add(_number: int) -> None:
        with time_machine.travel(past):
            rows = handed_over(road, 1)
        if key == "handovers_refused":
            refuse(rows, by=road.here, reason="Hết chỗ")
        if key == "home_safe":
            accept(rows, by=road.here)

    user = road.here if key in {"home_safe", "handovers"} else road.coordinator
    same_cost(as_(user), reverse("reporting:today") + f"?tab={key}", add)


def panel(person: Any, user: User) -> Any:
    part = parts.person_panels.get("way_home")
    assert part is not None
    return part.context(person, fresh(user))


def test_a_persons_panel_tells_the_chain(road: SimpleNamespace) -> None:
    rows = handed_over(road, 1)
    person = rows[0].person
    refuse(rows, by=road.here, reason="Hết chỗ")
    links = reroute(rows, to_place=road.third, by=road.coordinator)
    accept(links, by=road.outside)
    confirm_home(links, by=road.outside)
    (chain,) = panel(person, road.coordinator)["chains"]
    titles = [step["title"] for step in chain["steps"]]
    assert titles == [
        "Đến Chốt Suối Sâu",
        "Chuyển đến Xã Hưng Thuận",
        "Xã Hưng Thuận chưa tiếp nhận",
        "Chuyển đến Xã Bến Cầu",
        "Xã Bến Cầu đã tiếp nhận",
        "Về nhà an toàn",
    ]
    assert "Hết chỗ" in chain["steps"][2]["text"]
    assert [step["title"] for step in panel(person, road.outside)["chains"][0]["steps"]][-1] == titles[-1]


def test_somebody_who_passed_no_checkpoint_has_no_panel(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 1)
    assert panel(row.members.get().person, road.coordinator) is None


def figures(user: User) -> dict[str, int]:
    return {part.key: part.value(user) for part in parts.figures.all_for(fresh(user))}


def test_the_figures_count_what_happened(road: SimpleNamespace) -> None:
    family(road.campaign, road.places)
    on_the_road(road, family(road.campaign, road.places))
    accept(handed_over(road, 2), by=road.here)
    with time_machine.travel(timezone.now() - dt.timedelta(days=1)):
        handed_over(road, 3)
    found = figures(road.leader)
    wanted = {
        "registered": 4,
        "waiting": 1,
        "on_the_way": 1,
        "arrived_today": 2,
        "accepted": 2,
        "handovers_overdue": 3,
    }
    assert {key: found[key] for key in wanted} == wanted
    assert not set(figures(road.here)) & set(wanted)
