"""Differences between two states of a registration's answers. Pure functions over `Draft`."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from repatriation.registration.drafts import Draft, PersonEntry

_PHONE = {"phone", "phone_confirmed"}  # changed by a phone correction only
_OF_PAGES = {"people_told", "travel_told"}  # of the form, not of the family
ANSWERS = tuple(field.name for field in fields(Draft) if field.name not in {"people", *_PHONE, *_OF_PAGES})
WHO = {"full_name", "birth", "sex", "identity", "old_identity"}  # of the person's own record
_OF_FORM = {"key", "health_told", "no_identity"}  # of the form, not of the person
SEATED_STAY = {"origin", "home"}  # where a vehicle takes a family up, and where it brings it


@dataclass(frozen=True)
class Corrected:
    """One member before and after. `fields` are the names of the fields that differ."""

    before: PersonEntry
    after: PersonEntry
    fields: frozenset[str]

    @property
    def health_differs(self) -> bool:
        return bool(self.fields - WHO)

    @property
    def record_fields(self) -> frozenset[str]:
        """Return the fields that differ and belong to the person's own record."""
        return self.fields & WHO


@dataclass(frozen=True)
class Difference:
    """The difference. `answers` are names of fields of `Draft`; people are compared by their keys."""

    answers: frozenset[str]
    added: tuple[PersonEntry, ...]
    removed: tuple[PersonEntry, ...]
    corrected: tuple[Corrected, ...]
    other_head: bool

    def __bool__(self) -> bool:
        return bool(self.answers or self.added or self.removed or self.corrected or self.other_head)

    @property
    def touches_seats(self) -> bool:
        """Return whether seats that the family has would no longer fit it."""
        return bool(self.added or self.removed or self.answers & SEATED_STAY)


def difference(before: Draft, after: Draft) -> Difference:
    common = [(person, now) for person in before.people if (now := after.person(person.key)) is not None]
    corrected = [Corrected(old, new, _fields_that_differ(old, new)) for old, new in common]
    return Difference(
        answers=frozenset(name for name in ANSWERS if _answer(before, name) != _answer(after, name)),
        added=tuple(person for person in after.people if before.person(person.key) is None),
        removed=tuple(person for person in before.people if after.person(person.key) is None),
        corrected=tuple(one for one in corrected if one.fields),
        other_head=[one.key for one in before.people[:1]] != [one.key for one in after.people[:1]],
    )


def _answer(draft: Draft, name: str) -> object:
    value = getattr(draft, name)
    return frozenset(value) if isinstance(value, tuple) else value


def _fields_that_differ(before: PersonEntry, after: PersonEntry) -> frozenset[str]:
    names = {field.name for field in fields(PersonEntry)} - _OF_FORM
    return frozenset(name for name in names if getattr(before, name) != getattr(after, name))


def rebased(base: Draft, draft: Draft, now: Draft) -> Draft:
    """Apply the changes from `base` to `draft` on top of `now`; answers that the family left alone follow `now`."""
    changed = difference(base, draft)
    answers = {name: getattr(draft if name in changed.answers else now, name) for name in ANSWERS}
    touched = {one.after.key: one.after for one in changed.corrected}
    gone = {person.key for person in changed.removed}
    people = [touched.get(person.key, person) for person in now.people if person.key not in gone]
    known = {person.key for person in people}
    people += [person for person in changed.added if person.key not in known]
    merged = replace(now, people=tuple(people), **answers)
    return merged.with_first(draft.people[0].key) if changed.other_head and draft.people else merged
