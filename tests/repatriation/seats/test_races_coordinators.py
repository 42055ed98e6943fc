"""Coordinators who act at the same moment: real threads, real locks.

Each guard has its negative control: with it taken off, the same race goes wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils import timezone

from repatriation.intake import actions as intake
from repatriation.intake.actions import set_limits
from repatriation.models import Intake, Offer, Registration, Trip
from repatriation.registration.submitting import family_actor
from repatriation.seats import by_hand, offering
from repatriation.seats import filling as seating
from repatriation.seats.answering import confirm_offer
from repatriation.seats.by_hand import hold_family, move_family
from repatriation.seats.filling import fill_trip
from repatriation.seats.leaving import withdraw
from repatriation.trips.actions import close_trip
from tests.race import Pause, at_once, interrupt, meeting, until
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import bus, family, make_road, sql_around

pytestmark = pytest.mark.django_db(transaction=True)

COUNT_OFF = "ALTER TABLE repatriation_offer DISABLE TRIGGER intake_follows_offers"
COUNT_ON = "ALTER TABLE repatriation_offer ENABLE TRIGGER intake_follows_offers"


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is locked any more, by anybody."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *_given, **_named: rows.all())


def limit(road: SimpleNamespace, day: dt.date, people: int) -> None:
    set_limits([road.commune], day, day, people, by=road.coordinator)


def seated_people() -> int:
    rows = Offer.objects.filter(status__in=Offer.HOLDS_SEATS)
    return rows.aggregate(people=Sum("people"))["people"] or 0


def two_fills(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two trips of one day, filled at once for a commune that takes in three of eight people."""
    for _number in range(4):
        family(road.campaign, road.places, 2)
    first, second = bus(road), bus(road)
    limit(road, timezone.localdate(first.departs_at), 3)
    meet = meeting(2)
    look = seating.lock_day

    def look_together(*days: dt.date) -> dict[int, int]:
        meet()
        found = look(*days)
        return found

    monkeypatch.setattr(seating, "lock_day", look_together)
    return at_once(
        lambda: fill_trip(first, by=road.coordinator), lambda: fill_trip(second, by=road.coordinator)
    )


