"""Corrections by a family of a person's name, birth, sex or number.

A family may correct a record that nobody else has confirmed. A record that an officer entered or checked, or that
another family's registration has too, is corrected by officers only.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from citizens.actions import NumberTaken, update_person
from citizens.models import Person
from portal.accounts.models import User
from portal.records.actors import Actor, as_actor
from portal.records.log import history
from portal.records.refusals import Refused
from repatriation.models import Member, Registration
from repatriation.models.registration import Status
from repatriation.registration.differences import Corrected
from repatriation.registration.drafts import PersonEntry
from repatriation.registration.people import IdentityTaken, NumberDisagrees, by_number


class RecordChecked(Refused):
    """The person's record was confirmed by others; `entry` is the entry before the correction."""

    def __init__(self, entry: PersonEntry) -> None:
        super().__init__(entry.key)
        self.entry = entry

    def __str__(self) -> str:
        return _(
            "Hồ sơ của %(name)s đã được cơ quan khác ghi nhận. Muốn sửa họ tên, ngày sinh hoặc số giấy tờ, "
            "vui lòng gọi %(hotline)s."
        ) % {"name": self.entry.full_name, "hotline": settings.PORTAL_HOTLINE}


def known_from_this_family_alone(person: Person, registration: Registration) -> bool:
    """Return whether the person's record comes from this family alone."""
    if person.arrived_at is not None:
        return False
    others = Member.objects.filter(person=person).exclude(registration__phone=registration.phone)
    if others.exclude(registration__status=Status.DRAFT).exists():
        return False
    return not history(person).filter(actor_kind="officer").exists()


def correct_person(
    person: Person, corrected: Corrected, registration: Registration, known: list[Person], *, by: User | Actor
) -> Person:
    """Correct the person's record as the family says; return the person.

    A new number may belong to another person of `known`, who is then returned. The caller has locked all of
    them. Raises `RecordChecked`, and `NumberDisagrees` or `IdentityTaken` as registering does.
    """
    entry, by_citizen = corrected.after, as_actor(by).kind == "citizen"
    if not known_from_this_family_alone(person, registration):
        raise RecordChecked(corrected.before)
    if "identity" in corrected.fields and entry.identity:
        others = [other for other in known if other.pk != person.pk]
        if other := by_number(entry, others, by_citizen):
            return other
    try:
        return update_person(person, by=by, **_record_columns(corrected))
    except NumberTaken as error:  # taken by another transaction meanwhile
        raise (NumberDisagrees if by_citizen else IdentityTaken)(entry) from error


def _record_columns(corrected: Corrected) -> dict[str, Any]:
    entry, born = corrected.after, corrected.after.born
    columns_of_field: dict[str, dict[str, Any]] = {
        "full_name": {"full_name": entry.full_name},
        "sex": {"sex": entry.sex},
        "birth": {"birth_date": born.date, "birth_year": born.year},
        "identity": {"identity_number": entry.identity or None},
    }
    return {
        name: value
        for field, columns in columns_of_field.items()
        if field in corrected.fields
        for name, value in columns.items()
    }
