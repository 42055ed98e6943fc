"""People whom a commune knows already and who may be the same as those of a family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from citizens.matching import Likeness, Traits, likeness
from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place

SHOWN = 6
LEAST = 40  # of 100: a name alone says little where many share one


@dataclass(frozen=True)
class Match:
    """`known` is like `member`, and why."""

    member: Person
    known: Person
    likeness: Likeness


def known_here(people: Sequence[Person], commune: Place, user: User) -> list[Match]:
    """The likeliest first; of those whom the officer may see. One query for the family."""
    names = {person.search_name for person in people}
    rows = (
        Person.objects.visible_to(user)
        .in_commune(commune)
        .filter(search_name__in=names)
        .exclude(pk__in=[person.pk for person in people])
        .select_related("home_commune")
        .order_by("pk")[:50]
    )
    matches = [
        Match(person, row, likeness(_traits(person), _traits(row)))
        for row in rows
        for person in people
        if person.search_name == row.search_name
    ]
    found = [match for match in matches if match.likeness.score >= LEAST]
    return sorted(found, key=lambda match: -match.likeness.score)[:SHOWN]


def _traits(person: Person) -> Traits:
    return Traits(
        full_name=person.full_name,
        birth=person.birth_date or person.birth_year,
        identity=person.identity_number or "",
        phone=person.phone,
    )
