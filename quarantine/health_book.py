"""The health records of people for a page, in the same number of queries for one person or ten."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.scoping import CitizenViewer
from quarantine.models import Certificate, Order, TestResult, VaccinationDose


@dataclass
class Health:
    """The health records of one person."""

    person: Person
    results: list[TestResult] = field(default_factory=list)
    doses: list[VaccinationDose] = field(default_factory=list)
    orders: list[tuple[Order, Certificate | None]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.results or self.doses or self.orders)


def health_book(viewer: User | CitizenViewer, people: list[Person] | None = None) -> list[Health]:
    """Return what the viewer may see of each person; without `people`, of everybody whom the viewer sees."""
    if people is None:
        people = list(Person.objects.visible_to(viewer).by_given_name())
    results = _by_person(TestResult.objects.visible_to(viewer).filter(person__in=people))
    doses = _by_person(VaccinationDose.objects.visible_to(viewer).filter(person__in=people))
    orders = Order.objects.visible_to(viewer).filter(person__in=people).select_related("place")
    by_person = _by_person(orders.exclude(status=Order.Status.CANCELLED).order_by("-starts_on", "-pk"))
    certificates = {
        certificate.order_id: certificate
        for certificate in Certificate.objects.visible_to(viewer).filter(order__person__in=people)
    }
    return [
        Health(
            person,
            results[person.pk],
            doses[person.pk],
            [(order, certificates.get(order.pk)) for order in by_person[person.pk]],
        )
        for person in people
    ]


def _by_person(rows: Any) -> defaultdict[int, list[Any]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.person_id].append(row)
    return groups
