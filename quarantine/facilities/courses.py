"""The class and mode of quarantine that somebody's tests, contacts and stay ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from quarantine.facilities.stays import goes_to_facility
from quarantine.models import Alert, Contact, Protocol
from quarantine.models.protocol import Mode

ILL_FOR = dt.timedelta(days=14)  # how long a positive test, and contact with one, counts


@dataclass(frozen=True)
class Course:
    """`mode` None: as the protocol says."""

    person_class: str = Protocol.PersonClass.RETURNEE
    mode: str | None = None


def courses_of(people: Iterable[int], on: dt.date) -> dict[int, Course]:
    """Return the course of each of these people (ids) whose order is to begin on this day.

    Positive: the class of cases where a rule for it is loaded, in a facility in any case. A contact of somebody
    positive, by family or vehicle: the class of contacts where a rule for it is in force. A stay: a facility.
    """
    ids = set(people)
    since = timezone.now() - ILL_FOR
    ill = set(
        Alert.objects.filter(person__in=ids, is_positive=True, raised_at__gte=since).values_list(
            "person", flat=True
        )
    )
    near = set(
        Contact.objects.of_positives()
        .filter(person__in=ids, alert__raised_at__gte=since)
        .values_list("person", flat=True)
    )
    away = goes_to_facility(ids)
    classes = _classes_in_force(on) if ill | near else set()
    return {pk: _course(pk in ill, pk in near, pk in away, classes) for pk in ids}


def _course(is_ill: bool, is_near: bool, is_away: bool, classes: set[str]) -> Course:
    kinds = Protocol.PersonClass
    person_class = kinds.RETURNEE
    if is_ill and kinds.CASE in classes:
        person_class = kinds.CASE
    elif is_near and not is_ill and kinds.CONTACT in classes:
        person_class = kinds.CONTACT
    return Course(person_class, Mode.FACILITY if is_ill or is_away else None)


def _classes_in_force(on: dt.date) -> set[str]:
    """Return the classes for which a rule of every protection is in force, so that choosing one cannot fail."""
    rows = Protocol.objects.filter(Q(effective_to=None) | Q(effective_to__gte=on), effective_from__lte=on)
    pairs = set(rows.values_list("person_class", "protection"))
    return {
        kind
        for kind in Protocol.PersonClass.values
        if all((kind, protection) in pairs for protection in Protocol.Protection.values)
    }
