"""Declared answers, entries and requests for another phone of the demo's families."""

from __future__ import annotations

import datetime as dt
import random

from django.utils import timezone

from citizens.phones import mask
from portal.demo import Stage
from portal.records.actors import citizen_actor
from portal.records.log import record
from repatriation.demo.families import KNOWN_PHONES, DemoFamily
from repatriation.hotline.callers import on_the_phone
from repatriation.models import Member, PhoneCorrection
from repatriation.models.declared import RegistrationChannel, TestKind, TestOutcome

EVERY = 9  # of so many families one was entered by the hotline, one by the association
RELATIONS = ("con gái", "con trai", "em gái", "anh trai", "cháu")


def add_declared(stage: Stage, families: list[DemoFamily]) -> None:
    """Fill in channels, contacts, travel days and declared health before the families are saved.

    A random generator of its own keeps the rest of the demo as it is without these answers.
    """
    rng = random.Random(41)
    users = stage.shared["users"]
    operators = {
        0: (RegistrationChannel.HOTLINE, users["tongdai"]),
        4: (RegistrationChannel.ASSOCIATION, users["donghuong"]),
    }
    others = [family for family in families if family.registration.phone not in KNOWN_PHONES.values()]
    for number, family in enumerate(others):
        row = family.registration
        if number % EVERY in operators and row.status != "withdrawn":
            row.channel, row.entered_by = operators[number % EVERY]
            row.phone_confirmed_at = None
            for member in family.members:
                member.person.proved_phone = ""
        if number % 7 == 3:
            row.contact_name, row.contact_relation = _contact(rng, families), rng.choice(RELATIONS)
        if row.status == "waiting" and number % 6 == 2:
            row.travel_from = timezone.localdate(stage.now) + dt.timedelta(days=rng.randrange(2, 6))
        for member in family.members:
            if member.person.age() >= 12 and rng.random() < 0.6:
                _declare_health(rng, member, row.registered_at or stage.now)


def ask_for_other_phones(stage: Stage, families: list[DemoFamily]) -> None:
    """Make requests of two families of one commune and one of another; for the first somebody called the
    hotline too."""
    waiting = [family for family in families if family.registration.status == "waiting"]
    here = [family for family in waiting if family.home.code == "25711"][2:4]
    there = [family for family in waiting if family.home.code != "25711"][5:6]
    for number, family in enumerate([*here, *there]):
        correction = PhoneCorrection.objects.create(
            registration=family.registration,
            person=family.people[0],
            old_phone=family.registration.phone,
            new_phone=f"+8490811122{number}",
        )
        record(correction, "request", by=citizen_actor(mask(correction.new_phone)))
    for family in here[:1]:
        operator = stage.shared["users"]["tongdai"]
        called = PhoneCorrection.objects.create(
            registration=family.registration,
            person=family.people[0],
            old_phone=family.registration.phone,
            new_phone="+84908111229",
            asked_by=operator,
        )
        record(called, "request", by=on_the_phone(operator))


def _contact(rng: random.Random, families: list[DemoFamily]) -> str:
    return rng.choice(rng.choice(families).people).full_name


def _declare_health(rng: random.Random, member: Member, at: dt.datetime) -> None:
    day = timezone.localdate(at)
    member.doses = rng.choice((1, 2, 2, 2, 3))
    member.last_dose_on = day - dt.timedelta(days=rng.randrange(15, 120))
    if rng.random() < 0.3:
        member.test_kind = rng.choice((TestKind.RAPID, TestKind.PCR))
        member.tested_on = day - dt.timedelta(days=rng.randrange(4))
        member.test_outcome = TestOutcome.POSITIVE if rng.random() < 0.04 else TestOutcome.NEGATIVE
