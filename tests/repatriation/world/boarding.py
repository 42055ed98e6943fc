"""Closed trips and people who get on them, for the tests of boarding and of the count."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

from portal.accounts.models import User
from portal.accounts.roles import Role
from repatriation.boarding.actions import BoardingResult, board
from repatriation.boarding.walk_ons import board_strangers, board_walk_on
from repatriation.models import Boarding, Registration, Trip
from repatriation.trips import actions as trips
from tests.factories import make_user
from tests.repatriation.world.families import entry
from tests.repatriation.world.road import bus, people_of, seated


def closed(road: SimpleNamespace, *rows: Registration, **changes: Any) -> Trip:
    """A closed trip with these families."""
    trip = bus(road, **changes)
    for row in rows:
        seated(row, trip)
    return trips.close_trip(trip, by=road.coordinator)


def escort(road: SimpleNamespace, username: str = "theo") -> User:
    return make_user(Role.ESCORT, road.checkpoint, username=username, full_name="Dương Văn Lâm")


def get_on(
    road: SimpleNamespace, trip: Trip, row: Registration, *people: int, **changes: Any
) -> BoardingResult:
    """The family gets on; of it only the persons at these places, when some are given."""
    chosen = (
        [person.pk for number, person in enumerate(people_of(row)) if number in people] if people else None
    )
    values = {"by": road.barrier, "client_key": uuid.uuid4(), "people": chosen, **changes}
    return board(trip, row, **values)


def walk_on(road: SimpleNamespace, trip: Trip, row: Registration, **changes: Any) -> BoardingResult:
    values = {"by": road.barrier, "client_key": uuid.uuid4(), "reason": "Còn chỗ, đang chờ ở bến", **changes}
    return board_walk_on(trip, row, **values)


def strangers(road: SimpleNamespace, trip: Trip, *names: str, **changes: Any) -> BoardingResult:
    values = {
        "home": road.commune,
        "phone": "+84907777001",
        "reason": "Còn chỗ, có con nhỏ",
        "by": road.barrier,
        "client_key": uuid.uuid4(),
        **changes,
    }
    return board_strangers(trip, [entry(name) for name in names], **values)


def on_board(trip: Trip) -> set[int]:
    return set(Boarding.objects.standing().filter(trip=trip).values_list("person_id", flat=True))
