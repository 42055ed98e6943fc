"""A family changes its registration while others seat it, withdraw it or change it too: real threads, real locks.

Each guard has its negative control: with it taken off, the same race goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection

from portal.records.models import Event
from repatriation.models import Campaign, Member, Offer, Registration, RegistrationChange, Trip
from repatriation.models.registration import LIVE, RegistrationQuerySet, Status
from repatriation.registration import changing as actions
from repatriation.registration.changing import NotChangeable, SeatsHeld, apply_change, begin_change, review
from repatriation.registration.refusals import AlreadyRegistered
from repatriation.seats.filling import fill_trip
from repatriation.seats.leaving import withdraw
from tests.race import Pause, at_once, interrupt, meeting
from tests.repatriation.world.changing import BY, changed
from tests.repatriation.world.families import entry, mother, trip, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def without_trigger() -> Iterator[None]:
    """The database does not mind who joins or leaves a family that holds seats."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE repatriation_member DISABLE TRIGGER family_stands")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE repatriation_member ENABLE TRIGGER family_stands")


@contextmanager
def without_index(name: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE repatriation_registrationchange")
            cursor.execute(definition)


def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The change reads the registration without holding it; seats are given as ever."""
    lock = RegistrationQuerySet.select_for_update

    def read(self: RegistrationQuerySet, **how: Any) -> RegistrationQuerySet:
        return lock(self, **how) if how else self.all()

    monkeypatch.setattr(RegistrationQuerySet, "select_for_update", read)


def seated_before_it_is_written(
    monkeypatch: pytest.MonkeyPatch, press: Callable[[], Registration], bus: Trip
) -> tuple[Any, bool]:
    """The change stands, all looked at and nothing written, while the seats are given. What came of the
    change, and whether its lock kept the seats away meanwhile."""
    pause, write = Pause(), actions._write

    def late(*args: Any) -> None:
        pause()
        write(*args)

    monkeypatch.setattr(actions, "_write", late)
    done, filled = interrupt(pause, press, lambda: fill_trip(bus, by=bus.planned_by))
    assert not isinstance(filled, Exception)
    return done, pause.kept_away


def father() -> Any:
    return entry("Trần Văn Minh", sex="male", identity="072082001111")


def grown(family: Registration) -> Callable[[], Registration]:
    """The family, ready to press the button for one more member."""
    change = changed(family, lambda draft: draft.with_person(father()))
    seen = review(change).seen
    return lambda: apply_change(change, by=BY, seen=seen)


def is_whole(family: Registration) -> bool:
    """Whether its seats are those of its people."""
    people = Member.objects.filter(registration=family).count()
    row = Registration.objects.get(pk=family.pk)
    seats = list(
        Offer.objects.filter(registration=family, status__in=Offer.LIVE).values_list("people", flat=True)
    )
    return row.people == people and seats in ([], [people])


@pytest.mark.parametrize("_round", range(3))
def test_seated_while_it_grows_a_family_has_a_seat_for_each(
    campaign: Campaign, places: SimpleNamespace, _round: int
) -> None:
    family, bus = waiting(campaign, places), trip(campaign, places)
    filled, done = at_once(lambda: fill_trip(bus, by=bus.planned_by), grown(family))
    assert not isinstance(filled, Exception)
    assert isinstance(done, Registration | SeatsHeld)
    assert is_whole(family)
    assert Trip.objects.get().seats_taken in {0, 2, 3}
    if isinstance(done, SeatsHeld):
        assert RegistrationChange.objects.get().draft["people"]


def test_the_database_alone_keeps_a_seated_family_whole(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, bus = waiting(campaign, places), trip(campaign, places)
    press = grown(family)
    without_the_lock(monkeypatch)
    done, _kept_away = seated_before_it_is_written(monkeypatch, press, bus)
    assert isinstance(done, IntegrityError)
    assert is_whole(family)
    assert Registration.objects.get(pk=family.pk).status == Status.OFFERED


@pytest.mark.any_order_of_locks
def test_control_without_lock_and_trigger_somebody_has_no_seat(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, bus = waiting(campaign, places), trip(campaign, places)
    press = grown(family)
    without_the_lock(monkeypatch)
    with without_trigger():
        done, _kept_away = seated_before_it_is_written(monkeypatch, press, bus)
    assert isinstance(done, Registration)
    assert not is_whole(family)


def test_the_button_pressed_many_times_at_once_changes_once(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    family = waiting(campaign, places)
    press = grown(family)
    results = at_once(*[press] * 4)
    assert {type(result).__name__ for result in results} == {"Registration"}
    assert Event.objects.filter(verb="change").count() == 1
    assert Registration.objects.get(pk=family.pk).people == 3


def test_two_phones_begin_one_change(campaign: Campaign, places: SimpleNamespace) -> None:
    family = waiting(campaign, places)
    results = at_once(*[lambda: begin_change(family, by=BY)] * 3)
    assert len({result.pk for result in results}) == 1


def test_the_database_alone_keeps_one_open_change(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = waiting(campaign, places)
    both_look_first(monkeypatch)
    results = at_once(*[lambda: begin_change(family, by=BY)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "RegistrationChange"]


def test_control_without_lock_and_index_two_changes_are_open(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = waiting(campaign, places)
    both_look_first(monkeypatch)
    with without_index("change_one_open_per_registration"):
        at_once(*[lambda: begin_change(family, by=BY)] * 2)
        assert RegistrationChange.objects.open().count() == 2


def both_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither holds the registration, and both have looked for an open change before one is made."""
    without_the_lock(monkeypatch)
    meet, answers = meeting(2), actions.answers_of

    def late(row: Registration) -> Any:
        meet()
        return answers(row)

    monkeypatch.setattr(actions, "answers_of", late)


@pytest.mark.parametrize("_round", range(3))
def test_one_person_joins_one_of_two_families(
    campaign: Campaign, places: SimpleNamespace, _round: int
) -> None:
    first = waiting(campaign, places, mother())
    second = waiting(campaign, places, entry("Lê Hoa", identity="079190000001"), phone="+84912345678")
    results = at_once(grown(first), grown(second))
    assert sorted(type(result).__name__ for result in results) in (
        ["AlreadyRegistered", "Registration"],
        ["NumberDisagrees", "Registration"],
    )
    assert Member.objects.filter(person__identity_number="072082001111", live=True).count() == 1
    assert any(isinstance(result, AlreadyRegistered) for result in results)


@pytest.mark.parametrize("_round", range(3))
def test_withdrawing_while_changing_ends_outside_the_queue(
    campaign: Campaign, places: SimpleNamespace, _round: int
) -> None:
    family = waiting(campaign, places)
    done, withdrawn = at_once(grown(family), lambda: withdraw(family, by=BY))
    assert isinstance(done, Registration | NotChangeable)
    assert isinstance(withdrawn, Registration)
    assert not Registration.objects.filter(status__in=LIVE).exists()
    assert not Member.objects.filter(live=True).exists()
