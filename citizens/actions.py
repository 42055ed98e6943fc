"""What changes a person's record. Each change is logged with the names of its fields."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citizens.births import all_followers
from citizens.identity import classify
from citizens.models import Person
from portal.accounts.models import User
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused


class NumberTaken(Refused):
    """Another person has this identity number; the text says what to do."""

    def __str__(self) -> str:
        return _("Số giấy tờ này đã có ở hồ sơ của người khác. Vui lòng kiểm tra lại.")


class RecordChanged(Refused):
    """Somebody else has changed the record since it was read."""

    def __str__(self) -> str:
        return _(
            "Hồ sơ này vừa được người khác sửa nên chưa lưu gì. Vui lòng xem lại các ô bên dưới, rồi bấm Lưu lần nữa."
        )


EDITABLE = ("full_name", "sex", "birth_date", "birth_year", "identity_number", "phone", "address")


def state_of(person: Person) -> str:
    """Names the record as it stands; another name means that somebody has changed it."""
    text = repr([str(getattr(person, name) or "") for name in EDITABLE])
    return sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def correct_record(person: Person, *, by: User, seen: str, **changes: Any) -> list[str]:
    """What an officer puts right, and what follows from another birth, in sentences for the officer.

    `seen`: `state_of` the record that the officer has read. Raises `RecordChanged`, and `NumberTaken`.
    """
    born = Person.objects.values_list("birth_date", "birth_year").get(pk=person.pk)
    followers = all_followers() if born != (changes["birth_date"], changes["birth_year"]) else []
    held = [(follower, follower.hold(person)) for follower in followers]
    update_person(person, by=by, seen=seen, **changes)
    return [sentence for follower, what in held for sentence in follower.follow(what, by)]


@transaction.atomic
def update_person(person: Person, *, by: User | Actor, seen: str | None = None, **changes: Any) -> Person:
    """Save the named fields that differ. Raises `NumberTaken` when another person has the number, and
    `RecordChanged` when the record is no longer what was `seen`."""
    row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = {name: getattr(row, name) for name in changes if name in EDITABLE}
    changed = [name for name, old in before.items() if (old or None) != (changes[name] or None)]
    if not changed:
        return row
    if seen is not None and state_of(row) != seen:
        raise RecordChanged
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
