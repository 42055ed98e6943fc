"""Several people about one family at the same moment. Each guard has its negative control."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from repatriation.campaigns.actions import edit_campaign
from repatriation.models import Campaign, Screening, Trip
from repatriation.models.campaign import CampaignQuerySet
from repatriation.screening import actions
from repatriation.seats.filling import fill_trip
from repatriation.seats.leaving import withdraw
from repatriation.trips import actions as trips
from tests.race import at_once, meeting
from tests.repatriation.world.racing import kinds, unlocked, without_index
from tests.repatriation.world.road import bus, family, make_road, sql_around
from tests.repatriation.world.screenings import FAMILY, asked, now

pytestmark = pytest.mark.django_db(transaction=True)

GUARD = "ALTER TABLE repatriation_screening {} TRIGGER status_guard"


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


def meet_before(monkeypatch: pytest.MonkeyPatch, name: str, meet: Callable[[], None]) -> None:
    """Whoever comes to this function of the actions waits for the other one."""
    real = getattr(actions, name)

    def met(*args: Any, **kwargs: Any) -> Any:
        meet()
        return real(*args, **kwargs)

    monkeypatch.setattr(actions, name, met)


def meet_after(monkeypatch: pytest.MonkeyPatch, name: str, meet: Callable[[], None]) -> None:
    real = getattr(actions, name)

    def met(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        meet()
        return found

    monkeypatch.setattr(actions, name, met)


# Two officers decide


def confirm_and_reject(road: SimpleNamespace, row: Screening) -> list[Any]:
    return at_once(
        lambda: actions.confirm(row, by=road.here),
        lambda: actions.reject(row, by=road.same, reason="Không phải", suggested=road.other),
    )


def test_two_officers_decide_at_once_and_one_is_told(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked(road)
    meet_after(monkeypatch, "_locked", meeting(2, 1))
    results = confirm_and_reject(road, row)
    assert kinds(results) == ["Refused", "Screening"]
    assert Event.objects.filter(verb__in=["confirm", "reject"], subject_id=row.pk).count() == 1


def test_control_without_locks_both_decide(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row = asked(road)
    unlocked(monkeypatch)
    meet_after(monkeypatch, "_locked", meeting(2))
    meet, save = meeting(2), Screening.save

    def slow(self: Screening, *given: Any, **named: Any) -> None:
        """The look at the status and the writing of it lie apart."""
        if "status" in (named.get("update_fields") or ()):
            meet()
        save(self, *given, **named)

    monkeypatch.setattr(Screening, "save", slow)
    with sql_around(GUARD.format("DISABLE"), GUARD.format("ENABLE")):
        results = confirm_and_reject(road, row)
    assert kinds(results) == ["Screening", "Screening"]


def test_the_same_ticks_at_two_desks_confirm_each_family_once(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [asked(road) for _ in range(6)]
    meet_before(monkeypatch, "transition_many", meeting(2, 1))
    results = at_once(
        lambda: actions.confirm_many(rows, by=road.here),
        lambda: actions.confirm_many(rows[::-1], by=road.same),
    )
    assert sorted(result.confirmed for result in results) == [0, 6]
    assert sorted(result.already for result in results) == [0, 6]
    assert Event.objects.filter(verb="confirm", subject_type="repatriation.screening").count() == 6


def test_control_without_locks_one_desk_fails(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [asked(road) for _ in range(6)]
    unlocked(monkeypatch)
    meet_before(monkeypatch, "transition_many", meeting(2))
    results = at_once(
        lambda: actions.confirm_many(rows, by=road.here),
        lambda: actions.confirm_many(rows, by=road.same),
    )
    assert kinds(results) == ["Bulk", "TransitionRefused"]


# A seat is offered meanwhile


def reject_while_filling(road: SimpleNamespace, row: Screening, meet: Callable[[], None]) -> list[Any]:
    trip = bus(road)

    def fill() -> Any:
        done = fill_trip(trip, by=road.coordinator)
        meet()
        return done

    return at_once(lambda: actions.reject(row, by=road.here, reason="Không phải", suggested=road.other), fill)


def test_a_family_is_not_moved_while_it_gets_a_seat(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, meet = asked(road), meeting(2, 2)
    meet_after(monkeypatch, "_locked", meet)
    results = reject_while_filling(road, row, meet)
    assert kinds(results) == ["FillResult", "Screening"]
    registration = now(row.registration)
    moved = registration.home_commune_id == road.other.pk
    seated = registration.status == "offered"
    assert moved is not seated, "moved and waiting, or seated and before the province"
    assert (now(row).status == "disputed") is seated


def test_control_without_locks_a_seated_family_is_moved(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, meet = asked(road), meeting(2)
    unlocked(monkeypatch)
    meet_after(monkeypatch, "_locked", meet)
    reject_while_filling(road, row, meet)
    registration = now(row.registration)
    assert (registration.status, registration.home_commune) == ("offered", road.other)


# The family withdraws


def lapse_while_withdrawing(row: Screening, meet: Callable[[], None]) -> list[Any]:
    Screening.objects.filter(pk=row.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))

    def leave() -> Any:
        done = withdraw(row.registration, by=FAMILY)
        meet()
        return done

    return at_once(actions.lapse_overdue, leave)


def test_a_family_withdraws_while_its_time_passes(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, meet = asked(road), meeting(2, 1)
    meet_before(monkeypatch, "transition_many", meet)
    results = lapse_while_withdrawing(row, meet)
    assert not [result for result in results if isinstance(result, Exception)]
    assert now(row.registration).status == "withdrawn"
    assert not Screening.objects.open().exists()


def test_control_without_locks_the_run_fails(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row, meet = asked(road), meeting(2)
    unlocked(monkeypatch)
    meet_before(monkeypatch, "transition_many", meet)
    results = lapse_while_withdrawing(row, meet)
    assert isinstance(results[0], TransitionRefused)


@pytest.mark.parametrize("_again", range(3))
def test_a_family_withdraws_while_it_is_decided(road: SimpleNamespace, _again: int) -> None:
    rows = [asked(road) for _ in range(4)]
    works: list[Callable[[], Any]] = []
    for row in rows[:2]:
        works += [lambda row=row: withdraw(row.registration, by=FAMILY)]
        works += [lambda row=row: actions.confirm(row, by=road.here)]
    for row in rows[2:]:
        works += [lambda row=row: withdraw(row.registration, by=FAMILY)]
        works += [lambda row=row: actions.reject(row, by=road.here, reason="Không", suggested=road.other)]
    results = at_once(*works)
    wrong = [one for one in results if isinstance(one, Exception) and type(one) is not Refused]
    assert not wrong
    assert {now(row.registration).status for row in rows} == {"withdrawn"}
    assert not Screening.objects.open().exists()


# Asked by two at once


def test_a_family_is_put_before_its_commune_once(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = family(road.campaign, road.places)
    meet_before(monkeypatch, "_due", meeting(2))
    results = at_once(*[lambda: actions.begin_screening_many([row.pk])] * 2)
    assert not [one for one in results if isinstance(one, Exception)]
    assert Screening.objects.open().count() == 1


def test_control_without_the_index_it_is_put_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = family(road.campaign, road.places)
    meet_before(monkeypatch, "_due", meeting(2))
    with without_index("screening_one_open_per_registration"):
        at_once(*[lambda: actions.begin_screening_many([row.pk])] * 2)
        twice = Screening.objects.open().count()
        Screening.objects.all().delete()
    assert twice == 2


# A campaign is changed while a trip is planned by it


def change_while_planning(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> list[Any]:
    """The gateway is taken out between the look at the campaign and the writing of the trip."""
    meet, fits = meeting(2, seconds), trips.demand_fits

    def met(*args: Any) -> None:
        fits(*args)
        meet()

    def change() -> Any:
        done = edit_campaign(road.campaign, {"gateways": [road.second]}, by=road.coordinator)
        meet()
        return done

    def plan() -> Any:
        when = timezone.now() + dt.timedelta(days=2)
        places = {"pickup": road.places.pickup, "gateway": road.checkpoint}
        return trips.plan_trip(road.campaign, departs_at=when, seats=45, by=road.coordinator, **places)

    monkeypatch.setattr(trips, "demand_fits", met)
    return at_once(plan, change)


def stranded() -> bool:
    """A trip goes through a gateway that its campaign does not have."""
    return Trip.objects.exclude(gateway__in=Campaign.objects.values("gateways")).exists()


def test_a_gateway_does_not_go_while_a_trip_is_planned_through_it(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = change_while_planning(road, monkeypatch, 1)
    assert "Refused" in kinds(results)
    assert not stranded()


def test_control_without_the_hold_the_trip_is_stranded(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CampaignQuerySet, "hold_rules", lambda rows, pk: rows.get(pk=pk))
    change_while_planning(road, monkeypatch, 5)
    assert stranded()
