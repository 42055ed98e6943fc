"""Standing people and places: one commune here, another elsewhere, a facility, and a family under one phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.models import Household, Person
from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.places.models import Place
from portal.reporting.worklist import how_many
from portal.ui import parts
from quarantine.models import Order
from quarantine.orders.actions import complete_order, open_order
from quarantine.results.actions import record_test_result

PHONE = "+84901234567"


def make_user(username: str, role: Role, place: Place) -> User:
    user = User.objects.create_user(username, "x", full_name=f"Cán bộ {username}")
    Assignment.objects.create(user=user, role=role, place=place, starts_on=dt.date(2020, 1, 1))
    return user


def make_world() -> SimpleNamespace:
    """Places, officers and the rules; plain so that tests with real transactions can use it too."""
    call_command("load_protocols", verbosity=0)
    country = Place.objects.create(kind="country", code="vn", name="Việt Nam")
    province = Place.objects.create(kind="province", code="80", name="Tỉnh Tây Ninh", parent=country)
    here = Place.objects.create(kind="commune", code="25711", name="Xã Hưng Thuận", parent=province)
    there = Place.objects.create(kind="commune", code="25681", name="Xã Bến Cầu", parent=province)
    facility = Place.objects.create(kind="facility", code="ccl-1", name="Cơ sở cách ly số 1", parent=here)
    roles = {
        "here": (Role.COMMUNE, here),
        "there": (Role.COMMUNE, there),
        "reader": (Role.FACILITY, here),
        "viewer": (Role.COMMUNE_VIEWER, here),
        "health": (Role.HEALTH, province),
        "manager": (Role.FACILITY, facility),
        "leader": (Role.LEADER, province),
        "admin": (Role.ADMIN, province),
    }
    users = {name: make_user(name, role, place) for name, (role, place) in roles.items()}
    places = {"province": province, "commune": here, "other": there, "site": facility}
    return SimpleNamespace(users=SimpleNamespace(**users), **places)


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    return make_world()


def make_person(commune: Place, name: str = "Nguyễn Thị Lan", **fields: Any) -> Person:
    details = {"birth_year": 1984, "phone": PHONE, "responsible_place": commune, "arrived_at": timezone.now()}
    details |= fields
    return Person.objects.create(
        full_name=name, home_commune=commune, **{"proved_phone": details["phone"], **details}
    )


@pytest.fixture
def lan(world: SimpleNamespace) -> Person:
    return make_person(world.commune)


@pytest.fixture
def family(world: SimpleNamespace, lan: Person) -> list[Person]:
    """Lan, her husband and her child: one household, one phone."""
    household = Household.objects.create(home_commune=world.commune, address="12 ấp Trung")
    lan.household = household
    lan.save()
    others = [
        make_person(world.commune, name, birth_year=year, household=household)
        for name, year in (("Lê Văn Hùng", 1980), ("Lê Minh Khôi", 2024))
    ]
    return [lan, *others]


OpenOrder = Callable[..., Order]


@pytest.fixture
def open_for(world: SimpleNamespace) -> OpenOrder:
    """Open an order that began some days ago: `open_for(person, ago=3)`."""

    def make(person: Person, ago: int = 0, **fields: Any) -> Order:
        details = {"place": world.commune, "address": "12 ấp Trung", "by": world.users.here, **fields}
        starts_on = timezone.localdate() - dt.timedelta(days=ago)
        return open_order(person, starts_on=starts_on, **details)

    return make


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def citizen() -> Client:
    """A browser that has proved Lan's phone."""
    return prove(Client(), PHONE)


def prove(client: Client, phone: str) -> Client:
    session = client.session
    session["verified_phone"] = {
        "phone": phone,
        "until": (timezone.now() + dt.timedelta(minutes=30)).timestamp(),
    }
    session.save()
    return client


def in_transaction(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with transaction.atomic():
        return action(*args, **kwargs)


def red_flags_of(user: User) -> int:
    """How many red flags wait for the user, as the tab says."""
    part = parts.worklist.get("red")
    assert part is not None
    return how_many([part], user)[0]


def complete(world, open_for, lan):
    order = open_for(lan, ago=14)
    for test in order.scheduled_tests.all():
        record_test_result(lan, kind="rapid", outcome="negative", taken_on=test.due_on, by=world.users.here)
    return complete_order(order, by=world.users.here)


KEY = "7e6b9a34-6f2f-4c7e-9a55-0d5f3f6f1d11"


def url(name, *args):
    return reverse(f"quarantine:{name}", args=args)


def negative(world, order):
    for test in order.scheduled_tests.all():
        record_test_result(
            order.person, kind="rapid", outcome="negative", taken_on=test.due_on, by=world.users.here
        )
    return order
