"""Registrations of families that officers entered: their phones, and what a proof of one opens."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from citizens.models import Person
from citizens.proving import prove_by_code
from repatriation.models import Registration


def people_of_entries(phone: str) -> QuerySet[Person]:
    """Return the people of registrations that were entered under this phone, which nobody has proved."""
    return Person.objects.filter(memberships__registration__in=_unproved(phone))


def prove_entries(person: Person, phone: str) -> QuerySet[Person]:
    """Mark the phone of this person's unproved entries as the family's own; return all their people."""
    rows = _unproved(phone).filter(members__person=person).order_by("pk")
    ids = [row.pk for row in rows.select_for_update(of=("self",))]
    Registration.objects.filter(pk__in=ids).update(phone_confirmed_at=timezone.now())
    return Person.objects.filter(memberships__registration__in=ids)


def prove_people(registration: Registration) -> None:
    """Mark the registration's phone, which was proved, as that of its people too."""
    if registration.phone_confirmed_at is not None:
        people = Person.objects.filter(memberships__registration=registration)
        prove_by_code(people, registration.phone)


def _unproved(phone: str) -> QuerySet[Registration]:
    rows = Registration.objects.exclude(status=Registration.Status.DRAFT)
    return rows.filter(phone=phone, phone_confirmed_at=None, entered_by__isnull=False)
