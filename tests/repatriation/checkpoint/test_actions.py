"""A family at the barrier: entered once, whole or in parts, and handed over in the same moment."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import transition
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.handover.actions import accept
from repatriation.models import Arrival, Handover, Offer, Registration, Trip
from repatriation.trips.actions import arrive_trip, reconcile_trip
from tests.factories import PersonFactory
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import bus, enter, family, on_the_road, party, people_of, seated


@pytest.fixture
def row(road: SimpleNamespace) -> Registration:
    return family(road.campaign, road.places, 3)


def status(row: Registration | Offer) -> str:
    row.refresh_from_db()
    found: str = row.status
    return found


def test_one_form_enters_a_family_and_hands_each_over(road: SimpleNamespace, row: Registration) -> None:
    trip = on_the_road(road, row)
    with time_machine.travel(timezone.now(), tick=False):
        result = enter(road, row)
        now = timezone.now()
    assert [arrival.person for arrival in result.arrivals] == people_of(row)
    assert not result.repeated
    assert {(a.trip, a.means, a.was_expected, a.entered_by) for a in result.arrivals} == {
        (trip, "trip", True, road.barrier)
    }
    handovers = party(result)
    assert len(handovers) == 3
    assert {(h.from_place, h.to_place, h.status) for h in handovers} == {
        (road.checkpoint, road.commune, "sent")
    }
    assert {h.deadline for h in handovers} == {now + dt.timedelta(hours=4)}
    for person in people_of(row):
        assert (person.responsible_place, person.arrived_at) == (road.checkpoint, now)
        assert person.home_commune == road.commune
    assert status(row) == "arrived"
    assert Offer.objects.get().status == "travelled"
    assert Event.objects.filter(verb="arrive", subject_type="repatriation.arrival").count() == 3
    assert Event.objects.filter(verb="send", subject_type="repatriation.handover").count() == 3


def test_the_family_is_told_once(road: SimpleNamespace, row: Registration) -> None:
    enter(road, row)
    message = Message.objects.get(kind="arrived")
    assert message.phone == row.phone
    assert message.text.startswith("3 người đã đến Chốt Suối Sâu")
    assert "Xã Hưng Thuận" in message.text


def test_the_deadline_is_the_campaigns(road: SimpleNamespace, row: Registration) -> None:
    road.campaign.handover_hours = 9
    road.campaign.save()
    handover = party(enter(road, row))[0]
    assert handover.deadline - handover.sent_at == dt.timedelta(hours=9)


def test_the_rest_of_a_family_comes_later(road: SimpleNamespace, row: Registration) -> None:
    trip = on_the_road(road, row)
    first, *rest = people_of(row)
    enter(road, row, [first])
    assert status(row) == "arrived"
    later = enter(road, row, rest)
    assert {arrival.trip for arrival in later.arrivals} == {trip}
    assert Arrival.objects.filter(registration=row).count() == 3
    assert Handover.objects.open().count() == 3


def test_the_rest_comes_after_the_first_was_accepted(road: SimpleNamespace, row: Registration) -> None:
    first, *rest = people_of(row)
    accept(party(enter(road, row, [first])), by=road.here)
    assert status(row) == "arrived"
    accept(party(enter(road, row, rest)), by=road.here)
    assert status(row) == "closed"


def test_a_family_that_came_by_itself_leaves_the_queue(road: SimpleNamespace, row: Registration) -> None:
    result = enter(road, row)
    assert {(a.trip, a.means, a.was_expected) for a in result.arrivals} == {(None, "private", True)}
    assert status(row) == "arrived"


@pytest.mark.parametrize("answer", ["offered", "confirmed"])
def test_its_seat_on_a_trip_that_has_not_left_goes_to_the_next_family(
    road: SimpleNamespace, row: Registration, answer: str
) -> None:
    vehicle = bus(road, seats=3)
    offer = seated(row, vehicle, answer)
    behind = family(road.campaign, road.places, 3)
    result = enter(road, row)
    assert {a.trip for a in result.arrivals} == {None}
    assert status(offer) == "cancelled"
    assert status(behind) == "offered"
    assert Trip.objects.get(pk=vehicle.pk).seats_taken == 3


def test_who_withdrew_and_came_is_entered_without_the_registration(
    road: SimpleNamespace, row: Registration
) -> None:
    transition(row, "withdraw", by=road.coordinator)
    result = enter(road, row)
    assert {(a.registration, a.was_expected, a.means) for a in result.arrivals} == {(None, False, "private")}
    assert status(row) == "withdrawn"
    assert len(party(result)) == 3


def test_at_another_checkpoint_than_the_trips_the_family_is_entered_all_the_same(
    road: SimpleNamespace, row: Registration
) -> None:
    on_the_road(road, row)
    result = enter(road, row, checkpoint=road.second, by=road.far_barrier)
    assert {(a.checkpoint, a.trip.gateway) for a in result.arrivals} == {(road.second, road.checkpoint)}
    assert {person.responsible_place for person in people_of(row)} == {road.second}


def test_sent_twice_nothing_changes(road: SimpleNamespace, row: Registration) -> None:
    key = uuid.uuid4()
    first = enter(road, row, key=key)
    events = Event.objects.count()
    second = enter(road, row, key=key)
    assert second.repeated
    assert [a.pk for a in second.arrivals] == [a.pk for a in first.arrivals]
    assert (Arrival.objects.count(), Handover.objects.count()) == (3, 3)
    assert Message.objects.filter(kind="arrived").count() == 1
    assert Event.objects.count() == events


def test_sent_again_after_the_acceptance_nothing_changes(road: SimpleNamespace, row: Registration) -> None:
    key = uuid.uuid4()
    accept(party(enter(road, row, key=key)), by=road.here)
    assert enter(road, row, key=key).repeated
    assert {person.responsible_place for person in people_of(row)} == {road.commune}
    assert not Handover.objects.open().exists()


def test_a_key_of_another_checkpoint_is_refused(road: SimpleNamespace, row: Registration) -> None:
    key = uuid.uuid4()
    enter(road, row, key=key)
    with pytest.raises(Refused, match="Trang đã cũ"):
        enter(road, row, key=key, checkpoint=road.second, by=road.far_barrier)


def test_a_second_officer_reads_who_entered_the_family(road: SimpleNamespace, row: Registration) -> None:
    enter(road, row)
    with pytest.raises(Refused) as refused:
        enter(road, row, by=road.colleague)
    assert "Lý Văn Chốt" in str(refused.value)
    assert "Chốt Suối Sâu" in str(refused.value)
    assert Arrival.objects.count() == 3


def test_a_second_officer_whose_form_has_nobody_left_reads_who_entered_them(
    road: SimpleNamespace, row: Registration
) -> None:
    enter(road, row)
    with pytest.raises(Refused, match="Lý Văn Chốt"):
        enter(road, row, [], by=road.colleague)


def test_an_empty_form_enters_nobody(road: SimpleNamespace, row: Registration) -> None:
    with pytest.raises(Refused, match="ít nhất một người"):
        enter(road, row, [])
    assert status(row) == "waiting"


def test_a_stranger_in_the_form_enters_nobody(road: SimpleNamespace, row: Registration) -> None:
    stranger = PersonFactory(home_commune=road.commune)
    with pytest.raises(ValueError, match="no member"):
        enter(road, row, [*people_of(row), stranger])
    assert not Arrival.objects.exists()
    assert status(row) == "waiting"


def test_what_was_seen_is_kept_for_each_person(road: SimpleNamespace, row: Registration) -> None:
    well, ill, positive = people_of(row)
    facts = [
        ArrivalFacts(well, identity_checked=True, temperature=Decimal("36.6"), rapid_test="negative"),
        ArrivalFacts(ill, has_symptoms=True, temperature=Decimal("38.9")),
        ArrivalFacts(positive, rapid_test="positive", decision="facility"),
    ]
    enter(road, row, facts=facts)
    kept = Arrival.objects.order_by("pk").values_list(
        "identity_checked", "temperature", "has_symptoms", "rapid_test", "decision"
    )
    assert list(kept) == [
        (True, Decimal("36.6"), False, "negative", "home"),
        (False, Decimal("38.9"), True, "none", "facility"),  # a high fever does not go straight home
        (False, None, False, "positive", "facility"),
    ]


def test_a_person_has_one_open_handover(road: SimpleNamespace, row: Registration) -> None:
    first, second = party(enter(road, row))[:2]
    chain = {"from_place": road.checkpoint, "to_place": road.other, "deadline": timezone.now()}
    chain["party"] = first.party
    with pytest.raises(IntegrityError, match="handover_one_open_per_person"), transaction.atomic():
        Handover.objects.create(arrival=first.arrival, person=first.person, previous=second, **chain)
    stranger = PersonFactory(home_commune=road.commune)
    with pytest.raises(IntegrityError, match="handover_one_chain_per_arrival"), transaction.atomic():
        Handover.objects.create(arrival=first.arrival, person=stranger, **chain)


def test_a_person_without_registration_who_waits_for_a_commune_is_not_entered_again(
    road: SimpleNamespace,
) -> None:
    person = PersonFactory(home_commune=road.commune)
    enter(road, None, [person])
    with pytest.raises(Refused, match="Lý Văn Chốt"):
        enter(road, None, [person], checkpoint=road.second, by=road.far_barrier)
    assert Arrival.objects.count() == 1


def test_an_arrived_person_always_has_a_responsible_place(road: SimpleNamespace, row: Registration) -> None:
    person = people_of(row)[0]
    enter(road, row)
    person.refresh_from_db()
    person.responsible_place = None
    with pytest.raises(IntegrityError, match="person_arrived_has_responsible_place"), transaction.atomic():
        person.save()


def test_the_handovers_begin_in_the_same_transaction(
    road: SimpleNamespace, row: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("the line broke")

    monkeypatch.setattr("repatriation.checkpoint.actions.notify", fail)
    with pytest.raises(RuntimeError):
        enter(road, row)
    assert not Arrival.objects.exists()
    assert not Handover.objects.exists()
    assert status(row) == "waiting"
    assert {person.responsible_place for person in people_of(row)} == {None}


def test_an_offer_that_was_made_while_the_card_was_open_is_settled(
    road: SimpleNamespace, row: Registration
) -> None:
    on = bus(road, departs_at=timezone.now() + dt.timedelta(hours=1))
    other = family(road.campaign, road.places)
    seated(other, on)
    offer = offered(row, on)
    enter(road, row)
    assert (status(offer), status(row)) == ("cancelled", "arrived")


def test_after_the_count_a_family_that_came_late_is_arrived(road: SimpleNamespace, row: Registration) -> None:
    trip = on_the_road(road, row)
    arrive_trip(trip, by=road.coordinator)
    reconcile_trip(trip, by=road.coordinator)
    assert status(row) == "no_show"
    enter(road, row)
    assert status(row) == "arrived"
    assert Offer.objects.get().status == "no_show"
