"""Phones that officers wrote down: a family proves one before it opens what the portal knows of them.

A phone that a family typed is proved by a code. One that an officer typed, for a walk-in, a caller or a list, may
be a stranger's: a code shows who holds it, not whose it is. Its holder gives a second fact of one person of the
family; then the phone opens that family, and no other that was written down under it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.matching import fold
from citizens.models import Person, ProofTries
from citizens.models.proof import TRIES
from citizens.phones import mask
from portal.records.actors import citizen_actor
from portal.records.log import event_for
from portal.records.models import Event
from portal.records.refusals import Refused

LAST = 4  # signs of an identity number


class Holder(NamedTuple):
    """What else is written down under a phone. `people(phone)` gives its people; `prove(person, phone)` locks it,
    marks as proved what has this person, and returns all people in it. Registered by apps that stand above."""

    people: Callable[[str], QuerySet[Person]]
    prove: Callable[[Person, str], QuerySet[Person]]


_holders: list[Holder] = []


def register(holder: Holder) -> None:
    if holder in _holders:
        raise ValueError(f"{holder} is registered twice")
    _holders.append(holder)


def unproved(phone: str) -> list[Person]:
    """Return the people written down under this phone whose family has not proved it."""
    own = Person.objects.filter(phone=phone).exclude(proved_phone=phone)
    ids = Q(pk__in=own.values("pk"))
    for holder in _holders:
        ids |= Q(pk__in=holder.people(phone).values("pk"))
    return list(Person.objects.filter(ids).order_by("pk")) if phone else []


def asks_for_number(people: list[Person]) -> bool:
    """Return whether the fact is a part of an identity number; a name where nobody of them has a number."""
    return any(person.identity_number for person in people)


def prove(phone: str, *, birth_year: int, last: str = "", name: str = "") -> None:
    """Open the family of this phone of which one person was born in the year and has a number that ends so, or
    that name. Raises `Refused` when nobody fits, and after five tries on a day.

    A try is counted by its own committed UPDATE before anything is compared: call it outside a transaction.
    """
    _take_try(phone)
    people = unproved(phone)
    number = asks_for_number(people)
    for person in people:
        if person.birth_year == birth_year and (
            _ends_with(person, last) if number else bool(name) and person.search_name == fold(name)
        ):
            _open(person, phone)
            return
    raise Refused(_("Chưa khớp với gia đình nào của số này. Vui lòng xem lại giấy tờ rồi nhập lại."))


def prove_by_code(people: QuerySet[Person], phone: str) -> None:
    """Mark the phone as proved for those of these people who have it. The caller has checked its code."""
    people.filter(phone=phone).update(proved_phone=phone)


def _take_try(phone: str) -> None:
    row, _made = ProofTries.objects.get_or_create(phone=phone, on_date=timezone.localdate())
    if not ProofTries.objects.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1):
        raise Refused(
            _("Hôm nay đã thử quá năm lần. Vui lòng thử lại ngày mai, hoặc gọi %(hotline)s để được giúp.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )


def _ends_with(person: Person, last: str) -> bool:
    numbers = (person.identity_number or "", person.old_identity_number)
    return len(last) == LAST and any(number.endswith(last.upper()) for number in numbers)


@transaction.atomic
def _open(person: Person, phone: str) -> None:
    family = Q(pk=person.pk)
    if person.household_id:
        family |= Q(household=person.household_id)
    for holder in _holders:
        family |= Q(pk__in=holder.prove(person, phone).values("pk"))
    rows = Person.objects.filter(family, phone=phone).exclude(proved_phone=phone)
    people = list(rows.order_by("pk").select_for_update(of=("self",)))
    Person.objects.filter(pk__in=[row.pk for row in people]).update(proved_phone=phone)
    by = citizen_actor(mask(phone))
    Event.objects.bulk_create([event_for(row, "phone_proved", by=by) for row in people])
