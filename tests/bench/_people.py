"""A province of any size for the benchmarks, written by COPY: families that wait, people at home in quarantine."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import uuid
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from citizens.demo_people import Crowd, Invented
from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from quarantine.models import Protocol
from repatriation.models import Campaign

SEED = 2021
ARRIVED = 0.15  # of the families; the others wait in the queue
TODAYS_PARTIES = 12  # families that wait for the commune of the demo's officer, whatever the size
COMMUNE = "25711"
REASONS = ["{}", "{lost_work}", "{lost_work}", "{lost_work,no_housing}", "{student}", "{treatment_ended}"]


class Table:
    """Rows of one table on their way to COPY; columns that are not named get the model's defaults."""

    def __init__(self, name: str, *columns: str) -> None:
        model = next(model for model in apps.get_models() if model._meta.db_table == name)
        rest = [field for field in model._meta.concrete_fields if field.column not in columns]
        self.name, self.columns = name, (*columns, *(field.column for field in rest))
        self.rest = "".join(f"\t{_text(field.get_default())}" for field in rest)
        self.text = io.StringIO()
        self.rows = 0

    def add(self, *values: Any) -> None:
        self.rows += 1
        self.text.write("\t".join(map(_text, values)) + self.rest + "\n")

    def copy(self) -> None:
        self.text.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self.name} ({', '.join(self.columns)}) FROM STDIN", self.text)
        self.text = io.StringIO()


def _text(value: Any) -> str:
    match value:
        case None:
            return r"\N"
        case bool():
            return "t" if value else "f"
        case dt.datetime() | dt.date():
            return value.isoformat()
        case list():
            return "{" + ",".join(map(str, value)) + "}"
        case dict():
            return json.dumps(value)
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def load_people(size: int) -> dict[str, int]:
    """Fill the database with `size` people in families; returns how many rows each table got.

    The places, the users, the rules and the campaign stand already (`manage.py demo --families 0`).
    """
    world = World()
    here = next(place for place in world.communes if place.code == COMMUNE)
    made = families = 0
    while made < size:
        todays = families < TODAYS_PARTIES
        home = here if todays else world.rng.choice(world.communes)
        state = "handed_over" if todays else ("quarantined" if world.rng.random() < ARRIVED else "waiting")
        made += world.family(home, state)
        families += 1
    return world.store()


def load_queue(families: int) -> tuple[World, dict[str, int]]:
    """So many families that wait, and nobody else; also the world, which can invent more people."""
    world = World()
    for _family in range(families):
        world.family(world.rng.choice(world.communes), "waiting")
    return world, world.store()


def _tables() -> dict[str, Table]:
    tables = [
        Table("citizens_household", *["id", "home_commune_id", "address", "created_at"]),
        Table(
            "citizens_person",
            *[
                "id",
                "full_name",
                "search_name",
                "sort_key",
                "sex",
                "birth_date",
                "birth_year",
                "identity_kind",
                "identity_number",
            ],
            *[
                "old_identity_number",
                "phone",
                "household_id",
                "home_commune_id",
                "address",
                "responsible_place_id",
            ],
            *["arrived_at", "created_at"],
        ),
        Table(
            "repatriation_registration",
            *[
                "id",
                "campaign_id",
                "code",
                "status",
                "phone",
                "phone_confirmed_at",
                "origin_id",
                "origin_address",
                "home_commune_id",
            ],
            *[
                "home_address",
                "reasons",
                "people",
                "rule_set_id",
                "score",
                "score_reasons",
                "draft",
                "created_at",
                "registered_at",
            ],
        ),
        Table(
            "repatriation_member",
            *[
                "id",
                "registration_id",
                "person_id",
                "campaign_id",
                "is_head",
                "is_pregnant",
                "has_chronic_illness",
            ],
            *["has_disability", "live"],
        ),
        Table(
            "repatriation_arrival",
            *[
                "id",
                "client_key",
                "person_id",
                "registration_id",
                "checkpoint_id",
                "destination_id",
                "address",
                "at",
                "means",
            ],
            *["was_expected", "identity_checked", "has_symptoms", "rapid_test", "decision", "entered_by_id"],
        ),
        Table(
            "repatriation_handover",
            *[
                "id",
                "party",
                "arrival_id",
                "person_id",
                "from_place_id",
                "to_place_id",
                "status",
                "sent_at",
                "deadline",
                "decided_at",
            ],
            *["decided_by_id", "reason"],
        ),
        Table(
            "quarantine_order",
            *[
                "id",
                "person_id",
                "protocol_id",
                "chosen_because",
                "number",
                "mode",
                "place_id",
                "address",
                "starts_on",
                "ends_on",
            ],
            *["follow_up_until", "status", "created_at"],
        ),
        Table("quarantine_scheduledtest", *["id", "order_id", "day", "due_on"]),
        Table(
            "quarantine_dailycheck",
            *["id", "order_id", "on_date", "temperature", "symptoms", "note", "is_red", "created_at"],
        ),
    ]
    return {table.name.split("_")[1]: table for table in tables}


