"""An arrival that was recorded by mistake is taken back: everything stands where it stood before."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import transition
from repatriation.checkpoint import undoing
from repatriation.checkpoint.actions import ArrivalResult
from repatriation.checkpoint.undoing import take_back_arrival
from repatriation.handover import actions as handovers
from repatriation.handover.actions import accept, refuse
from repatriation.models import Arrival, Handover, Offer, Registration
from repatriation.trips.actions import arrive_trip, reconcile_trip
from tests.factories import PersonFactory, fresh
from tests.race import at_once, meeting
from tests.repatriation.world.racing import kinds, queue_of, unlocked
from tests.repatriation.world.road import bus, enter, make_road, on_the_road, party, people_of, seated


def key_of(result: ArrivalResult) -> uuid.UUID:
    return result.arrivals[0].client_key


def places_of(row: Registration) -> set[tuple[object, object]]:
    return {
        (person.responsible_place, person.arrived_at)
        for person in Person.objects.filter(memberships__registration=row).select_related("responsible_place")
    }


def test_who_waited_waits_again_where_they_stood(road: SimpleNamespace, row: Registration) -> None:
    result = enter(road, row)
    taken = take_back_arrival(key_of(result), by=road.barrier, reason="Quét nhầm mã")
    assert len(taken) == 3
    row.refresh_from_db()
    assert row.status == "waiting"
    assert places_of(row) == {(None, None)}
    assert set(Handover.objects.values_list("status", "decided_by", "reason")) == {
        ("withdrawn", road.barrier.pk, "Quét nhầm mã")
    }
    assert not Arrival.objects.standing().exists()
    assert Event.objects.filter(verb="take_back", subject_type="repatriation.arrival").count() == 3
    assert Message.objects.filter(kind="arrival_taken_back", phone=row.phone).count() == 1


def test_after_that_the_family_is_entered_as_if_it_had_not_been(
    road: SimpleNamespace, row: Registration
) -> None:
    take_back_arrival(key_of(enter(road, row)), by=road.barrier)
    again = enter(road, row, checkpoint=road.second, by=road.far_barrier)
    assert len(party(again)) == 3
    row.refresh_from_db()
    assert row.status == "arrived"


def test_a_family_of_a_trip_is_on_the_road_again_with_its_seat(
    road: SimpleNamespace, row: Registration
) -> None:
    trip = on_the_road(road, row)
    result = enter(road, row)
    take_back_arrival(key_of(result), by=road.barrier)
    row.refresh_from_db()
    trip.refresh_from_db()
    assert (row.status, Offer.objects.get().status, trip.seats_taken) == ("departed", "confirmed", 3)
    enter(road, row)
    assert Offer.objects.get().status == "travelled"


def test_a_seat_that_was_given_up_stays_given_up_and_the_family_waits(
    road: SimpleNamespace, row: Registration
) -> None:
    offer = seated(row, bus(road, seats=3))
    take_back_arrival(key_of(enter(road, row)), by=road.barrier)
    row.refresh_from_db()
    offer.refresh_from_db()
    assert (row.status, offer.status) == ("waiting", "cancelled")


def test_a_family_that_was_counted_as_missing_is_missing_again(
    road: SimpleNamespace, row: Registration
) -> None:
    trip = on_the_road(road, row)
    arrive_trip(trip, by=road.coordinator)
    reconcile_trip(trip, by=road.coordinator)
    take_back_arrival(key_of(enter(road, row)), by=road.barrier)
    row.refresh_from_db()
    assert row.status == "no_show"


def test_one_of_a_family_is_taken_back_and_the_others_stand(road: SimpleNamespace, row: Registration) -> None:
    result = enter(road, row)
    person = people_of(row)[1]
    take_back_arrival(key_of(result), by=road.barrier, people=[person.pk])
    row.refresh_from_db()
    assert row.status == "arrived"
    assert Arrival.objects.standing().count() == 2
    person.refresh_from_db()
    assert person.responsible_place is None
    assert len(party(enter(road, row, [person]))) == 1


def test_somebody_who_came_before_answers_to_the_place_of_then(road: SimpleNamespace) -> None:
    person = PersonFactory(home_commune=road.commune)
    road.here.assignments.update(starts_on=timezone.localdate() - dt.timedelta(days=60))
    with time_machine.travel(timezone.now() - dt.timedelta(days=30)):
        first = enter(road, None, [person])
        accept(party(first), by=fresh(road.here))
    person.refresh_from_db()
    before = (person.responsible_place, person.arrived_at)
    take_back_arrival(key_of(enter(road, None, [person])), by=road.barrier)
    person.refresh_from_db()
    assert (person.responsible_place, person.arrived_at) == before
    assert before[0] == road.commune


def test_pressed_twice_it_is_taken_back_once(road: SimpleNamespace, row: Registration) -> None:
    key = key_of(enter(road, row))
    take_back_arrival(key, by=road.barrier)
    events = Event.objects.count()
    assert len(take_back_arrival(key, by=road.barrier)) == 3
    assert Event.objects.count() == events


def test_a_colleague_may_not_take_it_back(road: SimpleNamespace, row: Registration) -> None:
    key = key_of(enter(road, row))
    with pytest.raises(Refused, match="Lý Văn Chốt"):
        take_back_arrival(key, by=road.colleague)
    with pytest.raises(PermissionDenied):
        take_back_arrival(key, by=road.far_barrier)
    assert Arrival.objects.standing().count() == 3


def test_after_the_minutes_it_is_corrected_instead(
    road: SimpleNamespace, row: Registration, settings: SimpleNamespace
) -> None:
    settings.PORTAL_UNDO_MINUTES = 5
    key = key_of(enter(road, row))
    with (
        time_machine.travel(timezone.now() + dt.timedelta(minutes=6)),
        pytest.raises(Refused, match="quá 5 phút"),
    ):
        take_back_arrival(key, by=road.barrier)


def test_what_was_accepted_is_not_taken_back_and_says_by_whom(
    road: SimpleNamespace, row: Registration
) -> None:
    result = enter(road, row)
    accept(party(result)[:1], by=road.here)
    with pytest.raises(Refused, match="đã tiếp nhận lúc"):
        take_back_arrival(key_of(result), by=road.barrier)
    assert Arrival.objects.standing().count() == 3


def test_what_was_sent_back_may_be_taken_back(road: SimpleNamespace, row: Registration) -> None:
    result = enter(road, row)
    refuse(party(result), by=road.here, reason="Không có ai ở đây")
    take_back_arrival(key_of(result), by=road.barrier)
    assert places_of(row) == {(None, None)}
    assert set(Handover.objects.values_list("status", flat=True)) == {"refused"}
    assert not Handover.objects.sent_back().exists()


def test_who_withdrew_is_still_withdrawn(road: SimpleNamespace, row: Registration) -> None:
    transition(row, "withdraw", by=road.coordinator)
    take_back_arrival(key_of(enter(road, row)), by=road.barrier)
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_sent_again_after_it_was_taken_back_the_form_enters_nobody(
    road: SimpleNamespace, row: Registration
) -> None:
    key = key_of(enter(road, row))
    take_back_arrival(key, by=road.barrier)
    assert enter(road, row, key=key).repeated
    assert not Arrival.objects.standing().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_taken_back_and_accepted_at_once_one_of_them_wins(transactional_db: None, _round: int) -> None:
    road = make_road()
    (row,) = queue_of(road, 1, size=2)
    result = enter(road, row)
    rows = party(result)
    answers = at_once(
        lambda: take_back_arrival(key_of(result), by=road.barrier), lambda: accept(rows, by=road.here)
    )
    assert kinds(answers) == ["Refused", "list"]
    states = set(Handover.objects.values_list("status", flat=True))
    if isinstance(answers[0], list):
        assert (states, places_of(row)) == ({"withdrawn"}, {(None, None)})
        assert not Arrival.objects.standing().exists()
    else:
        assert (states, {place for place, _at in places_of(row)}) == ({"accepted"}, {road.commune})
        assert Arrival.objects.standing().count() == 2


@pytest.mark.any_order_of_locks
@pytest.mark.django_db(transaction=True)
def test_control_without_locks_what_was_accepted_is_taken_back(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = make_road()
    (row,) = queue_of(road, 1, size=1)
    result = enter(road, row)
    rows = party(result)
    unlocked(monkeypatch)
    meet = meeting(2)
    undo_checks, accept_checks = undoing.require_nobody_accepted, handovers._require_open

    def undo_late(links: object) -> None:
        undo_checks(list(links))
        meet()

    def accept_late(found: object) -> None:
        accept_checks(found)
        meet()

    monkeypatch.setattr(undoing, "require_nobody_accepted", undo_late)
    monkeypatch.setattr(undoing, "_withdraw", lambda *_given, **_named: None)
    monkeypatch.setattr(handovers, "_require_open", accept_late)
    monkeypatch.setattr(handovers, "open_order", lambda *_given, **_named: None)
    monkeypatch.setattr(handovers, "_close_when_complete", lambda *_given, **_named: None)
    answers = at_once(
        lambda: take_back_arrival(key_of(result), by=road.barrier), lambda: accept(rows, by=road.here)
    )
    assert kinds(answers) == ["list", "list"]
    assert Handover.objects.get().status == "accepted"
    assert not Arrival.objects.standing().exists()
