from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.booking.actions import cancel
from appointments.booking.ics import calendar_file, escape, fold_line
from appointments.models import Booking
from portal.records.actors import SYSTEM
from tests.appointments.world import make_booking, slot_at

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"))


def unfold(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def unescape(value: str) -> str:
    pairs = {"\\n": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
    out, rest = "", value
    while rest:
        known = pairs.get(rest[:2])
        out, rest = (out + known, rest[2:]) if known else (out + rest[0], rest[1:])
    return out


def event(data: bytes) -> dict[str, str]:
    """The properties of the event itself, by name with parameters; the alarm's are left out."""
    lines = unfold(data)
    found, depth = {}, 0
    for line in lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]:
        depth += line.startswith("BEGIN:") - line.startswith("END:")
        if not depth and not line.startswith("END:"):
            name, _colon, value = line.partition(":")
            found[name] = value
    return found


@pytest.fixture
def booking(world: SimpleNamespace) -> Booking:
    return make_booking(slot_at(world.office, number=2))


def test_the_file_is_a_calendar_with_one_event(booking: Booking) -> None:
    data = calendar_file(booking)
    lines = unfold(data)
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert {"VERSION:2.0", "METHOD:PUBLISH", "TZID:Asia/Ho_Chi_Minh", "TZOFFSETTO:+0700"} <= set(lines)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        line.decode()


def test_the_event_says_when_where_and_what_to_bring(booking: Booking) -> None:
    found = event(calendar_file(booking))
    assert found["DTSTART;TZID=Asia/Ho_Chi_Minh"] == "20261119T140000"
    assert found["DTEND;TZID=Asia/Ho_Chi_Minh"] == "20261119T143000"
    assert found["DTSTAMP"] == "20261118T030000Z"
    assert found["STATUS"] == "CONFIRMED"
    assert unescape(found["SUMMARY"]) == "Đăng ký khai sinh"
    assert booking.code in found["DESCRIPTION"]
    assert "Căn cước; bản gốc, nếu có" in unescape(found["DESCRIPTION"])
    assert "bản gốc\\, nếu" in found["DESCRIPTION"]


def test_a_cancelled_booking_keeps_its_identifier_and_says_so(booking: Booking) -> None:
    before = event(calendar_file(booking))
    after = event(calendar_file(cancel(booking, by=SYSTEM)))
    assert after["UID"] == before["UID"]
    assert (after["STATUS"], before["SEQUENCE"], after["SEQUENCE"]) == ("CANCELLED", "0", "1")


@given(TEXT)
def test_folding_keeps_the_line_and_never_cuts_a_character(text: str) -> None:
    line = "SUMMARY:" + escape(text)
    folded = fold_line(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))


@given(TEXT)
def test_escaping_can_be_undone(text: str) -> None:
    assert unescape(escape(text)) == text
    assert "\n" not in escape(text)
