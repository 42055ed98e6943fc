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
from repatriation.models import Campaign, Registration, Screening, Trip
from repatriation.models.campaign import CampaignQuerySet
from repatriation.screening import actions
from repatriation.seats.answering import decline_offer
from repatriation.seats.filling import fill_trip
from repatriation.seats.leaving import withdraw
from repatriation.seats.splitting import split_family
from repatriation.trips import actions as trips
from tests.race import Pause, after_statement, at_once, before_statement, interrupt, meeting
from tests.repatriation.world.families import offered
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
    row, meet = asked(road), meeting(2)
    meet_after(monkeypatch, "_locked", meet)
    results = confirm_and_reject(road, row)
    assert meet.kept_apart
    assert kinds(results) == ["Refused", "Screening"]
    assert Event.objects.filter(verb__in=["confirm", "reject"], subject_id=row.pk).count() == 1


@pytest.mark.any_order_of_locks
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
    meet = meeting(2)
    meet_before(monkeypatch, "transition_many", meet)
    results = at_once(
        lambda: actions.confirm_many(rows, by=road.here),
        lambda: actions.confirm_many(rows[::-1], by=road.same),
    )
    assert meet.kept_apart
    assert sorted(result.confirmed for result in results) == [0, 6]
    assert sorted(result.already for result in results) == [0, 6]
    assert Event.objects.filter(verb="confirm", subject_type="repatriation.screening").count() == 6


@pytest.mark.any_order_of_locks
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


def reject_and_fill(road: SimpleNamespace, row: Screening) -> tuple[Callable[[], Any], Callable[[], Any]]:
    trip = bus(road)
    return (
        lambda: actions.reject(row, by=road.here, reason="Không phải", suggested=road.other),
        lambda: fill_trip(trip, by=road.coordinator),
    )


@pytest.mark.parametrize("rejected_first", [True, False], ids=["moved first", "seated first"])
def test_a_family_is_not_moved_while_it_gets_a_seat(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, rejected_first: bool
) -> None:
    row, pause = asked(road), Pause()
    reject, fill = reject_and_fill(road, row)
    if rejected_first:
        meet_after(monkeypatch, "_locked", pause)
        results = interrupt(pause, reject, fill)
    else:
        with after_statement('INSERT INTO "repatriation_offer"', pause):
            results = interrupt(pause, fill, reject)
        assert pause.kept_away
    assert kinds(results) == ["FillResult", "Screening"]
    registration = now(row.registration)
    assert (registration.home_commune_id == road.other.pk) is rejected_first
    assert (registration.status == "offered") is not rejected_first
    assert (now(row).status == "disputed") is not rejected_first


@pytest.mark.any_order_of_locks
def test_control_without_locks_a_seated_family_is_moved(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, pause = asked(road), Pause()
    unlocked(monkeypatch)
    meet_after(monkeypatch, "_locked", pause)
    interrupt(pause, *reject_and_fill(road, row))
    registration = now(row.registration)
    assert (registration.status, registration.home_commune) == ("offered", road.other)


# The family withdraws


def lapse_while_withdrawing(row: Screening, pause: Pause, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The family withdraws when the run has read that it waits."""
    Screening.objects.filter(pk=row.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))
    meet_before(monkeypatch, "transition_many", pause)
    return interrupt(pause, actions.lapse_overdue, lambda: withdraw(row.registration, by=FAMILY))


def test_a_family_withdraws_while_its_time_passes(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, pause = asked(road), Pause()
    results = lapse_while_withdrawing(row, pause, monkeypatch)
    assert pause.kept_away
    assert not [result for result in results if isinstance(result, Exception)]
    assert now(row.registration).status == "withdrawn"
    assert not Screening.objects.open().exists()


@pytest.mark.any_order_of_locks
def test_control_without_locks_the_run_fails(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row, pause = asked(road), Pause()
    unlocked(monkeypatch)
    results = lapse_while_withdrawing(row, pause, monkeypatch)
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


def ask_twice(row: Registration) -> list[Any]:
    """Both have looked, and found that nobody is asked, before either asks."""
    with before_statement('INSERT INTO "repatriation_screening"', meeting(2)):
        return at_once(*[lambda: actions.begin_screening_many([row.pk])] * 2)


def test_a_family_is_put_before_its_commune_once(road: SimpleNamespace) -> None:
    results = ask_twice(family(road.campaign, road.places))
    assert not [one for one in results if isinstance(one, Exception)]
    assert Screening.objects.open().count() == 1


@pytest.mark.any_order_of_locks
def test_control_without_the_index_it_is_put_twice(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    with without_index("screening_one_open_per_registration"):
        ask_twice(row)
        twice = Screening.objects.open().count()
        Screening.objects.all().delete()
    assert twice == 2


# A campaign is changed while a trip is planned by it


def change_while_planning(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, pause: Pause) -> list[Any]:
    """The gateway is taken out between the look at the campaign and the writing of the trip."""
    fits = trips.require_trip_fits

    def fit(*args: Any) -> None:
        fits(*args)
        pause()

    def change() -> Any:
        return edit_campaign(road.campaign, {"gateways": [road.second]}, by=road.coordinator)

    def plan() -> Any:
        when = timezone.now() + dt.timedelta(days=2)
        places = {"pickup": road.places.pickup, "gateway": road.checkpoint}
        return trips.plan_trip(road.campaign, departs_at=when, seats=45, by=road.coordinator, **places)

    monkeypatch.setattr(trips, "require_trip_fits", fit)
    return interrupt(pause, plan, change)


def stranded() -> bool:
    """A trip goes through a gateway that its campaign does not have."""
    return Trip.objects.exclude(gateway__in=Campaign.objects.values("gateways")).exists()


def test_a_gateway_does_not_go_while_a_trip_is_planned_through_it(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = Pause()
    results = change_while_planning(road, monkeypatch, pause)
    assert pause.kept_away
    assert "Refused" in kinds(results)
    assert not stranded()


def test_control_without_the_hold_the_trip_is_stranded(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CampaignQuerySet, "hold_rules", lambda rows, pk: rows.get(pk=pk))
    change_while_planning(road, monkeypatch, Pause())
    assert stranded()


# Seats begin to await the communes' word, and the foreign key of each question waits for its family


def while_the_campaign_begins_to_ask(
    road: SimpleNamespace, act: Callable[[], Any], row: Registration
) -> list[Any]:
    """The campaign is changed when the other holds the family: it had to lock the campaign before."""
    pause = Pause()
    with after_statement('FROM "repatriation_registration" WHERE "repatriation_registration"."id"', pause):
        results = interrupt(
            pause,
            act,
            lambda: edit_campaign(road.campaign, {"awaits_screening": True}, by=road.coordinator),
        )
    assert pause.kept_away
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Screening.objects.open().filter(registration=row).count() == 1
    return results


def test_parting_a_family_and_asking_about_it_never_wait_in_a_circle(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    leaving = [row.members.order_by("pk")[1].pk]
    while_the_campaign_begins_to_ask(
        road, lambda: split_family(row, leaving, by=road.coordinator, reason="Một nửa đi trước"), row
    )
    assert Screening.objects.open().count() == 2


def test_giving_seats_back_and_asking_about_the_family_never_wait_in_a_circle(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    offer = offered(row, bus(road))
    while_the_campaign_begins_to_ask(road, lambda: decline_offer(offer, by=FAMILY, back_to_queue=True), row)
    assert now(row).status == "waiting"
