"""A family that presses twice, registers twice, or answers while others act: real threads, real locks.

Each guard has its negative control: with it taken off, the same race goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.transitions import TransitionRefused
from repatriation.models import Campaign, Offer, Registration, Trip
from repatriation.models.registration import LIVE, Status
from repatriation.registration import submitting as actions
from repatriation.registration.refusals import AlreadyRegistered
from repatriation.registration.submitting import submit
from repatriation.seats.answering import OfferExpired, confirm_offer, decline_offer
from repatriation.seats.filling import fill_trip
from repatriation.seats.leaving import withdraw
from tests.race import at_once, meeting
from tests.repatriation.world.families import PHONE, entry, filled, mother, offered, trip, waiting

pytestmark = pytest.mark.django_db(transaction=True)
BY = actions.family_actor(PHONE)
ONE_LIVE = "member_one_live_registration"


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
            cursor.execute("TRUNCATE repatriation_member CASCADE")
            cursor.execute(definition)


def both_meet_before_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each racer looks for a registration before the other's is committed: the look finds nothing."""
    meet, look = meeting(2), actions.refuse_registered

    def blind(campaign: Campaign, people: Any) -> None:
        if connection.in_atomic_block:
            meet()
        else:
            look(campaign, people)

    monkeypatch.setattr(actions, "refuse_registered", blind)


def two_forms(campaign: Campaign, places: SimpleNamespace) -> list[Callable[[], Registration]]:
    """The same mother, known already, in the forms of two phones."""
    withdraw(waiting(campaign, places, mother()), by=BY)
    return [
        lambda: submit(filled(campaign, places, mother(), phone=PHONE), by=BY),
        lambda: submit(filled(campaign, places, mother(), phone="+84912345678"), by=BY),
    ]


def live() -> int:
    return Registration.objects.filter(status__in=LIVE).count()


def test_the_last_button_pressed_twice_registers_once(campaign: Campaign, places: SimpleNamespace) -> None:
    draft = filled(campaign, places)
    results = at_once(*[lambda: submit(draft, by=BY)] * 4)
    assert {result.pk for result in results} == {draft.pk}
    assert live() == 1
    assert Message.objects.filter(kind="registered").count() == 1


def test_one_person_in_two_forms_at_once_is_registered_once(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    results = at_once(*two_forms(campaign, places))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRegistered", "Registration"]
    assert live() == 1


def test_new_people_in_two_forms_at_once_are_registered_once(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    father = entry("Trần Văn Minh", sex="male", identity="072082001111")
    child = entry("Trần Bảo An", birth="2019", sex="male")
    forms = [
        filled(campaign, places, mother(), father, child),
        filled(campaign, places, father, mother(), child, phone="+84912345678"),
    ]
    results = at_once(*[lambda form=form: submit(form, by=BY) for form in forms])
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRegistered", "Registration"]
    assert live() == 1


def test_a_family_without_numbers_is_registered_once_from_one_phone(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    forms = [filled(campaign, places, entry("Lê Hoa", no_identity=True)) for _form in range(2)]
    results = at_once(*[lambda form=form: submit(form, by=BY) for form in forms])
    assert sum(isinstance(result, AlreadyRegistered) for result in results) == 1
    assert live() == 1


def test_the_database_alone_keeps_a_person_in_one_live_registration(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    racers = two_forms(campaign, places)
    monkeypatch.setattr(actions, "settle_people", without_locks(actions.settle_people))
    both_meet_before_the_queue(monkeypatch)
    results = at_once(*racers)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRegistered", "Registration"]
    assert live() == 1


def test_control_without_the_constraint_the_person_is_registered_twice(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    racers = two_forms(campaign, places)
    monkeypatch.setattr(actions, "settle_people", without_locks(actions.settle_people))
    both_meet_before_the_queue(monkeypatch)
    with without_index(ONE_LIVE):
        results = at_once(*racers)
        assert [type(result).__name__ for result in results] == ["Registration", "Registration"]
        assert live() == 2


def without_locks(settle: Callable[..., Any]) -> Callable[..., Any]:
    """The same persons, found without locking their rows."""

    def find(entries: Any, home: Any, **told: Any) -> Any:
        people = [Person.objects.filter(identity_number=one.identity).first() for one in entries]
        return people if all(people) else settle(entries, home, **told)

    return find


@pytest.mark.parametrize("_round", range(3))
def test_withdrawing_while_confirming_ends_outside_the_queue(
    campaign: Campaign, places: SimpleNamespace, _round: int
) -> None:
    family, bus = waiting(campaign, places), trip(campaign, places)
    offer = offered(family, bus)
    confirmed, withdrawn = at_once(lambda: confirm_offer(offer, by=BY), lambda: withdraw(family, by=BY))
    assert isinstance(confirmed, Offer | TransitionRefused)
    assert isinstance(withdrawn, Registration)
    assert Registration.objects.get().status == Status.WITHDRAWN
    assert Offer.objects.get().status == Offer.Status.CANCELLED
    assert Trip.objects.get().seats_taken == 0


@pytest.mark.parametrize("_round", range(3))
def test_withdrawing_while_being_seated_leaves_no_seat_behind(
    campaign: Campaign, places: SimpleNamespace, _round: int
) -> None:
    family, bus = waiting(campaign, places), trip(campaign, places)
    filled_trip, withdrawn = at_once(
        lambda: fill_trip(bus, by=bus.planned_by), lambda: withdraw(family, by=BY)
    )
    assert not isinstance(filled_trip, Exception)
    assert isinstance(withdrawn, Registration)
    assert Registration.objects.get().status == Status.WITHDRAWN
    assert Trip.objects.get().seats_taken == 0
    assert not Offer.objects.filter(status__in=Offer.LIVE).exists()


def test_yes_and_no_at_once_leave_one_answer(campaign: Campaign, places: SimpleNamespace) -> None:
    family, bus = waiting(campaign, places), trip(campaign, places)
    offer = offered(family, bus)
    at_once(
        lambda: confirm_offer(offer, by=BY),
        lambda: decline_offer(offer, by=BY, back_to_queue=True),
        lambda: confirm_offer(offer, by=BY),
    )
    offer.refresh_from_db()
    family.refresh_from_db()
    seats = Trip.objects.get().seats_taken
    assert (offer.status, family.status, seats) in {
        ("cancelled", "waiting", 0),  # yes first, then no
        ("declined", "waiting", 0),  # no first: the yes came too late
    }


def test_confirmed_many_times_at_once_is_confirmed_once(campaign: Campaign, places: SimpleNamespace) -> None:
    family, bus = waiting(campaign, places), trip(campaign, places)
    offer = offered(family, bus)
    results = at_once(*[lambda: confirm_offer(offer, by=BY)] * 4)
    assert not [result for result in results if isinstance(result, OfferExpired | TransitionRefused)]
    assert Message.objects.filter(kind="offer_confirmed").count() == 1
