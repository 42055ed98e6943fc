"""Officers and families of the way home: from the queue to the front door."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from citizens import codes
from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.transitions import transition
from repatriation.checkpoint.actions import ArrivalFacts, ArrivalResult, record_arrival
from repatriation.models import Campaign, Handover, Member, Offer, Registration, Trip
from tests.factories import PersonFactory, make_user, standing_people
from tests.repatriation.world.families import offered, trip
from tests.repatriation.world.places import make_campaign, make_place, make_places

_number = count(1)


def make_road() -> SimpleNamespace:
    """The small country with its officers; plain, so that tests with real transactions can use it too."""
    call_command("load_protocols", verbosity=0)
    places = make_places()
    road = standing_people(places)
    road.places = places
    road.commune, road.other, road.checkpoint = places.commune, places.other_commune, places.checkpoint
    road.third = make_place("commune", "25681", "Xã Bến Cầu", places.home)
    road.outside = make_user(Role.COMMUNE, road.third, username="ben", full_name="Huỳnh Văn Bến")
    road.second = make_place("checkpoint", "cp-moc-bai", "Chốt Mộc Bài", places.home)
    road.campaign = make_campaign(places)
    road.barrier = make_user(Role.CHECKPOINT, places.checkpoint, username="chot1", full_name="Lý Văn Chốt")
    road.colleague = make_user(Role.CHECKPOINT, places.checkpoint, username="chot2", full_name="Hồ Thị Gác")
    road.far_barrier = make_user(Role.CHECKPOINT, road.second, username="chot3", full_name="Mai Văn Xa")
    road.same = make_user(Role.COMMUNE, places.commune, username="tam", full_name="Phạm Minh Tâm")
    return road


def family(
    campaign: Campaign,
    places: SimpleNamespace,
    size: int = 2,
    *,
    score: int = 0,
    ago: int = 0,
    names: Sequence[str] = (),
    **changes: Any,
) -> Registration:
    """A family in the queue, registered `ago` minutes ago."""
    number = next(_number)
    phone = changes.pop("phone", f"+8493{number:07d}")
    home = changes.pop("home_commune", places.commune)
    values = {
        "code": codes.make("TN"),
        "status": "waiting",
        "phone": phone,
        "phone_confirmed_at": timezone.now(),
        "origin": places.city_commune,
        "home_commune": home,
        "home_address": "ấp Bùng Binh",
        "people": size,
        "rule_set": campaign.rule_set,
        "score": score,
        "registered_at": timezone.now() - dt.timedelta(minutes=ago),
        **changes,
    }
    row = Registration.objects.create(campaign=campaign, **values)
    for index in range(size):
        name = names[index] if index < len(names) else f"Nguyễn Văn Người {number} {index}"
        person = PersonFactory(full_name=name, home_commune=home, phone=phone)
        Member.objects.create(registration=row, person=person, campaign=campaign, is_head=index == 0)
    return row


def people_of(row: Registration) -> list[Person]:
    return [member.person for member in row.members.select_related("person")]


def bus(road: SimpleNamespace, seats: int = 45, **changes: Any) -> Trip:
    return trip(road.campaign, road.places, seats=seats, **changes)


def seated(row: Registration, on: Trip, status: str = "confirmed") -> Offer:
    """The family's offer on the trip, answered."""
    offer = offered(row, on)
    if status == "confirmed":
        offer = transition(offer, "confirm", by=SYSTEM, answered_at=timezone.now())
        transition(row, "confirm", by=SYSTEM)
    return offer


def on_the_road(road: SimpleNamespace, *rows: Registration, **changes: Any) -> Trip:
    """A trip that left with these families."""
    from repatriation.trips.actions import close_trip, depart_trip

    vehicle = bus(road, departs_at=timezone.now() + dt.timedelta(hours=1), **changes)
    for row in rows:
        seated(row, vehicle)
    close_trip(vehicle, by=road.coordinator)
    return depart_trip(vehicle, by=road.coordinator)


def at_departure(trip: Trip) -> Trip:
    """The trip, due to leave now."""
    Trip.objects.filter(pk=trip.pk).update(departs_at=timezone.now())
    trip.refresh_from_db()
    return trip


def enter(
    road: SimpleNamespace,
    row: Registration | None,
    people: Sequence[Person] | None = None,
    *,
    key: uuid.UUID | None = None,
    checkpoint: Place | None = None,
    destination: Place | None = None,
    by: User | None = None,
    facts: Sequence[ArrivalFacts] | None = None,
) -> ArrivalResult:
    """Enter a family (all of it, unless `people` names some) at the barrier."""
    if people is None:
        people = people_of(row) if row is not None else []
    return record_arrival(
        checkpoint=checkpoint or road.checkpoint,
        registration=row,
        people=facts if facts is not None else [ArrivalFacts(person) for person in people],
        destination=destination or road.commune,
        client_key=key or uuid.uuid4(),
        by=by or road.barrier,
        address="ấp Bùng Binh",
    )


def party(result: ArrivalResult) -> list[Handover]:
    """The open handovers of what was entered, in order."""
    arrivals = [row.pk for row in result.arrivals]
    return list(Handover.objects.filter(arrival__in=arrivals, status="sent").order_by("pk"))


def handed_over(road: SimpleNamespace, size: int = 2, **changes: Any) -> list[Handover]:
    """A family that stands at the barrier, sent to a commune."""
    destination = changes.pop("destination", road.commune)
    return party(enter(road, family(road.campaign, road.places, size, **changes), destination=destination))


def key_of(rows: Sequence[Handover]) -> uuid.UUID:
    key: uuid.UUID = rows[0].party
    return key


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(page: Any) -> str:
    text: str = page.content.decode()
    return text


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def same_cost(client: Client, address: str, add: Callable[[int], Any], rows: int = 29) -> None:
    """The list asks the database as often at one row as at thirty."""
    add(0)
    client.get(address)
    one = queries(client, address)
    for number in range(1, rows + 1):
        add(number)
    assert queries(client, address) == one


@contextmanager
def sql_around(before: str, after: str) -> Iterator[None]:
    """A guard of the database taken off, and put back."""
    with connection.cursor() as cursor:
        cursor.execute(before)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(after)
