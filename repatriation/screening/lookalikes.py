"""Look-alikes: members who may stand in another live registration too. Only an identity number tells for sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from citizens.matching import birth_compatible, identity_compatible
from citizens.models import Person
from portal.accounts.models import User
from repatriation.models import Member, Registration

SHOWN = 6


@dataclass(frozen=True)
class LookAlike:
    """A person of the family and a member of another registration with the same name and birth.

    `may_open`: the officer may see the other registration.
    """

    person: Person
    other: Member
    may_open: bool


def lookalikes(row: Registration, people: Sequence[Person], user: User) -> list[LookAlike]:
    """Return look-alikes in the same campaign; none for a registration that is over. Two queries for the family."""
    if not row.is_live:
        return []
    others = (
        Member.objects.filter(campaign=row.campaign_id, live=True)
        .filter(person__sort_key__in={person.sort_key for person in people})
        .filter(person__birth_year__in={person.birth_year for person in people})
        .exclude(registration=row)
        .select_related("person", "registration__home_commune")
        .order_by("pk")[:50]
    )
    pairs = [(person, other) for other in others for person in people if _may_be_one(person, other.person)][
        :SHOWN
    ]
    visible = Registration.objects.visible_to(user).filter(
        pk__in=[other.registration_id for _p, other in pairs]
    )
    openable = set(visible.values_list("pk", flat=True)) if pairs else set()
    return [LookAlike(person, other, other.registration_id in openable) for person, other in pairs]


def _may_be_one(a: Person, b: Person) -> bool:
    return (
        a.sort_key == b.sort_key
        and (not a.sex or not b.sex or a.sex == b.sex)
        and birth_compatible(a.birth_date or a.birth_year, b.birth_date or b.birth_year)
        and identity_compatible(a.identity_number or "", b.identity_number or "")
    )
