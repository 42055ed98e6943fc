"""The preview of filling: the families that filling then invites, nothing written, and why others would not be."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.records.middleware import writes
from portal.records.models import Read
from repatriation.intake.actions import set_limits
from repatriation.models import Filling, Offer, Registration, Trip
from repatriation.seats.by_hand import hold_family
from repatriation.seats.filling import fill_trip
from repatriation.seats.preview import named, who_would_be_invited, who_would_be_invited_in_turn
from tests.lock_order import around
from tests.repatriation.world.road import bus, family


def make(road: SimpleNamespace, size: int = 1, **changes: object) -> Registration:
    return family(road.campaign, road.places, size, **changes)  # type: ignore[arg-type]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(1, 5), st.booleans(), st.booleans()), max_size=9),
    seats=st.integers(1, 14),
    room=st.none() | st.integers(0, 8),
    one_commune=st.booleans(),
)
def test_the_preview_names_whom_filling_invites(
    road: SimpleNamespace,
    rows: list[tuple[int, bool, bool]],
    seats: int,
    room: int | None,
    one_commune: bool,
) -> None:
    with around():
        vehicle = bus(road, seats=seats)
        day = timezone.localdate(vehicle.departs_at)
        if room is not None:
            set_limits([road.commune], day, day, room, by=road.coordinator)
        if one_commune:
            vehicle.destinations.set([road.commune])
        for number, (size, here, alone) in enumerate(rows):
            home = road.commune if here else road.other
            make(road, size, score=90 - number, home_commune=home, needs_escort=alone)
        preview = who_would_be_invited(vehicle)
        result = fill_trip(Trip.objects.get(pk=vehicle.pk), by=road.coordinator)
        assert [row.pk for row in preview.families] == [offer.registration_id for offer in result.seated]
        told = [(row.registration_id, row.why, row.free) for row in preview.passed]
        assert told == [(row.registration_id, row.why, row.free) for row in result.passed]
        assert preview.seats_left == seats - result.people
        transaction.set_rollback(True)


def test_nothing_is_written_or_locked(road: SimpleNamespace) -> None:
    make(road, 3)
    vehicle = bus(road, seats=4, status="planned")
    with CaptureQueriesContext(connection) as caught:
        assert len(who_would_be_invited(vehicle).families) == 1
    assert [query["sql"] for query in caught if writes(query["sql"])] == []
    vehicle.refresh_from_db()
    assert vehicle.status == "planned"
    assert not Offer.objects.exists()
    assert not Filling.objects.exists()


def test_the_families_around_are_there_with_their_reasons(road: SimpleNamespace) -> None:
    held = make(road, score=9)
    hold_family(held, by=road.coordinator, reason="Chờ giấy ra viện")
    first = make(road, 3, score=8)
    large, last = make(road, 4, score=7), make(road, 2, score=6)
    preview = who_would_be_invited(bus(road, seats=5, status="planned"))
    assert list(preview.families) == [first, last]
    assert [(row.registration, row.why) for row in preview.passed] == [(held, "held"), (large, "no_room")]
    assert preview.behind == []
    behind = make(road, 1, score=1)
    (row,) = who_would_be_invited(bus(road, seats=5)).behind
    assert (row.registration, row.why, row.free) == (behind, "no_room", 0)


def test_a_trip_of_a_form_is_previewed_before_it_exists(road: SimpleNamespace) -> None:
    here, _elsewhere = make(road), make(road, home_commune=road.other)
    planned = Trip(
        campaign=road.campaign,
        departs_at=timezone.now() + dt.timedelta(days=2),
        pickup=road.places.pickup,
        gateway=road.checkpoint,
        seats=9,
    )
    planned.destination_ids = frozenset([road.commune.pk])
    assert list(who_would_be_invited(planned).families) == [here]


def test_a_family_is_invited_by_the_first_of_several_trips_alone(road: SimpleNamespace) -> None:
    families = [make(road, 2, score=9 - number) for number in range(4)]
    first, second = bus(road, seats=4, status="planned"), bus(road, seats=45, status="planned")
    one, two = who_would_be_invited_in_turn([first, second])
    assert (list(one.families), list(two.families)) == (families[:2], families[2:])


def test_trips_of_one_day_share_the_limits_of_the_communes(road: SimpleNamespace) -> None:
    for number in range(4):
        make(road, 2, score=9 - number)
    first, second = bus(road, seats=4), bus(road, seats=45)
    day = timezone.localdate(first.departs_at)
    set_limits([road.commune], day, day, 6, by=road.coordinator)
    assert [one.people for one in who_would_be_invited_in_turn([first, second])] == [4, 2]


def test_what_stands_against_filling_as_a_whole_is_said(road: SimpleNamespace) -> None:
    make(road)
    soon = bus(road, departs_at=timezone.now() + dt.timedelta(hours=1))
    assert "không kịp trả lời" in who_would_be_invited(soon).refusal
    closed = who_would_be_invited(bus(road, status="closed"))
    assert (bool(closed.refusal), list(closed.families)) == (True, [])
    vehicle = bus(road)
    assert who_would_be_invited(vehicle).refusal == ""
    vehicle.campaign.rescoring_since = timezone.now()
    assert "tính lại điểm" in who_would_be_invited(vehicle).refusal


def test_reading_names_is_logged_and_only_those_in_scope_are_named(road: SimpleNamespace) -> None:
    here, there = make(road, score=2), make(road, home_commune=road.other)
    request = RequestFactory().get("/")
    preview = who_would_be_invited(bus(road))
    assert named(preview, road.coordinator, request).named_ids == {here.pk, there.pk}
    assert named(preview, road.here, request).named_ids == {here.pk}
    assert Read.objects.latest("pk").subject_ids == [here.pk]
