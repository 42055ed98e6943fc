"""What happens by itself: offers end at their deadline, late handovers go to the province."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine

from portal.notifications.models import Message
from portal.records.models import Event
from repatriation.handover.actions import accept
from repatriation.models import Handover, Offer, Registration, Trip
from repatriation.seats import filling as seating
from repatriation.seats.filling import fill_trip
from repatriation.tasks import escalate_overdue, lapse_offers
from repatriation.trips import actions as trips
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import bus, family, handed_over, seated

SECOND = dt.timedelta(seconds=1)


def status(row: Offer | Registration) -> str:
    row.refresh_from_db()
    found: str = row.status
    return found


@pytest.fixture
def vehicle(road: SimpleNamespace) -> Trip:
    return bus(road, seats=2)


def test_an_offer_ends_at_its_deadline_and_the_next_family_is_asked(
    road: SimpleNamespace, vehicle: Trip
) -> None:
    first = family(road.campaign, road.places, 2, score=9)
    second = family(road.campaign, road.places, 2)
    (offer,) = fill_trip(vehicle, by=road.coordinator).seated
    with time_machine.travel(offer.deadline - SECOND, tick=False):
        assert lapse_offers() == 0
    assert status(offer) == "offered"
    with time_machine.travel(offer.deadline, tick=False):
        assert lapse_offers() == 1
        assert lapse_offers() == 0
    assert (status(offer), status(first), status(second)) == ("lapsed", "waiting", "offered")
    assert Message.objects.get(kind="offer_lapsed").phone == first.phone
    assert Message.objects.filter(kind="offer", phone=second.phone).count() == 1
    event = Event.objects.get(subject_type="repatriation.offer", subject_id=offer.pk, verb="lapse")
    assert event.actor_kind == "system"


def test_a_family_whose_offer_ended_is_asked_by_another_trip_only(
    road: SimpleNamespace, vehicle: Trip
) -> None:
    row = family(road.campaign, road.places, 2)
    (offer,) = fill_trip(vehicle, by=road.coordinator).seated
    with time_machine.travel(offer.deadline, tick=False):
        lapse_offers()
        assert fill_trip(vehicle, by=road.coordinator).seated == []
        (second,) = fill_trip(bus(road), by=road.coordinator).seated
    assert second.registration == row


def test_seats_that_come_free_too_late_to_answer_stay_free(road: SimpleNamespace) -> None:
    vehicle = bus(road, seats=2)
    offered(family(road.campaign, road.places, 2), vehicle, deadline=vehicle.departs_at - 2 * 3600 * SECOND)
    behind = family(road.campaign, road.places, 2)
    with time_machine.travel(vehicle.departs_at - 2 * 3600 * SECOND, tick=False):
        assert lapse_offers() == 1
    assert status(behind) == "waiting"
    vehicle.refresh_from_db()
    assert vehicle.seats_taken == 0


def test_an_answered_offer_does_not_end(road: SimpleNamespace, vehicle: Trip) -> None:
    offer = seated(family(road.campaign, road.places), vehicle)
    with time_machine.travel(offer.deadline + SECOND, tick=False):
        assert lapse_offers() == 0
    assert status(offer) == "confirmed"


def test_one_trip_that_fails_does_not_hold_up_the_others(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = bus(road), bus(road)
    for one in (broken, sound):
        offered(family(road.campaign, road.places), one)
    lapse = seating.lapse_due

    def sometimes(trip: Trip) -> list[Offer]:
        if trip.pk == broken.pk:
            raise RuntimeError("the database went away")
        return lapse(trip)

    monkeypatch.setattr(seating, "lapse_due", sometimes)
    with time_machine.travel(sound.departs_at, tick=False):
        assert lapse_offers() == 1
    assert Offer.objects.get(trip=sound).status == "lapsed"
    assert broken.code in caplog.text


def test_a_late_handover_is_brought_to_the_province_once(road: SimpleNamespace) -> None:
    rows = handed_over(road, 3)
    deadline = rows[0].deadline
    with time_machine.travel(deadline, tick=False):
        assert escalate_overdue() == 0
    with time_machine.travel(deadline + SECOND, tick=False):
        assert escalate_overdue() == 3
    with time_machine.travel(deadline + 3600 * SECOND, tick=False):
        assert escalate_overdue() == 0
    assert {row.escalated_at for row in Handover.objects.all()} == {deadline + SECOND}
    assert Event.objects.filter(verb="escalate", actor_kind="system").count() == 3


def test_what_was_accepted_in_time_is_not_escalated(road: SimpleNamespace) -> None:
    rows = handed_over(road)
    accept(rows, by=road.here)
    with time_machine.travel(rows[0].deadline + SECOND, tick=False):
        assert escalate_overdue() == 0


def test_many_late_handovers_take_several_runs(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repatriation.handover.escalating.ESCALATED_AT_ONCE", 2)
    rows = handed_over(road, 3)
    with time_machine.travel(rows[0].deadline + SECOND, tick=False):
        assert [escalate_overdue() for _run in range(3)] == [2, 1, 0]


def test_a_cancelled_trip_has_no_offers_to_end(road: SimpleNamespace, vehicle: Trip) -> None:
    row = family(road.campaign, road.places, 2)
    (offer,) = fill_trip(vehicle, by=road.coordinator).seated
    trips.cancel_trip(vehicle, by=road.coordinator, reason="Xe hỏng")
    with time_machine.travel(offer.deadline, tick=False):
        assert lapse_offers() == 0
    assert status(row) == "waiting"
