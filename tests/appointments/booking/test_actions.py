from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from time_machine import Traveller

from appointments.booking.actions import SlotRefused, book, cancel
from appointments.counter.actions import finish, mark_no_show
from appointments.models import Booking, Slot
from citizens import codes
from citizens.codes import is_code
from portal.accounts.models import User
from portal.notifications.models import Message
from portal.records.actors import SYSTEM, citizen_actor
from portal.records.log import history
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from tests.appointments.world import PHONE, make_booking, make_office, make_place, slot_at


def taken(slot: Slot) -> int:
    return Slot.objects.get(pk=slot.pk).taken


def test_a_booking_has_a_code_takes_a_place_tells_the_phone_and_is_logged(world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    booking = make_booking(slot, phone=PHONE, consent="booking-1")
    assert is_code(booking.code, "LH")
    assert taken(slot) == 1
    message = Message.objects.get(kind="booking_made", about_id=booking.pk)
    assert (message.phone, message.context["code"]) == (PHONE, booking.code)
    assert booking.code in message.text
    assert "/l/" in message.secrets["link"]
    assert [(event.verb, event.data, event.place) for event in history(booking)] == [
        ("book", {"consent": "booking-1"}, world.office.place)
    ]


@pytest.mark.parametrize(("draws", "refused"), [(2, False), (5, True)])
def test_a_code_that_is_taken_is_drawn_again(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, draws: int, refused: bool
) -> None:
    earlier = make_booking(slot_at(world.office))
    drawn = iter([*[earlier.code] * draws, "LH-BBBBB-X"])
    monkeypatch.setattr(codes, "make", lambda _prefix: next(drawn))
    if refused:
        with pytest.raises(codes.NoFreeCode):
            make_booking(slot_at(world.office))
    else:
        assert make_booking(slot_at(world.office)).code == "LH-BBBBB-X"


def test_the_same_key_again_gives_the_same_booking(world: SimpleNamespace) -> None:
    key = uuid.uuid4()
    first = make_booking(slot_at(world.office), client_key=key, phone=PHONE)
    again = make_booking(slot_at(world.office), client_key=key, phone=PHONE)
    assert again == first
    assert taken(first.slot) == 1
    assert Message.objects.filter(kind="booking_made").count() == 1


def test_anothers_key_shows_nobodys_booking(world: SimpleNamespace) -> None:
    key = uuid.uuid4()
    make_booking(slot_at(world.office), client_key=key)
    with pytest.raises(Refused, match="Trang đã cũ"), transaction.atomic():
        make_booking(slot_at(world.office), client_key=key)


def test_a_full_time_is_refused_with_the_nearest_free_ones(world: SimpleNamespace) -> None:
    slot = slot_at(world.office, number=1)
    make_booking(slot)
    make_booking(slot)
    with pytest.raises(SlotRefused) as refusal:
        make_booking(slot)
    assert taken(slot) == 2
    assert Booking.objects.count() == 2
    assert Message.objects.filter(kind="booking_made").count() == 2
    near = refusal.value.nearest
    assert {slot_at(world.office), slot_at(world.office, number=2)} <= set(near)
    assert all(other.free and other.pk != slot.pk for other in near)
    assert near == sorted(near, key=lambda other: other.starts_at)


def test_a_time_that_is_over_is_refused(world: SimpleNamespace) -> None:
    with pytest.raises(SlotRefused, match="đã qua"):
        make_booking(slot_at(world.office, day=0))


def test_a_closed_time_is_refused(world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    Slot.objects.filter(pk=slot.pk).update(is_closed=True)
    with pytest.raises(SlotRefused, match="không còn nhận lịch"):
        make_booking(slot)


def test_a_procedure_that_the_office_does_not_take_is_refused(world: SimpleNamespace) -> None:
    world.office.procedures.remove(world.residence)
    with pytest.raises(Refused, match="không nhận thủ tục"):
        make_booking(slot_at(world.office), procedure=world.residence)


def test_a_phone_has_two_coming_bookings_at_most(world: SimpleNamespace, clock: Traveller) -> None:
    first = make_booking(slot_at(world.office, day=1), phone=PHONE)
    make_booking(slot_at(world.office, day=2), phone=PHONE)
    with pytest.raises(Refused, match="đang có 2 lịch"):
        make_booking(slot_at(world.office, day=3), phone=PHONE)
    make_booking(slot_at(world.office, day=3))  # another phone may
    clock.move_to(first.slot.ends_at + dt.timedelta(minutes=1))
    make_booking(slot_at(world.office, day=3), phone=PHONE)  # the first is over


def test_the_same_time_for_the_same_procedure_is_booked_once_by_a_phone(world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    make_booking(slot, phone=PHONE)
    with pytest.raises(Refused, match="Không cần đặt lại"), transaction.atomic():
        make_booking(slot, phone=PHONE)
    make_booking(slot, phone=PHONE, procedure=world.residence)


def test_cancelling_gives_the_place_back_and_tells_the_phone(world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    booking = make_booking(slot, phone=PHONE)
    cancel(booking, by=citizen_actor("090•••4567"), reason="bận")
    assert taken(slot) == 0
    assert Message.objects.get(kind="booking_cancelled").phone == PHONE
    assert [event.verb for event in history(booking)] == ["book", "cancel"]
    make_booking(slot, phone=PHONE)  # the same time is free for the same phone again


def test_cancelling_twice_frees_one_place(world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    make_booking(slot)
    booking = make_booking(slot)
    cancel(booking, by=SYSTEM)
    with pytest.raises(TransitionRefused), transaction.atomic():
        cancel(booking, by=SYSTEM)
    assert taken(slot) == 1


def test_cancelling_is_over_when_the_time_has_come(world: SimpleNamespace, clock: Traveller) -> None:
    booking = make_booking(slot_at(world.office))
    clock.move_to(booking.slot.starts_at)
    with pytest.raises(Refused, match="Đã tới giờ hẹn"):
        cancel(booking, by=SYSTEM)


def test_finish_from_the_day_on_and_not_come_from_the_time_on(
    world: SimpleNamespace,
    counter: User,
    clock: Traveller,
) -> None:
    slot = slot_at(world.office, number=2)
    early, missing = make_booking(slot), make_booking(slot)
    with pytest.raises(Refused, match="Chưa tới ngày"):
        finish(early, by=counter)
    clock.move_to(slot.starts_at - dt.timedelta(hours=2))
    assert finish(early, by=counter).status == "done"
    with pytest.raises(Refused, match="Chưa tới giờ"):
        mark_no_show(missing, by=counter)
    clock.move_to(slot.starts_at)
    assert mark_no_show(missing, by=counter).status == "no_show"
    assert taken(slot) == 2  # the place was used up


@pytest.mark.parametrize("target", ["done", "no_show", "booked"])
def test_the_database_refuses_to_bring_a_cancelled_booking_back(world: SimpleNamespace, target: str) -> None:
    booking = cancel(make_booking(slot_at(world.office)), by=SYSTEM)
    with pytest.raises(IntegrityError, match="may not go"), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(status=target)


def test_moving_a_booking_in_the_database_moves_its_place(world: SimpleNamespace) -> None:
    old, new = slot_at(world.office), slot_at(world.office, number=1)
    booking = make_booking(old)
    Booking.objects.filter(pk=booking.pk).update(slot=new)
    assert (taken(old), taken(new)) == (0, 1)
    Booking.objects.filter(pk=booking.pk).delete()
    assert taken(new) == 0


def test_book_takes_the_office_of_the_slot_whatever_its_place(world: SimpleNamespace) -> None:
    commune = make_place("commune", "25735", "Xã Phước Chỉ", world.home)
    other = make_office("hcc-c", commune, world.birth)
    booking = book(
        slot=slot_at(other),
        procedure=world.birth,
        full_name="Lê Văn Hùng",
        phone=PHONE,
        client_key=uuid.uuid4(),
        by=SYSTEM,
    )
    assert booking.log_place_id == other.place_id
