from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import Traveller

from appointments.booking.actions import cancel
from appointments.models import Booking
from citizens.models import SecretLink
from portal.notifications.models import Message
from portal.records.actors import SYSTEM
from portal.records.models import Event
from tests.appointments.booking.test_views_citizen import text
from tests.appointments.world import OTHER_PHONE, PHONE, link_of, make_booking, slot_at


@pytest.fixture
def booking(world: SimpleNamespace) -> Booking:
    return make_booking(slot_at(world.office), phone=PHONE)


def prove(citizen: Client, phone: str) -> Client:
    """As after a code to this phone."""
    session = citizen.session
    session["verified_phone"] = {"phone": phone, "until": timezone.now().timestamp() + 600}
    session.save()
    return citizen


def test_the_page_by_link_masks_the_phone_and_is_kept_in_no_cache(citizen: Client, booking: Booking) -> None:
    page = citizen.get(link_of(booking))
    assert "090•••4567" in text(page)
    assert "234 567" not in text(page)
    assert "no-store" in page["Cache-Control"]


def test_the_calendar_file_by_link(citizen: Client, booking: Booking) -> None:
    response = citizen.get(link_of(booking) + "lich.ics")
    assert response["Content-Type"].startswith("text/calendar")
    assert f"{booking.code}.ics" in response["Content-Disposition"]
    assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_cancelling_by_link_asks_first_and_pressed_twice_changes_nothing_more(
    citizen: Client, booking: Booking
) -> None:
    path = link_of(booking)
    assert "Hủy lịch hẹn này?" in text(citizen.get(path + "huy/"))
    assert Booking.objects.get().status == "booked"
    for _press in range(2):
        page = citizen.post(path + "huy/", follow=True)
        assert "Đã hủy · người dân hủy" in text(page)
        assert "Không làm được" not in text(page)
    booking.slot.refresh_from_db()
    assert booking.slot.taken == 0
    assert Message.objects.filter(kind="booking_cancelled").count() == 1
    assert Event.objects.filter(subject_id=booking.pk, verb="cancel").get().actor_label == "090•••4567"
    assert citizen.get(path + "huy/").url == path  # nothing left to ask
    assert "STATUS:CANCELLED" in citizen.get(path + "lich.ics").content.decode()


def test_a_visit_that_is_over_cannot_be_cancelled(
    citizen: Client, booking: Booking, clock: Traveller
) -> None:
    clock.move_to(booking.slot.starts_at + dt.timedelta(minutes=1))
    assert "Đã tới giờ hẹn" in text(citizen.post(link_of(booking) + "huy/", follow=True))
    assert "/huy/" not in citizen.get(link_of(booking)).content.decode()
    assert Booking.objects.get().status == "booked"


@pytest.mark.parametrize("page", ["", "lich.ics", "huy/"])
def test_a_link_that_is_unknown_or_over_says_what_to_do(citizen: Client, booking: Booking, page: str) -> None:
    assert citizen.get(f"/dat-lich/l/khong-co/{page}").status_code == 404
    path = link_of(booking)
    SecretLink.objects.update(expires_at=timezone.now())
    assert citizen.get(path + page).status_code == 410
    assert citizen.post(path + "huy/").status_code == 410
    assert Booking.objects.get().status == "booked"


def test_the_link_lives_a_week_longer_than_the_visit(
    citizen: Client, booking: Booking, clock: Traveller
) -> None:
    path = link_of(booking)
    clock.move_to(booking.slot.ends_at + dt.timedelta(days=6))
    assert citizen.get(path).status_code == 200
    clock.shift(dt.timedelta(days=2))
    assert citizen.get(path).status_code == 410


def test_a_link_of_another_purpose_opens_no_booking(citizen: Client, booking: Booking) -> None:
    path = link_of(booking)
    SecretLink.objects.update(purpose="offer")
    assert citizen.get(path).status_code == 404


@pytest.mark.parametrize("page", ["", "lich.ics", "huy/"])
def test_by_code_only_after_the_phone_is_proved_and_only_ones_own(
    citizen: Client, booking: Booking, page: str
) -> None:
    path = f"/dat-lich/cua-toi/{booking.code}/{page}"
    assert citizen.get(path).url.startswith("/xac-nhan/")
    assert prove(citizen, OTHER_PHONE).get(path).status_code == 404
    assert prove(citizen, PHONE).get(path).status_code == 200


def test_cancelling_by_code(citizen: Client, booking: Booking) -> None:
    path = f"/dat-lich/cua-toi/{booking.code}/"
    assert prove(citizen, OTHER_PHONE).post(path + "huy/").status_code == 404
    assert prove(citizen, PHONE).post(path + "huy/").url == path
    assert Booking.objects.get().status == "cancelled"


def test_the_own_page_shows_what_comes_and_what_was(
    citizen: Client, booking: Booking, world: SimpleNamespace
) -> None:
    old = cancel(make_booking(slot_at(world.office, day=2), phone=PHONE), by=SYSTEM)
    page = text(prove(citizen, PHONE).get("/cua-toi/"))
    assert booking.code in page
    assert "Đã hủy" in page
    assert old.code not in text(prove(citizen, OTHER_PHONE).get("/cua-toi/"))


@pytest.mark.parametrize("page", ["", "lich.ics"])
def test_pages_that_only_show_take_no_post(citizen: Client, booking: Booking, page: str) -> None:
    assert citizen.post(link_of(booking) + page).status_code == 405
    assert prove(citizen, PHONE).post(f"/dat-lich/cua-toi/{booking.code}/{page}").status_code == 405
    assert citizen.get("/dat-lich/ma/gui-lai/").status_code == 405
