"""List the people around somebody of whom an alert was raised, and what that means for their quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from quarantine.models import Alert, Contact

# Finds the people who travelled with a person: `finder(person_id)` returns their ids with why. The app that
# knows of journeys registers one.
Finder = Callable[[int], dict[int, str]]
_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    _finders.append(finder)


def list_contacts(alert: Alert) -> int:
    """List the household and the fellow travellers of the alert's person; return how many are new."""
    found: dict[int, str] = {}
    for finder in _finders:
        found |= finder(alert.person_id)
    household = alert.person.household_id
    if household is not None:
        people = type(alert.person).objects.filter(household=household)
        found |= dict.fromkeys(people.values_list("pk", flat=True), Contact.Why.FAMILY)
    found.pop(alert.person_id, None)
    return add_contacts([(alert, person, why) for person, why in found.items()])


def add_contacts(rows: Iterable[tuple[Alert, int, str]]) -> int:
    """List these people, each once an alert; return how many rows were given."""
    contacts = [Contact(alert=alert, person_id=person, why=why) for alert, person, why in rows]
    Contact.objects.bulk_create(contacts, ignore_conflicts=True)
    return len(contacts)
