from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from appointments.models import Closure, Slot
from appointments.offices.slots import make_slots
from appointments.tasks import make_slots as make_slots_task
from tests.appointments.world import make_booking, slot_at

HOLIDAY = dt.date(2026, 11, 24)


def days(world: SimpleNamespace) -> set[dt.date]:
    return {slot.day for slot in Slot.objects.filter(office=world.office, is_closed=False)}


def test_two_weeks_are_open_with_holiday_and_weekends_left_out(world: SimpleNamespace) -> None:
    assert min(days(world)) == dt.date(2026, 11, 18)
    assert max(days(world)) == dt.date(2026, 12, 2)
    assert len(days(world)) == 10  # eleven weekdays but for the holiday
    assert HOLIDAY not in days(world)


def test_making_slots_again_changes_nothing(world: SimpleNamespace) -> None:
    before = list(Slot.objects.values())
    assert make_slots(world.office) == 0
    assert make_slots_task() == 0
    assert list(Slot.objects.values()) == before


def test_the_next_day_opens_one_more_day(world: SimpleNamespace, clock: Traveller) -> None:
    clock.shift(dt.timedelta(days=1))
    assert make_slots_task() == 4
    assert max(days(world)) == dt.date(2026, 12, 3)


def test_the_number_of_queries_does_not_grow_with_the_days(world: SimpleNamespace) -> None:
    Slot.objects.all().delete()
    with CaptureQueriesContext(
        connection,
    ) as few:
        make_slots(world.office, dt.date(2026, 11, 19))
    with CaptureQueriesContext(connection) as many:
        make_slots(world.office, dt.date(2026, 12, 31))
    assert len(many) == len(few)


def test_a_day_closed_since_takes_no_more_bookings_and_keeps_those_made(world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    booking = make_booking(slot)
    closure = Closure.objects.create(office=world.office, day=slot.day, reason="Sửa điện")
    make_slots(world.office)
    slot.refresh_from_db()
    booking.refresh_from_db()
    assert (slot.is_closed, slot.free, slot.taken, booking.status) == (True, 0, 1, "booked")
    closure.delete()
    make_slots(world.office)
    slot.refresh_from_db()
    assert not slot.is_closed


@pytest.mark.parametrize("values", [{"taken": 3}, {"capacity": 0, "taken": 1}])
def test_the_database_refuses_more_taken_than_capacity(
    world: SimpleNamespace, values: dict[str, int]
) -> None:
    with pytest.raises(IntegrityError, match="slot_taken_within_capacity"), transaction.atomic():
        Slot.objects.filter(pk=slot_at(world.office).pk).update(**values)
