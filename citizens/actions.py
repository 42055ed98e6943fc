"""What changes a person's record. Each change is logged with the names of its fields."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citizens.identity import classify
from citizens.models import Person
from portal.accounts.models import User
from portal.records.actors import Actor
from portal.records.log import record


class NumberTaken(Exception):
    """Another person has this identity number; the text says what to do."""

    def __str__(self) -> str:
        return _("Số giấy tờ này đã có ở hồ sơ của người khác. Vui lòng kiểm tra lại.")


EDITABLE = ("full_name", "sex", "birth_date", "birth_year", "identity_number", "phone", "address")


@transaction.atomic
def update_person(person: Person, *, by: User | Actor, **changes: Any) -> Person:
    """Save the named fields that differ. Raises `NumberTaken` when another person has the number."""
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
    try:
        with transaction.atomic():
            row.save(update_fields=changed)
    except IntegrityError as error:
        # The form looked before; somebody else was faster.
        if Person.objects.filter(identity_number=row.identity_number or None).exclude(pk=row.pk).exists():
            raise NumberTaken from error
        raise
    # The log says which fields changed; it keeps no full number of anybody.
    record(row, "updated", by=by, data={"fields": sorted(set(changed))})
    return row