def test_two_trips_of_a_day_never_exceed_the_limit(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = two_fills(road, monkeypatch)
    assert sorted(len(result.seated) for result in results) == [0, 1]
    assert (seated_people(), Intake.objects.get().taken) == (2, 2)


def test_without_the_count_they_do(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the trigger off and nobody locks, both trips see the room of three."""
    unlocked(monkeypatch)
    meet = meeting(2)

    def each_its_own(*given: Any, **named: Any) -> list[Registration]:
        trip: Trip = given[0]
        rows = Registration.objects.filter(status="waiting").order_by("pk")
        found = rows[0:1] if trip.pk == Trip.objects.earliest("pk").pk else rows[1:2]
        families = list(found)
        meet()
        return families

    monkeypatch.setattr(seating, "choose", each_its_own)
    with sql_around(COUNT_OFF, COUNT_ON):
        two_fills(road, monkeypatch)
        assert seated_people() == 4 > Intake.objects.get().people_limit


def note_each_other(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two fillings that have chosen in turn, and then note whom the other one holds: the first takes the
    first and the last of four families, the second the two between."""
    for number, size in enumerate((2, 2, 2, 1)):
        family(road.campaign, road.places, size, score=90 - number)
    first, second = bus(road, seats=3), bus(road, seats=4)
    choose, look = seating.choose, seating.passed_over
    chosen: list[Trip] = []
    meet = meeting(2)

    def in_turn(trip: Trip, *given: Any, **named: Any) -> list[Registration]:
        if trip.pk == second.pk:
            until(lambda: first in chosen)
        found = choose(trip, *given, **named)
        chosen.append(trip)
        return found

    def together(*given: Any, **named: Any) -> Any:
        meet()
        found = look(*given, **named)
        meet()  # neither is done before the other has looked
        return found

    monkeypatch.setattr(seating, "choose", in_turn)
    monkeypatch.setattr(seating, "passed_over", together)
    return at_once(
        lambda: fill_trip(first, by=road.coordinator), lambda: fill_trip(second, by=road.coordinator)
    )


def test_two_fillings_note_each_others_families_without_waiting(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = note_each_other(road, monkeypatch)
    assert [[row.why for row in result.passed] for result in results] == [["no_room", "no_room"], ["busy"]]
    assert [result.people for result in results] == [3, 4]


def test_with_locks_on_the_keys_they_wait_in_a_circle(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a plain FOR UPDATE stands in the way of the note."""
    plain = QuerySet.select_for_update
    monkeypatch.setattr(
        QuerySet, "select_for_update", lambda rows, **named: plain(rows, **{**named, "no_key": False})
    )
    results = note_each_other(road, monkeypatch)
    assert sorted(type(result).__name__ for result in results) == ["FillResult", "OperationalError"]


def limit_while_filling(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A limit of two is set in the moment between the offers of a filling and its end."""
    for _number in range(3):
        family(road.campaign, road.places, 2)
    trip = bus(road)
    day = timezone.localdate(trip.departs_at)
    pause, offer_seats = Pause(), offering.offer_seats

    def slowly(*given: Any, **named: Any) -> list[Offer]:
        made = offer_seats(*given, **named)
        pause()
        return made

    monkeypatch.setattr(seating, "offer_seats", slowly)
    return interrupt(
        pause,
        lambda: fill_trip(trip, by=road.coordinator),
        lambda: set_limits([road.commune], day, day, 2, by=road.coordinator),
    )


def test_a_limit_that_is_set_while_a_trip_fills_counts_its_seats(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled, refused = limit_while_filling(road, monkeypatch)
    assert filled.people == 6
    assert isinstance(refused, intake.TakenAlready)
    assert refused.taken == 6
    assert not Intake.objects.exists()


@contextmanager
def without_day_lock() -> Iterator[None]:
    name = "repatriation_intake_day_alone"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [name])
        (on,) = cursor.fetchone()
    off = f"CREATE OR REPLACE FUNCTION {name}(on_day date) RETURNS void LANGUAGE sql AS $$ SELECT NULL $$"
    with sql_around(off, on):
        yield


def test_without_the_days_lock_the_seats_are_missed(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a limit of two is set, and six people have seats."""
    with without_day_lock():
        _filled, changed = limit_while_filling(road, monkeypatch)
    assert changed == 1
    row = Intake.objects.get()
    assert (row.taken, row.people_limit, seated_people()) == (0, 2, 6)


def test_seats_that_are_given_back_on_many_trips_of_a_day_never_wait_in_a_circle(
    road: SimpleNamespace,
) -> None:
    """Trips of one day with the same two communes in turn are closed, left and filled at once."""
    trips = [bus(road) for _number in range(4)]
    day = timezone.localdate(trips[0].departs_at)
    set_limits([road.commune, road.other], day, day, 60, by=road.coordinator)
    homes = [road.commune, road.other]
    leaving = []
    for number, trip in enumerate(trips):
        for home in homes if number % 2 else reversed(homes):
            row = family(road.campaign, road.places, 2, home_commune=home)
            offered(row, trip)
            leaving.append(row)
    works = [
        lambda: close_trip(trips[0], by=road.coordinator),
        lambda: close_trip(trips[1], by=road.coordinator),
        lambda: withdraw(leaving[4], by=family_actor()),
        lambda: withdraw(leaving[7], by=family_actor()),
        lambda: set_limits(homes, day, day, 50, by=road.coordinator),
    ]
    results = at_once(*works)
    assert not [result for result in results if isinstance(result, Exception)]
    for row in Intake.objects.all():
        held = Offer.objects.filter(
            status__in=Offer.HOLDS_SEATS, registration__home_commune=row.commune
        ).aggregate(people=Sum("people"))["people"]
        assert row.taken == (held or 0)


def moved_from_two_desks(road: SimpleNamespace) -> tuple[list[Any], Registration]:
    row = family(road.campaign, road.places, 2)
    offer = offered(row, bus(road))
    targets = [bus(road), bus(road)]
    works = [lambda to=to: move_family(offer, to, by=road.coordinator, reason="Mẹ già yếu") for to in targets]
    return at_once(*works), row


def test_a_family_that_two_desks_move_has_one_seat(road: SimpleNamespace) -> None:
    results, row = moved_from_two_desks(road)
    assert sorted(isinstance(result, Exception) for result in results) == [False, True]
    assert row.offers.filter(status__in=Offer.LIVE).count() == 1
    assert Trip.objects.aggregate(taken=Sum("seats_taken"))["taken"] == 2


def test_a_family_is_moved_while_another_trip_fills(road: SimpleNamespace) -> None:
    """Whoever comes first, it has one seat, and the seats are counted once."""
    row = family(road.campaign, road.places, 2, score=9)
    old, new = bus(road, seats=2), bus(road, seats=2)
    offer = offered(row, old)
    behind = family(road.campaign, road.places, 2)
    results = at_once(
        lambda: move_family(offer, new, by=road.coordinator, reason="Mẹ già yếu"),
        lambda: fill_trip(new, by=road.coordinator),
    )
    live = Offer.objects.filter(status__in=Offer.LIVE)
    assert live.filter(registration=row).count() == 1
    assert live.filter(registration=behind).count() <= 1
    assert max(Trip.objects.values_list("seats_taken", flat=True)) <= 2
    assert not isinstance(results[1], Exception)


def hold_while_seated(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both have looked at the family, and then act."""
    row, trip = family(road.campaign, road.places, 2), bus(road)
    meet = meeting(2)
    choose, waiting = seating.choose, by_hand._require_waiting

    def chosen(*given: Any, **named: Any) -> list[Registration]:
        found = choose(*given, **named)
        meet()
        return found

    def looked(*given: Any) -> None:
        waiting(*given)
        meet()

    monkeypatch.setattr(seating, "choose", chosen)
    monkeypatch.setattr(by_hand, "_require_waiting", looked)
    return at_once(
        lambda: fill_trip(trip, by=road.coordinator),
        lambda: hold_family(row, by=road.coordinator, reason="Chờ giấy ra viện"),
    )


def test_a_family_is_held_or_seated_and_never_both(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_while_seated(road, monkeypatch)
    row = Registration.objects.get()
    assert (row.held_at is not None) != (row.status == "offered")
    assert Offer.objects.count() == (row.status == "offered")


def test_without_lock_and_constraint_it_is_both(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: nobody locks, and the database allows it."""
    unlocked(monkeypatch)
    name = "registration_held_is_not_seated"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        (definition,) = cursor.fetchone()
    off = f"ALTER TABLE repatriation_registration DROP CONSTRAINT {name}"
    on = (
        "TRUNCATE repatriation_registration CASCADE; "
        f"ALTER TABLE repatriation_registration ADD CONSTRAINT {name} {definition}"
    )
    with sql_around(off, on):
        hold_while_seated(road, monkeypatch)
        row = Registration.objects.get()
        assert row.held_at is not None
        assert row.status == "offered"


def confirm_while_closing(road: SimpleNamespace) -> tuple[Offer, list[Any]]:
    trip = bus(road)
    offer = offered(family(road.campaign, road.places, 2), trip)
    results = at_once(
        lambda: confirm_offer(offer, by=family_actor()), lambda: close_trip(trip, by=road.coordinator)
    )
    return offer, results


def test_an_answer_while_the_list_closes_counts_or_does_not_but_never_half(road: SimpleNamespace) -> None:
    for _round in range(3):
        offer, (answer, closed) = confirm_while_closing(road)
        assert not isinstance(closed, Exception)
        offer.refresh_from_db()
        row = Registration.objects.get(pk=offer.registration_id)
        if isinstance(answer, Exception):
            assert (offer.status, row.status) == ("cancelled", "waiting")
        else:
            assert (offer.status, row.status) == ("confirmed", "confirmed")
        trip = Trip.objects.get(pk=offer.trip_id)
        assert trip.seats_taken == (2 if offer.status == "confirmed" else 0)
