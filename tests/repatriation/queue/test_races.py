"""A version of the rules comes into force while a trip is filled: everybody is seated by one version."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from portal.accounts.roles import Role
from repatriation.models import Campaign, Registration, RuleSet
from repatriation.models.registration import RegistrationQuerySet
from repatriation.queue import actions as rule_sets
from repatriation.queue import rescoring
from repatriation.seats.filling import fill_trip
from tests.factories import make_user
from tests.race import Pause, interrupt
from tests.repatriation.world.racing import kinds, queue_of, seats_hold
from tests.repatriation.world.road import bus, make_road

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


def fill_while_a_version_is_published(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The version comes into force, and the queue gets its scores, when the first families are chosen.

    By the new rules the last of the queue come first.
    """
    rows = queue_of(road, 12)
    Registration.objects.filter(pk__in=[row.pk for row in rows[6:]]).update(reasons=["student"])
    rules = [{"predicate": "reason", "params": {"reason": "student"}, "points": 500}]
    version = rule_sets.draft_version(road.campaign, road.campaign.rule_set, by=road.coordinator)
    version = rule_sets.edit_version(version, rules, "Công văn thử", by=road.coordinator)
    version = rule_sets.propose(version, by=road.coordinator)
    second = make_user(Role.COORDINATOR, road.places.home, username="dieuphoi2", full_name="Ngô Thị Thanh")
    trip, real = bus(road, seats=16), RegistrationQuerySet.in_queue_order
    looks, pause = 0, Pause()

    def slow(queue: RegistrationQuerySet) -> RegistrationQuerySet:
        nonlocal looks
        looks += 1
        if looks == 2:
            pause()
        return real(queue)

    def publish() -> RuleSet:
        published = rule_sets.publish(version, by=second)
        rescoring.rescore(road.campaign)
        return published

    monkeypatch.setattr(RegistrationQuerySet, "in_queue_order", slow)
    results = interrupt(pause, lambda: fill_trip(trip, by=road.coordinator), publish)
    assert kinds(results) == ["FillResult", "RuleSet"], results
    return [offer.registration for offer in results[0].seated]


def test_a_version_published_while_a_trip_fills_seats_everybody_by_one_version(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seated = fill_while_a_version_is_published(road, monkeypatch)
    assert {row.rule_set_id for row in seated} == {road.campaign.rule_set_id}
    assert [row.score for row in seated] == list(range(100, 92, -1))
    assert seats_hold()
    assert Campaign.objects.get().rescoring_since is None or rescoring.rescore(road.campaign)
    by = set(Registration.objects.values_list("rule_set__version", flat=True))
    assert by == {Campaign.objects.get().rule_set.version}


def test_control_without_holding_the_rules_a_trip_is_filled_by_two_versions(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loose(rows: Any, pk: int) -> Campaign:
        return Campaign.objects.get(pk=pk)

    monkeypatch.setattr(type(Campaign.objects), "hold_rules", loose)
    seated = fill_while_a_version_is_published(road, monkeypatch)
    assert len({row.rule_set_id for row in seated}) == 2
