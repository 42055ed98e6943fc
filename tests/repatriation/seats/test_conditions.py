"""For each condition: filling passes a family over that breaks it alone, seating by hand refuses it with the
same sentence, and the database refuses it where the table says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from portal.records.actors import SYSTEM
from portal.records.refusals import Refused, broken_constraint
from repatriation.intake.actions import lock_day, set_limits
from repatriation.models import Filling, PassedOver, Registration, Trip
from repatriation.seats.answering import decline_offer
from repatriation.seats.by_hand import hold_family, seat_family
from repatriation.seats.choosing import Room, asked_before, in_reach
from repatriation.seats.conditions import CONDITIONS, Condition, Turn, condition_against, suitable
from repatriation.seats.filling import fill_trip
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import bus, family

Why = PassedOver.Why
Case = tuple[Registration, Trip]


def make(road: SimpleNamespace, size: int = 2, **changes: object) -> Registration:
    return family(road.campaign, road.places, size, score=90, **changes)  # type: ignore[arg-type]


def held(road: SimpleNamespace) -> Case:
    row = make(road)
    return hold_family(row, by=road.coordinator, reason="Chờ giấy ra viện"), bus(road)


def other_destination(road: SimpleNamespace) -> Case:
    vehicle = bus(road)
    vehicle.destinations.set([road.other])
    return make(road), vehicle


def cannot_travel(road: SimpleNamespace) -> Case:
    vehicle = bus(road)
    return make(road, travel_from=vehicle.day + dt.timedelta(days=1)), vehicle


def needs_escort(road: SimpleNamespace) -> Case:
    return make(road, needs_escort=True), bus(road)


def not_screened(road: SimpleNamespace) -> Case:
    road.campaign.awaits_screening = True
    road.campaign.save(update_fields=["awaits_screening"])
    return make(road), bus(road)


def asked_once(road: SimpleNamespace) -> Case:
    row, vehicle = make(road), bus(road)
    decline_offer(offered(row, vehicle), by=SYSTEM, back_to_queue=True)
    Filling.objects.all().delete()
    return Registration.objects.get(pk=row.pk), vehicle


def no_room(road: SimpleNamespace) -> Case:
    return make(road, 3), bus(road, seats=2)


def intake_full(road: SimpleNamespace) -> Case:
    vehicle = bus(road)
    set_limits([road.commune], vehicle.day, vehicle.day, 1, by=road.coordinator)
    return make(road), vehicle


CASES: dict[str, Callable[[SimpleNamespace], Case]] = {
    Why.HELD: held,
    Why.OTHER_DESTINATION: other_destination,
    Why.CANNOT_TRAVEL: cannot_travel,
    Why.NEEDS_ESCORT: needs_escort,
    Why.NOT_SCREENED: not_screened,
    Why.ASKED_BEFORE: asked_once,
    Why.NO_ROOM: no_room,
    Why.INTAKE_FULL: intake_full,
}
EACH = pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.why.value)


def turn_of(row: Registration, vehicle: Trip) -> Turn:
    with transaction.atomic():
        room = Room(vehicle.seats_free, lock_day(vehicle.day))
    return room.turn(vehicle, row, asked_before(vehicle))


def passed(road: SimpleNamespace, row: Registration, vehicle: Trip) -> PassedOver:
    """What filling the trip writes down about the family; the database is then as it was before."""
    with transaction.atomic():
        fill_trip(vehicle, by=road.coordinator)
        found = PassedOver.objects.get(registration=row, filling__trip=vehicle)
        transaction.set_rollback(True)
    return found


def test_every_reason_for_passing_over_is_a_condition_or_that_somebody_holds_the_family() -> None:
    assert [condition.why for condition in CONDITIONS] == list(CASES)
    assert {*CASES, Why.BUSY} == set(Why)


@EACH
def test_the_family_breaks_this_condition_alone(road: SimpleNamespace, condition: Condition) -> None:
    turn = turn_of(*CASES[condition.why](road))
    assert [one for one in CONDITIONS if one.stands(turn)] == [condition]


@EACH
def test_filling_passes_the_family_over_and_says_why(road: SimpleNamespace, condition: Condition) -> None:
    row, vehicle = CASES[condition.why](road)
    behind = family(road.campaign, road.places, 1, home_commune=road.other, screened_at=timezone.now())
    sentence = condition.sentence(turn_of(row, vehicle))
    seated = fill_trip(vehicle, by=road.coordinator).seated
    assert [offer.registration for offer in seated] == [behind]
    kept = PassedOver.objects.get(registration=row, filling__trip=vehicle)
    assert (kept.why, kept.sentence) == (condition.why, sentence)


@EACH
def test_by_hand_the_same_sentence_is_said(road: SimpleNamespace, condition: Condition) -> None:
    row, vehicle = CASES[condition.why](road)
    sentence = passed(road, row, vehicle).sentence
    if not condition.by_hand:
        offer = seat_family(row, vehicle, by=road.coordinator, reason="Mẹ già yếu")
        assert offer.registration == row
        return
    with pytest.raises(Refused) as refusal, translation.override("vi"):
        seat_family(row, vehicle, by=road.coordinator, reason="Mẹ già yếu")
    said = str(refusal.value)
    assert said.startswith(f"{sentence}. ")
    assert said.removeprefix(f"{sentence}. ").endswith(".")
    assert "%(" not in said
    assert Registration.objects.get(pk=row.pk).status == "waiting"


@EACH
def test_the_database_refuses_what_the_table_says(road: SimpleNamespace, condition: Condition) -> None:
    row, vehicle = CASES[condition.why](road)
    if not condition.constraint:
        assert offered(row, vehicle).registration == row
        return
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        offered(row, vehicle)
    assert broken_constraint(refusal.value) == condition.constraint


@EACH
def test_the_query_and_the_check_agree(road: SimpleNamespace, condition: Condition) -> None:
    """About a family that breaks this condition, and about one that breaks none."""
    row, vehicle = CASES[condition.why](road)
    good = make(road, 1, home_commune=road.other, screened_at=timezone.now())
    queue = in_reach(vehicle)
    assert set(queue) == {row, good}
    for one in CONDITIONS:
        if one.query is not None:
            left = {each for each in (row, good) if not one.stands(turn_of(each, vehicle))}
            assert set(one.query(queue, vehicle)) == left
    assert condition_against(turn_of(good, vehicle)) is None
    assert good in suitable(queue, vehicle)
    assert (row in suitable(queue, vehicle)) == (condition.query is None)
