"""A visit is booked, kept in the phone's calendar, given back; another one is finished at the counter."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.phone import Phone
from tests.journeys.qr import read_codes
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey


def test_a_visit_is_booked_by_phone_and_given_back_by_its_link(meet: Meet, live_stack: LiveStack) -> None:
    phone = Phone(live_stack)
    citizen = meet("the citizen")
    with step("a procedure, a time, a name, a code", citizen):
        booked = book(citizen, phone)
        citizen.sees("Lịch hẹn của anh/chị", booked.code, booked.name, "Đăng ký khai sinh")
        assert read_codes(citizen.page) == [booked.code]
        assert taken(live_stack, booked) >= 1
    with step("the visit goes into the phone's calendar", citizen):
        calendar = citizen.download("Thêm vào lịch điện thoại")
        assert calendar.suggested_filename == f"{booked.code}.ics"
        lines = calendar.path().read_bytes().decode().split("\r\n")
        assert lines[0] == "BEGIN:VCALENDAR"
        assert any(re.fullmatch(r"DTSTART(;TZID=Asia/Ho_Chi_Minh)?:\d{8}T\d{6}Z?", line) for line in lines)
        assert any(booked.code in line for line in lines)
    with step("the secret link of the message cancels it", citizen):
        before = taken(live_stack, booked)
        elsewhere = meet("the citizen on another phone")
        elsewhere.open(phone.wait_for("booking_made").link)
        elsewhere.sees(booked.code)
        elsewhere.press("Hủy lịch")
        elsewhere.sees("Hủy lịch hẹn này?")
        elsewhere.press("Hủy lịch", within=elsewhere.page.locator("main form"))
        elsewhere.sees("Đã hủy lịch. Chỗ này nhường lại cho bà con khác.")
        assert taken(live_stack, booked) == before - 1
        phone.wait_for("booking_cancelled")
        assert "STATUS:CANCELLED" in elsewhere.download("Tải tệp lịch").path().read_text("utf-8")
    with step("cancelled a second time, nothing more is given back", elsewhere):
        assert elsewhere.last_sent is not None
        elsewhere.last_sent.again()
        assert taken(live_stack, booked) == before - 1


def test_the_counter_finds_a_visitor_by_their_code_and_finishes(meet: Meet, live_stack: LiveStack) -> None:
    phone = Phone(live_stack)
    citizen = meet("the citizen")
    with step("somebody books", citizen):
        booked = book(citizen, phone)
    with step("their time comes"):
        live_stack.sql(
            """UPDATE appointments_slot SET starts_at = now() - interval '3 minutes',
               ends_at = now() + interval '12 minutes'
               WHERE id = (SELECT slot_id FROM appointments_booking WHERE code = %s)""",
            booked.code,
        )
    counter = meet("the counter officer", size=DESK)
    with step("the officer sees the day and scans the code", counter):
        counter.sign_in("motcua")
        counter.sees("Lịch hẹn ngày", booked.name, booked.code)
        counter.enter("Quét mã QR của người đến", booked.code.lower())
        counter.sees(booked.name, "Giấy tờ cần có")
    with step("and finishes", counter):
        counter.press("Làm xong")
        counter.sees(f"Đã ghi: {booked.name} ({booked.code}) làm xong.")
        assert counter.section(booked.name).get_by_role("button", name="Xong").count() == 0
    with step("the citizen's page says so", citizen):
        citizen.page.reload()
        citizen.look()
        citizen.sees("Đã làm xong")
        assert citizen.control("Hủy lịch").count() == 0


# --- Parts of the stories ------------------------------------------------------------------------


@dataclass(frozen=True)
class Booked:
    code: str
    name: str


def book(visitor: Visitor, phone: Phone) -> Booked:
    """On the last day that is open, at its first free time."""
    name = family.name()
    visitor.open("/")
    visitor.press("Đặt lịch", within=visitor.page.locator("main"))
    visitor.choose("Đăng ký khai sinh")
    visitor.press("Tiếp tục")
    visitor.press_on(visitor.page.locator("a.day:not(.day-none)").last)
    visitor.page.locator("input[name=slot]").first.check()
    visitor.press("Tiếp tục")
    visitor.fill("Họ và tên người đến làm thủ tục", name)
    visitor.fill("Số điện thoại di động", phone.number)
    visitor.choose("Tôi đồng ý")
    visitor.press("Tiếp tục")
    visitor.fill("Mã 6 số", phone.code())
    visitor.press("Đặt lịch", within=visitor.page.locator("main form"))
    visitor.sees("Đã đặt lịch.")
    return Booked(visitor.page.locator(".code-large").inner_text().strip(), name)


def taken(stack: LiveStack, booked: Booked) -> int:
    rows = stack.sql(
        """SELECT taken FROM appointments_slot
           WHERE id = (SELECT slot_id FROM appointments_booking WHERE code = %s)""",
        booked.code,
    )
    return int(rows[0][0])
