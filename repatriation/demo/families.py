"""The demo's families with their people, reasons and statuses."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from citizens.demo_people import Crowd, Invented
from citizens.models import Household, Person
from portal.accounts.models import User
from portal.demo import Stage
from portal.places.models import Place
from portal.records.actors import citizen_actor
from portal.records.log import event_for
from portal.records.models import Event
from portal.ui.formats import mask_phone
from repatriation.models import Campaign, Member, Registration
from repatriation.queue import predicates as priority

# How many of a hundred families have each status.
SHARES = {
    "waiting": 46,
    "closed": 33,
    "confirmed": 6,
    "arrived": 4,
    "withdrawn": 3,
    "offered": 3,
    "departed": 2,
    "no_show": 2,
    "declined": 1,
}
# The commune and checkpoint of the demo's officers see more of them than the others do.
FAVOURED = {"25711": 14, "25681": 7}


# One family to try the citizens' pages with, for each of these states.
KNOWN_PHONES = {"waiting": "+84901234567", "closed": "+84901234568", "offered": "+84901234569"}


@dataclass
class DemoFamily:
    """The rows of one family before they are saved."""

    registration: Registration
    household: Household
    people: list[Person]
    members: list[Member]
    home: Place
    origin: Place
    arrived_at: dt.datetime | None = None
    by_trip: bool = True
    events: list[Event] = field(default_factory=list)


def make_families(stage: Stage, campaign: Campaign) -> list[DemoFamily]:
    rng = stage.rng
    crowd = Crowd(rng, timezone.localdate(stage.now))
    communes = list(Place.objects.communes_of(settings.PORTAL_PROVINCE).order_by("code"))
    weights = [FAVOURED.get(commune.code, 1) for commune in communes]
    origins = list(
        Place.objects.filter(kind=Place.Kind.COMMUNE, parent__in=campaign.origins.exclude(pk=stage.home.pk))
        .order_by("code")
        .select_related("parent")
    )
    states = rng.choices(list(SHARES), list(SHARES.values()), k=stage.families)
    # A small demo, too, shows every state.
    states[: len(SHARES)] = list(SHARES)[: stage.families]
    crowd.phones.update(KNOWN_PHONES.values())
    known = dict(KNOWN_PHONES)
    return [
        _family(
            stage,
            crowd,
            campaign,
            state,
            rng.choices(communes, weights)[0],
            rng.choice(origins),
            _people(crowd, at_least=3 if state in known else 1),
            known.pop(state, "") or crowd.phone(),
        )
        for state in states
    ]


def _people(crowd: Crowd, *, at_least: int) -> list[Invented]:
    """Invent a family of at least so many people: a page to try shows more with several."""
    while len(people := crowd.family()) < at_least:
        pass
    return people


def _family(
    stage: Stage,
    crowd: Crowd,
    campaign: Campaign,
    state: str,
    home: Place,
    origin: Place,
    invented: list[Invented],
    phone: str,
) -> DemoFamily:
    rng = stage.rng
    days_ago = {"waiting": (0.1, 14), "withdrawn": (1, 20), "closed": (17, 24), "no_show": (17, 24)}.get(
        state, (3, 20)
    )
    registered_at = stage.now - dt.timedelta(days=rng.uniform(*days_ago))
    address = crowd.home_address()
    household = Household(home_commune=home, address=address, created_at=registered_at)
    people = [_person(who, household, home, address, phone, registered_at) for who in invented]
    reasons = sorted(
        {
            rng.choices(
                ["lost_work", "no_housing", "family_need", "student", "treatment_ended"], [60, 15, 12, 8, 5]
            )[0]
        }
        | ({"lost_work"} if rng.random() < 0.4 else set())
    )
    registration = Registration(
        campaign=campaign,
        code=crowd.code(settings.PORTAL_CODE_PREFIX),
        status=state,
        phone=phone,
        phone_confirmed_at=registered_at,
        origin=origin,
        origin_address=crowd.city_address(),
        home_commune=home,
        home_address=address,
        reasons=reasons,
        people=len(people),
        rule_set=campaign.rule_set,
        created_at=registered_at - dt.timedelta(minutes=6),
        registered_at=registered_at,
    )
    members = [_member(rng, registration, campaign, person, index) for index, person in enumerate(people)]
    _score(registration, campaign, members)
    return DemoFamily(registration, household, people, members, home, origin)


def _person(
    who: Invented, household: Household, home: Place, address: str, phone: str, created_at: dt.datetime
) -> Person:
    person = Person(
        full_name=who.full_name,
        sex=who.sex,
        birth_date=who.birth_date,
        birth_year=who.birth_year,
        identity_number=who.identity_number or None,
        identity_kind="cccd" if who.identity_number else "",
        phone=phone,
        proved_phone=phone,
        household=household,
        home_commune=home,
        address=address,
        created_at=created_at,
    )
    person.prepare()
    return person


def _member(
    rng: random.Random, registration: Registration, campaign: Campaign, person: Person, index: int
) -> Member:
    age = person.age()
    return Member(
        registration=registration,
        campaign=campaign,
        person=person,
        is_head=index == 0,
        is_pregnant=person.sex == "female" and 19 <= age <= 40 and rng.random() < 0.1,
        has_chronic_illness=rng.random() < (0.35 if age > 60 else 0.03),
        has_disability=rng.random() < 0.015,
    )


def _score(registration: Registration, campaign: Campaign, members: list[Member]) -> None:
    facts = priority.Facts(
        people=tuple(
            priority.PersonFacts(
                age_months=member.person.age_in_months(),
                is_pregnant=member.is_pregnant,
                has_chronic_illness=member.has_chronic_illness,
                has_disability=member.has_disability,
            )
            for member in members
        ),
        reasons=frozenset(registration.reasons),
    )
    scored = priority.score(facts, campaign.rule_set.rules)
    registration.score, registration.score_reasons = scored.points, scored.reasons


def save_families(families: list[DemoFamily], now: dt.datetime) -> None:
    """Write everybody in a handful of statements, with the event of each registration."""
    Household.objects.bulk_create([family.household for family in families])
    Person.objects.bulk_create([person for family in families for person in family.people])
    Registration.objects.bulk_create([family.registration for family in families])
    Member.objects.bulk_create([member for family in families for member in family.members])
    Event.objects.bulk_create(
        [
            event_at(
                family,
                "submit",
                "draft",
                "waiting",
                family.registration.registered_at or now,
                by=family.registration.entered_by,
            )
            for family in families
        ]
        + [
            event_at(family, "withdraw", "waiting", "withdrawn", now - dt.timedelta(hours=5))
            for family in families
            if family.registration.status == "withdrawn"
        ]
    )


def event_at(
    family: DemoFamily, verb: str, before: str, after: str, at: dt.datetime, by: User | None = None
) -> Event:
    """Build the log's event of a step that an officer, or the family itself, took."""
    event = event_for(
        family.registration,
        verb,
        by=by or citizen_actor(mask_phone(family.registration.phone)),
        from_status=before,
        to_status=after,
    )
    event.at = at
    return event
