"""The match of a list's rows with known persons: all numbers, phones and names in a few queries.

The rules are those of `registration.people`: a number finds its person, and as nobody has seen the papers,
name and birth must both agree with it; somebody without a number is found by name, birth and the family's
phone. A name counts with its marks: Thiên Ân and Thiện Ân are two, and of Thien An nobody knows, so that a
remark asks.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable

from django.db import connection
from django.db.models import Q

from citizens.identity import normalise
from citizens.matching import (
    birth_compatible,
    fold_keep_marks,
    identity_compatible,
    name_tokens_key,
    same_name,
    sort_key,
)
from citizens.models import Person
from citizens.phones import mask
from repatriation.importing.families import ListLine
from repatriation.models import Campaign, Member


def match(
    families: dict[int, list[ListLine]], campaign: Campaign, *, lock: bool = False
) -> dict[int, Person]:
    """Return the known persons by the number of their row; an objection to a row is added to its errors.

    With `lock` the persons are locked until the transaction ends, in one order.
    """
    lines = [line for family in families.values() for line in family if _is_read(line)]
    phones = {
        line.number: family[0].values.get("family_phone", "")
        for family in families.values()
        for line in family
    }
    by_number, by_phone = _fetch(lines, phones, lock)
    known: dict[int, Person] = {}
    for line in lines:
        person = _person_of(line, phones[line.number], by_number, by_phone)
        if person is not None:
            known[line.number] = person
    _refuse_repeated(lines, phones, known)
    _refuse_registered(lines, known, campaign)
    return known


def _is_read(line: ListLine) -> bool:
    return "full_name" in line.values and "birth" in line.values


def _fetch(
    lines: Iterable[ListLine], phones: dict[int, str], lock: bool
) -> tuple[dict[str, list[Person]], dict[str, list[Person]]]:
    numbers = {line.values["identity"] for line in lines if line.values.get("identity")}
    wanted = {phone for phone in phones.values() if phone}
    rows = Person.objects.order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    by_number: dict[str, list[Person]] = defaultdict(list)
    by_phone: dict[str, list[Person]] = defaultdict(list)
    if numbers:
        either = Q(identity_number__in=numbers) | Q(old_identity_number__in=numbers)
        for person in rows.filter(either).select_related("household"):
            for number in {person.identity_number, person.old_identity_number} & numbers:
                by_number[number].append(person)
    if wanted:
        for person in rows.filter(phone__in=wanted).select_related("household"):
            by_phone[person.phone].append(person)
    return by_number, by_phone


def _person_of(
    line: ListLine, phone: str, by_number: dict[str, list[Person]], by_phone: dict[str, list[Person]]
) -> Person | None:
    entry = line.entry
    same = [person for person in by_phone.get(phone, ()) if _same(person, line)]
    if not same and any(_may_be_same(person, line) for person in by_phone.get(phone, ())):
        line.odd("full_name", "maybe_same")
    if not entry.identity:
        return same[0] if same else None
    rows = by_number.get(entry.identity, ())
    known = min(rows, key=lambda row: (row.identity_number != entry.identity, row.pk), default=None)
    if known is None:
        # The same person without a number, or with the CMND that this card replaced, is not made twice.
        return next((person for person in same if _may_take(person, entry.identity)), None)
    if same_name(known.full_name, entry.full_name) and _same_birth(known, line):
        line.odd("full_name", "known")
        return known
    if known.identity_number == entry.identity:
        line.wrong("identity", "identity_taken")
    return None


def _same(person: Person, line: ListLine) -> bool:
    sexes = {person.sex, line.values.get("sex", "")} - {""}
    return (
        len(sexes) < 2
        and _same_birth(person, line)
        and _marked(person.full_name) == _marked(line.values["full_name"])
    )


def _marked(name: str) -> list[str]:
    """Return what makes two names one: their words with marks, in any order."""
    return sorted(fold_keep_marks(name).split())


def _may_be_same(person: Person, line: ListLine) -> bool:
    """Tell whether only marks, or their lack, stand between two names: that decides nothing."""
    return (
        name_tokens_key(person.full_name) == name_tokens_key(line.values["full_name"])
        and _same_birth(person, line)
        and identity_compatible(person.identity_number or "", line.values.get("identity", ""))
    )


def _same_birth(person: Person, line: ListLine) -> bool:
    born = line.entry.born
    return birth_compatible(person.birth_date or person.birth_year, born.date or born.year)


def _may_take(person: Person, number: str) -> bool:
    return not person.identity_number or len(person.identity_number) == 9 != len(number)


def _refuse_repeated(lines: list[ListLine], phones: dict[int, str], known: dict[int, Person]) -> None:
    """Add an error to the later rows of a person; it names the first row, which counts.

    Rows are of one person where the number is, or the name with its marks, birth, phone and family, and nothing
    speaks against it. Where names differ by marks alone, or families do, a remark asks.
    """
    numbers: dict[str, int] = {}
    persons: dict[int, int] = {}
    alike: dict[tuple[str, str], list[ListLine]] = defaultdict(list)
    same_day: dict[tuple[str, str], list[ListLine]] = defaultdict(list)  # under whatever phone
    for line in lines:
        values = line.values
        number, person = normalise(values.get("identity", "")), known.get(line.number)
        name, birth = name_tokens_key(values["full_name"]), values["birth"]
        others = alike[name, phones[line.number]]
        same = next((other for other in others if _is_one(other, line)), None)
        if number and number in numbers:
            line.wrong("identity", "identity_twice", row=numbers[number])
        elif same is not None:
            line.wrong("full_name", "person_twice", row=same.number)
        elif person is not None and person.pk in persons:
            line.wrong("full_name", "person_twice", row=persons[person.pk])
        else:
            near = (other for other in (*others, *same_day[name, birth]) if _may_be_one(other, line))
            if doubtful := next(near, None):
                line.odd("full_name", "maybe_twice", row=doubtful.number)
            others.append(line)
            if len(birth) > 4:  # many have a name and a year in common
                same_day[name, birth].append(line)
            if number:
                numbers[number] = line.number
            if person is not None:
                persons[person.pk] = line.number


def _is_one(first: ListLine, second: ListLine) -> bool:
    """Tell whether two rows of one folded name and phone are one person's."""
    return (
        first.family == second.family
        and first.values["birth"] == second.values["birth"]
        and _may_be_one(first, second)
        and _marked(first.values["full_name"]) == _marked(second.values["full_name"])
    )


