"""What submitting asks to find known people and the live registrations in which they stand."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import Any

from django.db import transaction

from portal.places.models import Place
from portal.ui.formats import vn_date
from repatriation.models import Campaign, Member
from repatriation.registration.drafts import PersonEntry
from repatriation.registration.people import Home, known_people, match
from repatriation.registration.refusals import AlreadyRegistered, refuse_registered
from tests.bench._people import World


class Known:
    """A third of the families is new, a third stands in the queue, a third is known but for its numbers."""

    def __init__(self, world: World) -> None:
        self.campaign = Campaign.objects.get(slug="dot-demo")
        self.world = world
        self.rng = random.Random(5)

    def measure(self, thirds: int) -> list[float]:
        """Seconds of the check for each family."""
        forms = [form for _number in range(thirds) for form in (self._new(), *self._standing())]
        self.rng.shuffle(forms)
        return [self._check(entries, home) for entries, home in forms]

    def _check(self, entries: list[PersonEntry], home: Home) -> float:
        with transaction.atomic():
            started = time.perf_counter()
            people = match(entries, known_people(entries, home), home, by_citizen=False)
            with suppress(AlreadyRegistered):
                stored = [(person, person.full_name) for person in people.values() if person.pk]
                refuse_registered(self.campaign, stored)
            took = time.perf_counter() - started
            transaction.set_rollback(True)
        return took

    def _new(self) -> tuple[list[PersonEntry], Home]:
        return entries_of(self.world.crowd.family()), self._home(self.world.crowd.phone())

    def _standing(self) -> list[tuple[list[PersonEntry], Home]]:
        """One family out of the queue, as it would type itself in again: with its numbers, and without."""
        last = Member.objects.order_by("-registration_id").values_list("registration_id", flat=True)[0]
        members = Member.objects.filter(registration_id=self.rng.randint(1, last)).select_related("person")
        people = [member.person for member in members]
        home = self._home(people[0].phone)
        return [(entries_of(people), home), (entries_of(people, numbers=False), home)]

    def _home(self, phone: str) -> Home:
        commune: Place = self.rng.choice(self.world.communes)
        return Home(commune, "ấp Bùng Binh", phone)


def entries_of(people: list[Any], *, numbers: bool = True) -> list[PersonEntry]:
    """People of the crowd or of the database as a form has them."""
    return [
        PersonEntry(
            key=f"k{number}",
            full_name=person.full_name,
            birth=vn_date(person.birth_date) if person.birth_date else str(person.birth_year),
            sex=person.sex,
            identity=(person.identity_number or "") if numbers else "",
            no_identity=not (numbers and person.identity_number),
            health_told=True,
        )
        for number, person in enumerate(people)
    ]
