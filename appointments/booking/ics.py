"""A booking as a calendar file (RFC 5545, published as in RFC 5546).

The identifier of a booking never changes, and a cancelled booking has a higher sequence, so a calendar
that has the first file cancels the event when it gets the second.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Booking

OCTETS = 75  # the longest line, without its end
ZONE = (  # Vietnam has one offset and no summer time
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Ho_Chi_Minh",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700",
    "TZOFFSETTO:+0700",
    "TZNAME:+07",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def escape(text: str) -> str:
    """Escape a value of type TEXT (RFC 5545 §3.3.11) and drop control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(character for character in text if character >= " " and character != "\x7f")


def fold_line(line: str) -> str:
    """Break a long line (§3.1): at most 75 octets each, never inside a character."""
    parts, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > OCTETS:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += width
    return "\r\n".join(parts)


def calendar_file(booking: Booking) -> bytes:
    """Return the calendar file of a booking, which is fetched with its slot, office and procedure."""
    cancelled = booking.status == Booking.Status.CANCELLED
    place = booking.slot.office.place
    name = place.name.replace('"', "'")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{escape(settings.PORTAL_NAME)}//appointments//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *ZONE,
        "BEGIN:VEVENT",
        f"UID:{booking.code}@{urlsplit(settings.PORTAL_BASE_URL).hostname or 'portal'}",
        f"DTSTAMP:{timezone.now().astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{int(cancelled)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"DTSTART;TZID=Asia/Ho_Chi_Minh:{_local(booking.slot.starts_at)}",
        f"DTEND;TZID=Asia/Ho_Chi_Minh:{_local(booking.slot.ends_at)}",
        f'ORGANIZER;CN="{name}":{settings.PORTAL_BASE_URL}',
        f"SUMMARY:{escape(booking.procedure.title)}",
        f"LOCATION:{escape(_location(booking))}",
        f"DESCRIPTION:{escape(_description(booking))}",
    ]
    if place.lat is not None and place.lon is not None:
        lines.append(f"GEO:{place.lat};{place.lon}")
    if not cancelled:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT2H"]
        lines += [f"DESCRIPTION:{escape(booking.procedure.title)}", "END:VALARM"]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(fold_line(line) + "\r\n" for line in lines).encode()


def _local(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment, timezone.get_default_timezone()):%Y%m%dT%H%M%S}"


def _location(booking: Booking) -> str:
    place = booking.slot.office.place
    return ", ".join(part for part in (place.name, place.address) if part)


def _description(booking: Booking) -> str:
    lines = [_("Mã lịch hẹn: %(code)s") % {"code": booking.code}]
    if booking.procedure.document_list:
        lines += [_("Giấy tờ cần mang:"), *(f"- {document}" for document in booking.procedure.document_list)]
    return "\n".join(lines)
