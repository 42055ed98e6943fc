"""What a reader sees of the family in a screening: the family of today, or as it was when the commune answered.

A commune reads a family because it is asked about it. When the family belongs elsewhere, that reason is over:
the commune keeps its own answer and what it answered about, and reads nothing that came later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q

from citizens import codes
from citizens.matching import fold
from portal.accounts.models import User
from portal.accounts.roles import Permission
from repatriation.models import Registration, Screening
from repatriation.models.screening import ScreeningQuerySet


@dataclass(frozen=True)
class FamilySeen:
    """The family of a screening for one reader. `is_live`: of today, with everything else that may be read."""

    is_live: bool
    head: str = ""
    birth_year: int | str = ""
    people: int | str = ""
    address: str = ""
    origin: str = ""
    members: list[dict[str, Any]] = field(default_factory=list)


def snapshot(registration: Registration) -> dict[str, Any]:
    """Return what a commune's answer is about, to be stored with the answer."""
    members = [member.person for member in registration.members.all()]
    head = registration.head.person
    return {
        "head": head.full_name,
        "birth_year": head.birth_year,
        "people": registration.people,
        "address": registration.home_address,
        "origin": registration.origin.name if registration.origin else "",
        "members": [{"name": person.full_name, "birth_year": person.birth_year} for person in members],
        "search": " ".join(person.search_name for person in members),
    }


def is_live(row: Screening, user: User) -> bool:
    """Return whether the user reads the family as it is today: where it belongs now, or above."""
    return row.registration.home_commune_id in user.place_ids(Permission.SEE_SCREENING)


def named(rows: ScreeningQuerySet, text: str, user: User) -> ScreeningQuerySet:
    """Search screenings by code, or by a name that the user may read there."""
    if codes.is_code(text.strip(), settings.PORTAL_CODE_PREFIX) or not fold(text):
        return rows.named(text)
    live = Q(registration__home_commune__in=user.place_ids(Permission.SEE_SCREENING))
    return rows.filter(
        Q(pk__in=rows.filter(live).named(text).values("pk"))
        | ~live & Q(family_then__search__icontains=fold(text))
    )


def family_seen(row: Screening, user: User) -> FamilySeen:
    """Return the family as the user may read it. Prefetch `registration__members__person` for lists."""
    if not is_live(row, user):
        then = {name: value for name, value in row.family_then.items() if name != "search"}
        return FamilySeen(is_live=False, **then)
    registration = row.registration
    head = registration.head.person
    return FamilySeen(
        is_live=True,
        head=head.full_name,
        birth_year=head.birth_year,
        people=registration.people,
        address=registration.home_address,
        origin=registration.origin.name if registration.origin else "",
    )
