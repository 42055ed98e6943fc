"""What changes a person's record. Each change is logged with what it was before."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from citizens.identity import classify
from citizens.models import Person
from portal.accounts.models import User
from portal.records.actors import Actor
from portal.records.log import record

EDITABLE = ("full_name", "sex", "birth_date", "birth_year", "identity_number", "phone", "address")


@transaction.atomic
def update_person(person: Person, *, by: User | Actor, **changes: Any) -> Person:
    """Save the named fields that differ. Raises IntegrityError when another person has the number."""
    row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = {name: getattr(row, name) for name in changes if name in EDITABLE}
    changed = [name for name, old in before.items() if (old or None) != (changes[name] or None)]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, changes[name])
    if "identity_number" in changed:
        row.identity_kind = str(classify(row.identity_number)) if row.identity_number else ""
        changed.append("identity_kind")
    if "birth_date" in changed:
        changed.append("birth_year")
    row.save(update_fields=changed)
    # The log says which fields changed; it keeps no full number of anybody.
    record(row, "updated", by=by, data={"fields": sorted(set(changed))})
    return row
