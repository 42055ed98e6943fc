"""Many citizens press "Đặt lịch" at once: real threads, the real database, and a control without the guard."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from appointments.booking import views_citizen
from appointments.booking.actions import SlotRefused, cancel
from appointments.models import Booking, Slot
from portal.notifications.models import Message
from portal.records.actors import SYSTEM
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from tests.appointments.world import PHONE, last_secret, make_booking, make_world, new_phone, slot_at
from tests.race import at_once, before_statement, meeting

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12
CAPACITY = 3
CONSTRAINT = "CHECK (taken <= capacity)"
GUARDS = {
    "the constraint": (
        "ALTER TABLE appointments_slot DROP CONSTRAINT slot_taken_within_capacity",
        f"ALTER TABLE appointments_slot ADD CONSTRAINT slot_taken_within_capacity {CONSTRAINT}",
    ),
    "the trigger": (
        "ALTER TABLE appointments_booking DISABLE TRIGGER count_taken",
        "ALTER TABLE appointments_booking ENABLE TRIGGER count_taken",
    ),
}


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages wait in the outbox: what is tested here ends with the commit."""
    monkeypatch.setattr("portal.notifications.outbox.hand_to_worker", lambda message_id: None)


@pytest.fixture
def slot() -> Slot:
    world = make_world()
    slot = slot_at(world.office)
    Slot.objects.filter(pk=slot.pk).update(capacity=CAPACITY)
    return slot


def everybody_books(slot: Slot) -> tuple[int, int]:
    """How many got a place, and how many were told that the time is full."""
    phones = [new_phone() for _thread in range(THREADS)]
    results = at_once(*(lambda phone=phone: make_booking(slot, phone=phone) for phone in phones))
    booked = sum(isinstance(result, Booking) for result in results)
    full = sum("vừa hết chỗ" in str(result) for result in results if isinstance(result, SlotRefused))
    assert booked + full == THREADS, results
    return booked, full


@contextmanager
def without(guard: str) -> Iterator[None]:
    """Take a guard off, and put it back over whatever the oversold slot left behind."""
    off, on = GUARDS[guard]
    with connection.cursor() as cursor:
        cursor.execute(off)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM appointments_booking")
            cursor.execute("UPDATE appointments_slot SET taken = 0")
            cursor.execute(on)


def test_exactly_as_many_as_there_are_places_get_one(slot: Slot) -> None:
    assert everybody_books(slot) == (CAPACITY, THREADS - CAPACITY)
    slot.refresh_from_db()
    assert slot.taken == CAPACITY == Booking.objects.filter(slot=slot).count()
    assert Message.objects.filter(kind="booking_made").count() == CAPACITY


@pytest.mark.parametrize("guard", GUARDS)
def test_control_without_the_guard_the_same_run_oversells(slot: Slot, guard: str) -> None:
    with without(guard):
        assert everybody_books(slot) == (THREADS, 0)
        assert Booking.objects.filter(slot=slot).count() == THREADS > CAPACITY
    assert everybody_books(slot) == (CAPACITY, THREADS - CAPACITY)  # the guard is back


def test_one_form_sent_many_times_at_once_books_once(slot: Slot) -> None:
    key = uuid.uuid4()
    results = at_once(*[lambda: make_booking(slot, phone=PHONE, client_key=key)] * 6)
    assert len({result.pk for result in results if isinstance(result, Booking)}) == 1
    assert all(isinstance(result, Booking) for result in results), results
    assert Message.objects.filter(kind="booking_made").count() == 1


def test_one_phone_at_many_times_at_once_stays_within_its_limit(slot: Slot) -> None:
    slots = list(Slot.objects.filter(office=slot.office_id, starts_at__gte=slot.starts_at)[:6])
    results = at_once(*(lambda one=one: make_booking(one, phone=PHONE) for one in slots))
    assert sum(isinstance(result, Booking) for result in results) == 2
    assert sum("đang có 2 lịch" in str(result) for result in results if isinstance(result, Refused)) == 4


def test_cancelling_at_once_frees_one_place(slot: Slot) -> None:
    booking = make_booking(slot)
    make_booking(slot)
    results = at_once(*[lambda: cancel(booking, by=SYSTEM)] * 4)
    assert sum(isinstance(result, TransitionRefused) for result in results) == 3
    slot.refresh_from_db()
    assert slot.taken == 1
    assert Message.objects.filter(kind="booking_cancelled").count() == 1


def test_a_place_given_back_goes_to_one_of_those_who_wait(slot: Slot) -> None:
    first, *_rest = [make_booking(slot) for _place in range(CAPACITY)]
    phones = [new_phone() for _thread in range(5)]
    cancel(first, by=SYSTEM)
    results = at_once(*(lambda phone=phone: make_booking(slot, phone=phone) for phone in phones))
    assert sum(isinstance(result, Booking) for result in results) == 1


def code_on_its_way(citizen: Client, slot: Slot) -> dict[str, str]:
    citizen.post("/dat-lich/", {"procedure": "1.001193"})
    citizen.post("/dat-lich/gio/", {"slot": slot.pk})
    key = str(uuid.uuid4())
    details = {"full_name": "Nguyễn Thị Lan", "phone": "0901234567", "agree": "on", "client_key": key}
    citizen.post("/dat-lich/thong-tin/", details)
    return {"code": last_secret("one_time_code", "code"), "client_key": key}


def sent_twice(citizen: Client, form: dict[str, str]) -> list[str]:
    """Both presses stand before the code is used up."""
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.cookies = copy.deepcopy(citizen.cookies)
    meet = meeting(2)
    with before_statement('UPDATE "citizens_onetimecode" SET "used_at"', meet):
        answers = at_once(*(lambda tab=tab: tab.post("/dat-lich/ma/", form) for tab in tabs))
    return [answer.headers.get("Location", "") for answer in answers]


def test_the_right_code_sent_twice_in_one_moment_shows_the_booking_both_times(slot: Slot) -> None:
    citizen = Client()
    addresses = sent_twice(citizen, code_on_its_way(citizen, slot))
    booking = Booking.objects.get()
    for address in addresses:
        assert booking.code in Client().get(address, follow=True).content.decode()


def test_control_without_the_key_of_the_form_the_second_press_is_refused(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = views_citizen.check_code
    monkeypatch.setattr(
        views_citizen,
        "check_code",
        lambda phone, purpose, code, browser, form_key: check(phone, purpose, code, browser=browser),
    )
    citizen = Client()
    addresses = sent_twice(citizen, code_on_its_way(citizen, slot))
    assert sorted(bool(address) for address in addresses) == [False, True]