def _may_be_one(first: ListLine, second: ListLine) -> bool:
    sexes = {first.values.get("sex", ""), second.values.get("sex", "")} - {""}
    born = [entry.born.date or entry.born.year for entry in (first.entry, second.entry)]
    return (
        len(sexes) < 2
        and (birth_compatible(*born) or _are_swapped(*born))
        and identity_compatible(first.values.get("identity", ""), second.values.get("identity", ""))
    )


def _are_swapped(first: dt.date | int, second: dt.date | int) -> bool:
    """Tell whether two days are one with day and month in each other's place."""
    if not isinstance(first, dt.date) or not isinstance(second, dt.date):
        return False
    return (first.year, first.month, first.day) == (second.year, second.day, second.month)


def _refuse_registered(lines: list[ListLine], known: dict[int, Person], campaign: Campaign) -> None:
    people = {person.pk for person in known.values()}
    if not people:
        return
    live = Member.objects.filter(campaign=campaign, person__in=people, live=True)
    phones = dict(live.values_list("person_id", "registration__phone"))
    for line in lines:
        person = known.get(line.number)
        if person is not None and person.pk in phones:
            # As a form says it: not whose registration it is, nor its code.
            line.wrong("full_name", "registered", phone=mask(phones[person.pk]))


_ALIKE = """
SELECT DISTINCT line.number
FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::int[]) AS line (number, commune, name, year)
JOIN citizens_person AS person ON person.home_commune_id = line.commune AND person.sort_key = line.name
WHERE person.birth_year = line.year
"""


def remark_alike(families: dict[int, list[ListLine]], known: Container[int]) -> None:
    """Add a remark to each row that may be a known person, for the sender to look at.

    Commune, name and year of birth are the same, but nothing proves that it is the same person. `known` are
    the rows whose person is known.
    """
    lines = [line for family in families.values() for line in family if _is_read(line)]
    candidates = [
        (line.number, home, sort_key(line.values["full_name"]), line.entry.born.year)
        for line in lines
        if line.number not in known and (home := families[line.family][0].values.get("family_home"))
    ]
    if not candidates:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [list(column) for column in zip(*candidates, strict=True)])
        alike = {row[0] for row in cursor.fetchall()}
    for line in lines:
        if line.number in alike and not any(fault.code == "maybe_same" for fault in line.remarks):
            line.odd("full_name", "maybe_same")
