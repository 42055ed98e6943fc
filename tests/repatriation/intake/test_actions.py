"""What a commune takes in on a day is never exceeded, and the count follows every change."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.places.models import Place
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import transition
from repatriation.intake.actions import TakenAlready, set_limits, taken_on
from repatriation.models import Intake, Offer, Registration, Trip
from repatriation.seats import answering as offers
from repatriation.seats.filling import fill_trip
from repatriation.seats.leaving import withdraw
from repatriation.trips import actions as trips
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import bus, enter, family, on_the_road, seated


def day_of(trip: Trip) -> dt.date:
    return timezone.localdate(trip.departs_at)


def limit(road: SimpleNamespace, trip: Trip, people: int, commune: Place | None = None) -> Intake:
    place = commune or road.commune
    set_limits([place], day_of(trip), day_of(trip), people, by=road.coordinator)
    return Intake.objects.get(commune=place, day=day_of(trip))


def taken(row: Intake) -> int:
    row.refresh_from_db()
    return row.taken


def make(road: SimpleNamespace, size: int = 2, **changes: object) -> Registration:
    return family(road.campaign, road.places, size, **changes)  # type: ignore[arg-type]


def test_filling_stops_at_the_limit_and_goes_on_with_other_communes(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    first, second = make(road, score=9), make(road, score=8)
    other = make(road, score=1, home_commune=road.other)
    row = limit(road, vehicle, 3)
    result = fill_trip(vehicle, by=road.coordinator)
    assert [offer.registration for offer in result.seated] == [first, other]
    (passed,) = result.passed
    assert (passed.registration, passed.why, passed.people, passed.free) == (second, "intake_full", 2, 1)
    assert taken(row) == 2


def test_a_smaller_family_behind_still_gets_the_room_that_is_left(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    make(road, 3, score=9)
    small = make(road, 2)
    limit(road, vehicle, 2)
    assert [o.registration for o in fill_trip(vehicle, by=road.coordinator).seated] == [small]


def test_a_limit_counts_the_day_and_no_other(road: SimpleNamespace) -> None:
    today, tomorrow = bus(road), bus(road, departs_at=timezone.now() + dt.timedelta(days=3))
    make(road)
    row = limit(road, today, 0)
    assert fill_trip(today, by=road.coordinator).seated == []
    assert len(fill_trip(tomorrow, by=road.coordinator).seated) == 1
    assert taken(row) == 0


def test_the_day_is_that_of_the_province_and_not_of_greenwich(road: SimpleNamespace) -> None:
    local = timezone.localdate() + dt.timedelta(days=3)
    early = timezone.make_aware(dt.datetime.combine(local, dt.time(1)))
    vehicle = bus(road, departs_at=early)
    assert early.astimezone(dt.UTC).date() != local
    set_limits([road.commune], local, local, 5, by=road.coordinator)
    offered(make(road), vehicle)
    assert Intake.objects.get().taken == 2


def test_the_count_follows_offers_that_end_and_that_travel(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    row = limit(road, vehicle, 20)
    first, second, third = (offered(make(road), vehicle) for _one in range(3))
    assert taken(row) == 6
    offers.decline_offer(first, by=road.coordinator, back_to_queue=False)
    assert taken(row) == 4
    withdraw(second.registration, by=road.coordinator)
    assert taken(row) == 2
    transition(third, "travel", by=road.coordinator)
    assert taken(row) == 2


def test_a_cancelled_trip_gives_the_day_back(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    row = limit(road, vehicle, 4)
    seated(make(road), vehicle)
    offered(make(road), vehicle)
    assert taken(row) == 4
    trips.cancel_trip(vehicle, by=road.coordinator, reason="Xe hỏng")
    assert taken(row) == 0
    assert set(Registration.objects.values_list("status", flat=True)) == {"waiting"}


def test_who_did_not_come_is_counted_no_more_and_who_came_is(road: SimpleNamespace) -> None:
    came, absent = make(road), make(road)
    trip = on_the_road(road, came, absent)
    row = limit(road, trip, 4)
    assert taken(row) == 4
    enter(road, came)
    trips.arrive_trip(trip, by=road.coordinator)
    trips.reconcile_trip(trip, by=road.coordinator)
    assert taken(row) == 2


def test_a_new_limit_counts_the_seats_that_are_given_already(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    offered(make(road, 3), vehicle)
    assert limit(road, vehicle, 3).taken == 3
    assert taken_on([road.commune.pk], day_of(vehicle), day_of(vehicle)) == {
        (road.commune.pk, day_of(vehicle)): 3
    }


def test_a_limit_below_what_is_taken_is_refused_and_nothing_changes(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    offered(make(road, 3), vehicle)
    with pytest.raises(TakenAlready) as refused:
        set_limits([road.commune, road.other], day_of(vehicle), day_of(vehicle), 2, by=road.coordinator)
    assert "Xã Hưng Thuận" in str(refused.value)
    assert "đã có 3 người" in str(refused.value)
    assert not Intake.objects.exists()


def test_a_limit_is_set_for_a_range_of_days_and_several_communes_and_logged(road: SimpleNamespace) -> None:
    first = timezone.localdate() + dt.timedelta(days=1)
    last = first + dt.timedelta(days=6)
    communes = [road.commune, road.other]
    assert set_limits(communes, first, last, 20, by=road.coordinator) == 14
    assert set_limits(communes, first, last, 20, by=road.coordinator) == 0
    assert set_limits(communes, first, first, 5, by=road.here) == 2
    assert Intake.objects.get(commune=road.other, day=first).set_by == road.here
    assert Event.objects.filter(subject_type="repatriation.intake", verb="set_limit").count() == 16
    changed = Event.objects.filter(verb="set_limit", user=road.here).earliest("pk")
    assert changed.data == {"day": first.isoformat(), "before": 20, "limit": 5}
    assert changed.place in communes


def test_a_limit_is_taken_off(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    limit(road, vehicle, 0)
    make(road)
    assert set_limits([road.commune], day_of(vehicle), day_of(vehicle), None, by=road.coordinator) == 1
    assert len(fill_trip(vehicle, by=road.coordinator).seated) == 1
    assert Event.objects.filter(subject_type="repatriation.intake", verb="take_off").count() == 1


def test_a_range_without_end_is_refused(road: SimpleNamespace) -> None:
    today = timezone.localdate()
    for last in (today - dt.timedelta(days=1), today + dt.timedelta(days=100)):
        with pytest.raises(Refused, match="hai tháng"):
            set_limits([road.commune], today, last, 1, by=road.coordinator)


def test_the_database_refuses_one_person_too_many(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    row = limit(road, vehicle, 3)
    offered(make(road), vehicle)
    with pytest.raises(IntegrityError, match="intake_taken_within_limit"), transaction.atomic():
        offered(make(road), vehicle)
    assert taken(row) == 2


def test_the_database_moves_the_count_with_the_day_of_the_trip(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    later = vehicle.departs_at + dt.timedelta(days=1)
    before = limit(road, vehicle, 5)
    set_limits([road.commune], timezone.localdate(later), timezone.localdate(later), 2, by=road.coordinator)
    after = Intake.objects.get(day=timezone.localdate(later))
    offered(make(road), vehicle)
    Trip.objects.filter(pk=vehicle.pk).update(departs_at=later)
    assert (taken(before), taken(after)) == (0, 2)
    full = bus(road)
    offered(make(road), full)
    with pytest.raises(IntegrityError, match="intake_taken_within_limit"), transaction.atomic():
        Trip.objects.filter(pk=full.pk).update(departs_at=later)
    assert (taken(before), taken(after)) == (2, 2)


def test_the_database_moves_the_count_with_the_home_of_a_seated_family(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    here, there = limit(road, vehicle, 5), limit(road, vehicle, 2, road.other)
    row = make(road)
    offered(row, vehicle)
    Registration.objects.filter(pk=row.pk).update(home_commune=road.other)
    assert (taken(here), taken(there)) == (0, 2)
    another = make(road)
    offered(another, vehicle)
    with pytest.raises(IntegrityError, match="intake_taken_within_limit"), transaction.atomic():
        Registration.objects.filter(pk=another.pk).update(home_commune=road.other)


def test_an_offer_never_goes_over_to_another_trip_or_family(road: SimpleNamespace) -> None:
    offer = offered(make(road), bus(road))
    for change in ({"trip": bus(road)}, {"registration": make(road)}):
        with pytest.raises(IntegrityError, match="another trip or family"), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**change)
