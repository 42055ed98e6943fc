"""An office, its procedures and its times, and the people of the counter, for the tests of appointments."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import uuid
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from appointments.booking.actions import book
from appointments.models import Booking, Office, OpeningHours, Procedure, Slot
from appointments.offices.slots import make_slots
from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.places.models import Place
from portal.records.actors import citizen_actor

HOURS = [(dt.time(8), dt.time(9)), (dt.time(14), dt.time(15))]  # four times of half an hour a day
PHONE = "+84901234567"
OTHER_PHONE = "+84912345678"
_phones = itertools.count(9_800_001)


def make_place(kind: str, code: str, name: str, parent: Place | None = None) -> Place:
    values = {"name": name, "parent": parent}
    return Place.objects.get_or_create(kind=kind, code=code, scheme="2025", defaults=values)[0]


def make_office(code: str, commune: Place, *procedures: Procedure, capacity: int = 2) -> Office:
    """An office that is open from Monday to Friday, with its times made."""
    place = make_place("office", code, f"Trung tâm {code}", commune)
    office = Office.objects.create(place=place, slug=code, capacity_per_slot=capacity)
    office.procedures.add(*procedures)
    for weekday in range(5):
        for opens, closes in HOURS:
            OpeningHours.objects.create(office=office, weekday=weekday, opens=opens, closes=closes)
    make_slots(office)
    return office


def make_world() -> SimpleNamespace:
    home = make_place("province", "80", "Tỉnh Tây Ninh", make_place("country", "vn", "Việt Nam"))
    commune = make_place("commune", "25711", "Xã Hưng Thuận", home)
    birth = Procedure.objects.create(
        code="1.001193", name="Đăng ký khai sinh", documents="Giấy chứng sinh\nCăn cước; bản gốc, nếu có"
    )
    residence = Procedure.objects.create(code="1.004222", name="Đăng ký thường trú")
    office = make_office("hcc-a", commune, birth, residence)
    return SimpleNamespace(home=home, commune=commune, office=office, birth=birth, residence=residence)


def make_user(username: str, role: Role, place: Place) -> User:
    user = User.objects.create_user(username, "mot-mat-khau-dai", full_name=f"Cán bộ {username}")
    Assignment.objects.create(user=user, role=role, place=place)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def slot_at(office: Office, day: int = 1, number: int = 0) -> Slot:
    """The `number`-th time of the office's `day`-th day with times after today (0: today)."""
    days = sorted({slot.day for slot in Slot.objects.filter(office=office)})
    coming = [found for found in days if found > timezone.localdate()]
    chosen = timezone.localdate() if day == 0 else coming[day - 1]
    return [slot for slot in Slot.objects.filter(office=office) if slot.day == chosen][number]


def new_phone() -> str:
    return f"+8490{next(_phones):07d}"


def make_booking(slot: Slot, **changes: Any) -> Booking:
    values = {
        "procedure": Procedure.objects.get(code="1.001193"),
        "full_name": "Nguyễn Thị Lan",
        "phone": new_phone(),
        "client_key": uuid.uuid4(),
        "by": citizen_actor("090•••4567"),
    }
    return book(slot=slot, **{**values, **changes})


def last_secret(kind: str, name: str) -> str:
    return Message.objects.filter(kind=kind).latest("pk").secrets[name]


def link_of(booking: Booking) -> str:
    """The path of the secret link in the message about the booking."""
    message = Message.objects.filter(kind="booking_made", about_id=booking.pk).latest("pk")
    token = re.search(r"/l/([\w-]+)/", message.secrets["link"])
    assert token
    return f"/dat-lich/l/{token[1]}/"
