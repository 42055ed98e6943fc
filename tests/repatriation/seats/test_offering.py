"""Seats are written, and given back, for a whole trip in the same few statements."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from citizens.links import find_link
from citizens.models import SecretLink
from portal.notifications import outbox
from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.transitions import TransitionRefused
from repatriation.models import Offer, Registration, Trip
from repatriation.seats.filling import fill_trip, lapse_due
from repatriation.seats.offering import offer_seats
from repatriation.trips import actions as trips
from tests.repatriation.world.families import token_of
from tests.repatriation.world.racing import queue_of
from tests.repatriation.world.road import at_departure, bus, seated


def statements(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as caught:
        work()
    return len([query for query in caught if "SAVEPOINT" not in query["sql"]])


def test_each_family_gets_its_offer_its_event_and_a_message_with_a_link_of_its_own(
    road: SimpleNamespace,
) -> None:
    queue_of(road, 5)
    offers = fill_trip(bus(road), by=road.coordinator).seated
    assert len({offer.pk for offer in offers}) == 5
    for offer in offers:
        message = Message.objects.get(kind="offer", about_type="repatriation.offer", about_id=offer.pk)
        assert message.phone == offer.registration.phone
        assert message.context["code"] == offer.registration.code
        link = find_link(token_of(message.secrets["link"]), "offer")
        assert (link.subject_id, link.phone) == (offer.pk, message.phone)
        event = Event.objects.get(subject_type="repatriation.registration", subject_id=offer.registration_id)
        assert (event.verb, event.data) == ("offer", {"trip": offer.trip.code})
    assert SecretLink.objects.count() == 5
    assert [offer.registration.score for offer in offers] == [100, 99, 98, 97, 96]


def test_a_family_without_a_phone_has_its_seats_and_no_message(road: SimpleNamespace) -> None:
    first, second = queue_of(road, 2)
    Registration.objects.filter(pk=first.pk).update(phone="")
    assert len(fill_trip(bus(road), by=road.coordinator).seated) == 2
    assert Message.objects.get(kind="offer").phone == second.phone


def test_the_workers_are_told_once_of_all_messages(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[tuple[int, ...]] = []
    monkeypatch.setattr(outbox, "hand_to_worker", lambda *ids: told.append(ids))
    queue_of(road, 4)
    with django_capture_on_commit_callbacks(execute=True):
        fill_trip(bus(road), by=road.coordinator)
    assert [sorted(ids) for ids in told] == [sorted(Message.objects.values_list("pk", flat=True))]


def test_one_that_does_not_wait_any_more_keeps_all_from_being_seated(road: SimpleNamespace) -> None:
    rows = queue_of(road, 3)
    rows[1].status = "offered"
    with pytest.raises(TransitionRefused):
        offer_seats(bus(road), rows, timezone.now(), by=road.coordinator)
    assert not Offer.objects.exists()
    assert not Message.objects.exists()
    assert set(Registration.objects.values_list("status", flat=True)) == {"waiting"}


def test_seats_for_twelve_families_cost_what_those_for_one_cost(road: SimpleNamespace) -> None:
    rows = queue_of(road, 13)
    first, second = bus(road), bus(road)
    one = statements(lambda: offer_seats(first, rows[:1], timezone.now(), by=road.coordinator))
    many = statements(lambda: offer_seats(second, rows[1:], timezone.now(), by=road.coordinator))
    assert one == many <= 5


def trip_of(road: SimpleNamespace, families: int, status: str) -> Trip:
    trip = bus(road)
    for row in queue_of(road, families):
        seated(row, trip, status)
    return trip


@pytest.mark.parametrize("status", ["offered", "confirmed"])
def test_cancelling_a_trip_of_ten_costs_what_one_of_one_costs(road: SimpleNamespace, status: str) -> None:
    one, ten = trip_of(road, 1, status), trip_of(road, 10, status)
    costs = [
        statements(lambda trip=trip: trips.cancel_trip(trip, by=road.coordinator, reason="Xe hỏng"))
        for trip in (one, ten)
    ]
    assert costs[0] == costs[1]
    assert set(Registration.objects.values_list("status", flat=True)) == {"waiting"}
    assert set(Offer.objects.values_list("status", flat=True)) == {"cancelled"}
    assert Message.objects.filter(kind="trip_cancelled").count() == 11
    ten.refresh_from_db()
    assert ten.seats_taken == 0


def test_leaving_and_counting_cost_the_same_for_ten_families(road: SimpleNamespace) -> None:
    vehicles = [at_departure(trip_of(road, 1, "confirmed")), at_departure(trip_of(road, 10, "confirmed"))]
    verbs = [trips.close_trip, trips.depart_trip, trips.arrive_trip, trips.reconcile_trip]
    for verb in verbs:
        one, ten = (
            statements(lambda verb=verb, trip=trip: verb(trip, by=road.coordinator)) for trip in vehicles
        )
        assert one == ten, verb.__name__
    assert set(Registration.objects.values_list("status", flat=True)) == {"no_show"}
    assert set(Offer.objects.values_list("status", flat=True)) == {"no_show"}
    messages = Message.objects.filter(kind="no_show")
    assert messages.count() == 11
    for message in messages:
        link = find_link(token_of(message.secrets["link"]), "registration")
        assert link.subject_id == message.about_id


def test_what_lapses_goes_back_and_the_rest_stays(road: SimpleNamespace) -> None:
    trip = trip_of(road, 3, "offered")
    late = Offer.objects.order_by("pk")[1]
    Offer.objects.filter(pk=late.pk).update(deadline=timezone.now())
    assert [offer.pk for offer in lapse_due(trip)] == [late.pk]
    assert list(Offer.objects.order_by("pk").values_list("status", flat=True)) == [
        "offered",
        "lapsed",
        "offered",
    ]
    assert Message.objects.get(kind="offer_lapsed").phone == late.registration.phone
