"""People whom a commune knows already and who may be members of a family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from citizens.matching import Likeness, Traits, likeness
from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place

SHOWN = 6
LEAST = 40  # of 100; above the score of a name alone, which many people share


@dataclass(frozen=True)
class Match:
    """A member of a family, a person whom the commune knows, and how alike they are."""

    member: Person
    known: Person
    likeness: Likeness


def known_here(people: Sequence[Person], commune: Place, user: User) -> list[Match]:
    """Return the likeliest matches first, among people whom the officer may see. One query for the family."""
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
    likely = [match for match in matches if match.likeness.score >= LEAST]
    return sorted(likely, key=lambda match: -match.likeness.score)[:SHOWN]


def _traits(person: Person) -> Traits:
    return Traits(
        full_name=person.full_name,
        birth=person.birth_date or person.birth_year,
        identity=person.identity_number or "",
        phone=person.phone,
        sex=person.sex,
    )
