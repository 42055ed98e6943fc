"""Past the deadline: told to the places above, again and again, until somebody acts."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.places.models import Place
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.handover.actions import accept, confirm_home
from repatriation.handover.escalating import escalate_overdue
from repatriation.models import Handover, HandoverEscalation
from tests.factories import fresh, make_user
from tests.race import at_once
from tests.repatriation.world.road import (
    as_,
    enter,
    family,
    handed_over,
    make_road,
    party,
    people_of,
    text_of,
)

SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


@pytest.fixture
def ministry(road: SimpleNamespace) -> User:
    """A coordinator of the whole country."""
    country = Place.objects.get(kind=Place.Kind.COUNTRY)
    return make_user(Role.COORDINATOR, country, username="bo", full_name="Vũ Thị Bộ", email="bo@example.vn")


@pytest.fixture
def province(road: SimpleNamespace) -> User:
    road.coordinator.email = "tinh@example.vn"
    road.coordinator.save(update_fields=["email"])
    user: User = road.coordinator
    return user


def at(moment: dt.datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def test_told_again_one_level_higher_until_somebody_acts(
    road: SimpleNamespace, province: User, ministry: User
) -> None:
    rows = handed_over(road, 2)
    late = rows[0].deadline + SECOND
    with at(late):
        assert escalate_overdue() == 2
        assert escalate_overdue() == 0
    with at(late + 2 * HOUR - SECOND):
        assert escalate_overdue() == 0
    with at(late + 2 * HOUR):
        assert escalate_overdue() == 2
    with at(late + 4 * HOUR):
        assert escalate_overdue() == 2
    steps = HandoverEscalation.objects.filter(handover=rows[0])
    assert [(step.to_place, step.told) for step in steps] == [
        (road.places.home, [province.pk]),
        (ministry.main_place, [ministry.pk]),
        (ministry.main_place, [ministry.pk]),
    ]
    assert list(
        Message.objects.filter(kind="handovers_late").order_by("pk").values_list("email", flat=True)
    ) == [
        "tinh@example.vn",
        "bo@example.vn",
        "bo@example.vn",
    ]
    accept(rows, by=road.here)
    with at(late + 6 * HOUR):
        assert escalate_overdue() == 0


def test_the_page_says_who_was_told_and_when(road: SimpleNamespace, province: User) -> None:
    rows = handed_over(road, 1)
    with at(rows[0].deadline + SECOND):
        escalate_overdue()
    for user in (road.here, road.barrier, road.coordinator):
        page = text_of(as_(fresh(user)).get(reverse("repatriation:party", args=[rows[0].party])))
        assert f"đã báo {road.places.home.name}" in page
        assert f"Đã nhắn: {province.full_name}" in page


def test_one_officer_gets_one_message_for_all(road: SimpleNamespace, province: User) -> None:
    for _number in range(3):
        rows = handed_over(road, 2)
    handed_over(road, 1, destination=road.third)
    with at(rows[0].deadline + HOUR):
        assert escalate_overdue() == 7
    message = Message.objects.get(kind="handovers_late")
    assert message.context["people"] == "7"
    assert "Xã Hưng Thuận" in message.text
    assert rows[0].person.full_name not in message.text


def test_home_is_expected_within_a_day_and_escalated_too(road: SimpleNamespace, province: User) -> None:
    rows = accept(handed_over(road, 2), by=road.here)
    assert rows[0].decided_at is not None
    by = rows[0].decided_at + dt.timedelta(hours=24)
    assert abs(Handover.objects.get(pk=rows[0].pk).home_by - by) < SECOND  # type: ignore[operator]
    with at(by - SECOND):
        assert escalate_overdue() == 0
    with at(by + 2 * SECOND):
        assert escalate_overdue() == 2
        page = text_of(as_(province).get(reverse("reporting:today") + "?tab=home_late"))
        assert rows[0].person.full_name in page
    assert set(HandoverEscalation.objects.values_list("kind", flat=True)) == {"home"}
    confirm_home(rows, by=road.here)
    with at(by + 9 * HOUR):
        assert escalate_overdue() == 0


def test_whoever_goes_to_a_facility_is_not_expected_at_home(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    mother, child = people_of(row)
    facts = [ArrivalFacts(mother, rapid_test="positive", decision="facility"), ArrivalFacts(child)]
    rows = accept(party(enter(road, row, facts=facts)), by=road.here)
    assert [row.home_by is None for row in Handover.objects.order_by("pk")] == [True, False]
    address = reverse("repatriation:party", args=[rows[0].party])
    assert "/home/" in text_of(as_(road.here).get(address))
    confirm_home(rows, by=road.here)
    assert [row.home_safe_at is None for row in Handover.objects.order_by("pk")] == [True, False]
    assert "/home/" not in text_of(as_(road.here).get(address))


def test_a_party_of_which_nobody_goes_home_is_not_offered_it(road: SimpleNamespace) -> None:
    from portal.records.refusals import Refused

    row = family(road.campaign, road.places, 1)
    facts = [ArrivalFacts(people_of(row)[0], rapid_test="positive", decision="hospital")]
    rows = accept(party(enter(road, row, facts=facts)), by=road.here)
    assert "/home/" not in text_of(as_(road.here).get(reverse("repatriation:party", args=[rows[0].party])))
    assert "/home/" not in text_of(as_(road.here).get(reverse("reporting:today") + "?tab=home_safe"))
    with pytest.raises(Refused, match="Không ai trong số này đi về nhà"):
        confirm_home(rows, by=road.here)


@pytest.mark.django_db(transaction=True)
def test_two_workers_escalate_each_handover_once(transactional_db: None) -> None:
    road = make_road()
    rows = handed_over(road, 4)
    late = rows[0].deadline + SECOND
    results = at_once(lambda: escalate_overdue(late), lambda: escalate_overdue(late))
    assert sum(results) == 4
    assert HandoverEscalation.objects.count() == 4
