"""A day at the checkpoint for `bin/bench arrivals`: buses on the way, look-ups, the board, and families recorded."""

from __future__ import annotations

import datetime as dt
import random
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.records import limits
from repatriation.checkpoint.lookup import find_family
from repatriation.models import Arrival, Campaign, Offer, Registration, Trip
from repatriation.registration.lookup import Family, family_token
from tests.bench._arrivals_urls import BARE
from tests.bench._http import Sent, a_second, served

SEATS = 44
BUSES = 12  # of the day; as many in a small province as in a large one
SESSIONS = 32
KNOWN_NAMES = ("nguyen thi", "tran van", "le", "pham thi")


class Road:
    def __init__(self) -> None:
        self.rng = random.Random(9)
        self.officer = User.objects.get(username="chot")
        self.leader = User.objects.get(username="dieuphoi")
        self.checkpoint = Place.objects.get(code="cp-suoi-sau")
        self.campaign = Campaign.objects.get(slug="dot-demo")
        self.pickup = Place.objects.filter(kind=Place.Kind.PICKUP).first()
        self.buses = 0
        limits.AT_ONCE = limits.IN_ALL = 10**9  # a lane has no thousand families an hour; the count stays

    def fill_the_day(self) -> None:
        """Put families on the day's buses; their names are what a name is looked for among."""
        waiting = list(Registration.objects.filter(status="waiting").order_by("pk")[: BUSES * 10])
        self._seat(waiting)

    def _seat(self, families: list[Registration]) -> None:
        """Seat the families on buses that are under way."""
        ids = [row.pk for row in families]
        offers, free = [], 0
        for row in families:
            if row.people > free:
                trip, free = self._bus(), SEATS
            free -= row.people
            offers.append(
                Offer(
                    trip=trip,
                    registration=row,
                    people=row.people,
                    status=Offer.Status.CONFIRMED,
                    deadline=timezone.now(),
                )
            )
        Offer.objects.bulk_create(offers)
        for status in ("offered", "confirmed", "departed"):  # as the database lets them go
            Registration.objects.filter(pk__in=ids).update(status=status)
        on_the_way = Trip.objects.filter(pk__in={offer.trip_id for offer in offers})
        for status in ("closed", "departed"):
            on_the_way.update(status=status)

    def _bus(self) -> Trip:
        self.buses += 1
        return Trip.objects.create(
            campaign=self.campaign,
            code=f"CX-B{self.buses:05d}",
            status=Trip.Status.OPEN,
            departs_at=timezone.now() - dt.timedelta(hours=2),
            pickup=self.pickup,
            gateway=self.checkpoint,
            seats=SEATS,
            planned_by=self.leader,
        )

    # --- Look-ups

    def lookup(self, looks: int) -> dict[str, list[float]]:
        """Seconds of each look-up, by kind. Half of the names are of somebody who is expected."""
        codes = list(Registration.objects.order_by("?").values_list("code", flat=True)[:looks])
        people = list(Person.objects.exclude(identity_number=None).order_by("?")[:looks])
        expected = Person.objects.filter(memberships__registration__offers__trip__gateway=self.checkpoint)
        names = list(expected.order_by("?").values_list("full_name", flat=True)[: looks // 2])
        texts = {
            "code": codes,
            "card": [_card(person) for person in people],
            "number": [person.identity_number for person in people],
            "phone": [person.phone for person in people],
            "name": [*names, *self.rng.choices(KNOWN_NAMES, k=looks - len(names))],
        }
        return {kind: self._timed(kind, asked) for kind, asked in texts.items()}

    def _timed(self, kind: str, texts: list[str]) -> list[float]:
        times = []
        for text in texts:
            started = time.perf_counter()
            found = self._find(text)
            times.append(time.perf_counter() - started)
            assert found.families or kind == "name", f"{kind}: {text}"
        return times

    def _find(self, text: str) -> Any:
        return find_family(self.officer, text, checkpoint=self.checkpoint)

    # --- The board

    def board(self, times: int) -> list[float]:
        """Seconds of each answer to the province's board."""
        client = _signed_in(self.leader)
        address = reverse("repatriation:board_figures")
        return [_time(lambda: client.get(address)) for _time_number in range(times)]

    # --- Recording

    def queries(self) -> dict[str, int]:
        """Statements of recording a family of four, of its transaction alone and of the whole request."""
        (form,) = self._forms(1)
        client = _signed_in(self.officer)
        client.get(reverse("repatriation:checkpoint"))
        with CaptureQueriesContext(connection) as caught:
            answer = client.post(form.path, form.fields)
        assert answer.status_code == 302
        assert Arrival.objects.filter(client_key=form.fields["client_key"]).count() == 4
        texts = [query["sql"] for query in caught]
        begun = next(number for number, text in enumerate(texts) if "pg_advisory_xact_lock" in text)
        return {"queries": texts.index("COMMIT", begun) - begun, "request": len(texts)}

    def record(self, forms: int, rounds: int) -> dict[str, list[float]]:
        """Families of four a second of each round: `portal` and `bare`, in turns."""
        there = Registration.objects.filter(status="waiting", people=4).count()
        forms = min(forms, there // (2 * rounds + 1))
        assert forms, "too few families of four in so small a province"
        with served("tests.bench._arrivals_web") as address:
            self._round(address, forms // 2)  # warms the processes up
            found = [self._round(address, forms) for _round in range(rounds)]
        return {way: [one[way] for one in found] for way in ("portal", "bare")}

    def _round(self, address: str, forms: int) -> dict[str, float]:
        found = {}
        for way in ("bare", "portal"):
            sent = self._forms(max(forms, 1), bare=way == "bare")
            before = Arrival.objects.count()
            found[way] = a_second(address, sent, _is_checkpoint)
            assert Arrival.objects.count() == before + 4 * len(sent), way
        return found

    def _forms(self, count: int, *, bare: bool = False) -> list[Sent]:
        """Cards of families of four on buses under way, as the officer's browsers send them."""
        families = list(Registration.objects.filter(status="waiting", people=4).order_by("pk")[:count])
        self._seat(families)
        sessions = [_session(self.officer) for _session_number in range(SESSIONS)]
        self.rng.shuffle(families)  # one bus is not the neck of all lanes
        path = f"/{BARE}" if bare else reverse("repatriation:checkpoint")
        forms = []
        for number, row in enumerate(families):
            people = [member.person for member in row.members.select_related("person")]
            fields = {
                "at": str(self.checkpoint.pk),
                "q": "",
                "family": family_token(Family(people, row), self.officer),
                "client_key": str(uuid.uuid4()),
                "destination": str(row.home_commune_id),
                "address": row.home_address,
                "rapid_test": "negative",
                **{f"here_{person.pk}": "on" for person in people},
            }
            if bare:
                fields |= {"registration": str(row.pk), "people": " ".join(str(one.pk) for one in people)}
            forms.append(Sent(path, sessions[number % SESSIONS], fields))
        return forms


def _card(person: Person) -> str:
    born = person.birth_date.strftime("%d%m%Y") if person.birth_date else f"0101{person.birth_year}"
    sex = "Nữ" if person.sex == "female" else "Nam"
    return f"{person.identity_number}||{person.full_name}|{born}|{sex}|{person.address}|01062021"


def _is_checkpoint(location: str) -> bool:
    return location.startswith(reverse("repatriation:checkpoint"))


def _signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def _session(user: User) -> str:
    key: str = _signed_in(user).cookies["sessionid"].value
    return key


def _time(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    assert act().status_code == 200
    return time.perf_counter() - started