class World:
    """Writes one family after the other into the tables."""

    def __init__(self) -> None:
        self.rng = random.Random(SEED)
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.crowd = Crowd(self.rng, self.today)
        self.communes = list(Place.objects.communes_of(settings.PORTAL_PROVINCE).order_by("code"))
        self.campaign = Campaign.objects.get(slug="dot-demo")
        from_there = Place.objects.filter(kind="commune", parent__in=self.campaign.origins.all())
        self.origins = list(from_there.order_by("pk").values_list("pk", flat=True))
        self.tables = _tables()
        self.checkpoint = Place.objects.get(code="cp-suoi-sau")
        self.officer = User.objects.get(username="chot")
        self.commune_officer = User.objects.get(username="xa")
        self.protocol = Protocol.objects.filter(person_class="returnee", protection="none").latest(
            "effective_from"
        )

    def store(self) -> dict[str, int]:
        """Copy everything into the database; returns how many rows each table got."""
        for table in self.tables.values():
            table.copy()
        with connection.cursor() as cursor:
            for table in self.tables.values():
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) + 1 FROM {table.name}))"
                )
            cursor.execute("ANALYZE")
        return {name: table.rows for name, table in self.tables.items()}

    def family(self, home: Place, state: str) -> int:
        """Add a family; returns its size."""
        rng, tables = self.rng, self.tables
        people = self.crowd.family()
        phone, address = self.crowd.phone(), self.crowd.home_address()
        registered = self.now - dt.timedelta(minutes=rng.randint(60, 20_000))
        household = tables["household"].rows + 1
        tables["household"].add(household, home.pk, address, registered)
        arrived = (
            None
            if state == "waiting"
            else self.now
            - dt.timedelta(hours=rng.randint(1, 3) if state == "handed_over" else rng.randint(30, 150))
        )
        registration = tables["registration"].rows + 1
        score = rng.choice([0, 10, 15, 25, 40, 50, 65, 90])
        reasons = [{"predicate": "reason", "params": {"reason": "lost_work"}, "points": score, "detail": {}}]
        tables["registration"].add(
            registration, self.campaign.pk, self.crowd.code("TN"),
            {"waiting": "waiting", "handed_over": "arrived", "quarantined": "closed"}[state],
            phone, registered, rng.choice(self.origins), "12 Quang Trung", home.pk, address,
            rng.choice(REASONS),
            len(people), self.campaign.rule_set_id, score, json.dumps(reasons), "{}", registered, registered,
        )  # fmt: skip
        key = uuid.UUID(int=rng.getrandbits(128), version=4)
        for index, who in enumerate(people):
            person = Person(full_name=who.full_name, birth_date=who.birth_date, birth_year=who.birth_year)
            person.prepare()
            pk = tables["person"].rows + 1
            responsible = (
                None if arrived is None else (self.checkpoint.pk if state == "handed_over" else home.pk)
            )
            tables["person"].add(
                pk, person.full_name, person.search_name, person.sort_key, who.sex, who.birth_date, who.birth_year,
                "cccd" if who.identity_number else "", who.identity_number or None, "", phone, household, home.pk,
                address, responsible, arrived, registered,
            )  # fmt: skip
            tables["member"].add(
                tables["member"].rows + 1,
                registration,
                pk,
                self.campaign.pk,
                index == 0,
                *self._health(who),
                False,
            )
            if arrived is not None:
                self._arrival(pk, registration, home, address, arrived, key, accepted=state == "quarantined")
            if state == "quarantined":
                self._order(pk, home, address, timezone.localdate(arrived))
        return len(people)

    def _health(self, who: Invented) -> tuple[bool, bool, bool]:
        """Pregnant, chronically ill, disabled."""
        age, chance = self.today.year - who.birth_year, self.rng.random
        pregnant = who.sex == "female" and age in range(18, 41) and chance() < 0.08
        return pregnant, chance() < (0.15 if age > 40 else 0.03), chance() < 0.02

    def _arrival(
        self,
        person: int,
        registration: int,
        home: Place,
        address: str,
        at: dt.datetime,
        key: uuid.UUID,
        *,
        accepted: bool,
    ) -> None:
        arrival = self.tables["arrival"].rows + 1
        self.tables["arrival"].add(
            arrival, key, person, registration, self.checkpoint.pk, home.pk, address, at, "private", False, True,
            False, "negative", "home", self.officer.pk,
        )  # fmt: skip
        self.tables["handover"].add(
            arrival, key, arrival, person, self.checkpoint.pk, home.pk, "accepted" if accepted else "sent", at,
            at + dt.timedelta(hours=4), at + dt.timedelta(hours=1) if accepted else None,
            self.commune_officer.pk if accepted else None, "",
        )  # fmt: skip

    def _order(self, person: int, home: Place, address: str, starts_on: dt.date) -> None:
        order = self.tables["order"].rows + 1
        ends = starts_on + dt.timedelta(days=self.protocol.days)
        self.tables["order"].add(
            order, person, self.protocol.pk, "Chưa tiêm.", f"{order}/QĐ-CL-{home.code}-{starts_on.year}",
            self.protocol.mode, home.pk, address, starts_on, ends,
            ends + dt.timedelta(days=self.protocol.follow_up_days), "active", self.now,
        )  # fmt: skip
        for day in self.protocol.test_days:
            table = self.tables["scheduledtest"]
            table.add(table.rows + 1, order, day, starts_on + dt.timedelta(days=day))
        if self.rng.random() < 0.7:
            table = self.tables["dailycheck"]
            table.add(table.rows + 1, order, self.today, "36.6", "{}", "", False, self.now)


def sample(column: str, count: int, where: str = "true") -> Iterable[Any]:
    """Values that stand in the people's table, spread evenly over it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM (SELECT {column}, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS total"
            f" FROM citizens_person WHERE {where}) AS people WHERE n %% greatest(total / %s, 1) = 0 LIMIT %s",
            [count, count],
        )
        return [row[0] for row in cursor.fetchall()]
