from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import User
from portal.accounts.roles import ROLE_PERMISSIONS, Permission, Role
from tests.appointments.world import client_of, make_office, make_place, make_user, make_world

NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))  # a Wednesday


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A Wednesday at ten; the holiday of 24 November lies within the two weeks that are open."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    return make_world()


@pytest.fixture
def counter(world: SimpleNamespace) -> User:
    """The counter officer of the office."""
    return make_user("motcua", Role.COUNTER, world.office.place)


@pytest.fixture
def elsewhere(world: SimpleNamespace) -> User:
    """The counter officer of another office."""
    commune = make_place("commune", "25732", "Phường Trảng Bàng", world.home)
    return make_user("motcua-khac", Role.COUNTER, make_office("hcc-b", commune, world.birth).place)


@pytest.fixture
def reader(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody who sees the office's appointments and may do nothing with them."""
    monkeypatch.setitem(ROLE_PERMISSIONS, Role.LEADER, frozenset({Permission.SEE_APPOINTMENTS}))
    return make_user("xem", Role.LEADER, world.office.place)


@pytest.fixture
def citizen() -> Client:
    return Client()


@pytest.fixture
def at_counter(counter: User) -> Client:
    return client_of(counter)
