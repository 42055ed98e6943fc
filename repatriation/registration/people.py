"""Matching of the people of a form with the persons of the portal.

An entry with a number is matched by the number. Where no officer compared the papers, as in a citizen's form or
a caller's, name and birth must both agree, so that nobody can use a number that they merely know. Where an
officer has the papers, name or birth is enough. An entry without a number is matched by name, birth and the
family's phone. A known name or birth is never overwritten by a form: the difference is logged for the commune to
settle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from citizens.identity import NumberKind, classify
from citizens.matching import birth_compatible, fold, same_name, same_written_name, words_swapped
from citizens.models import Household, Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor, as_actor
from portal.records.log import event_for, save_events
from portal.records.models import Event
from portal.records.refusals import Refused, broken_constraint
from repatriation.registration.drafts import PersonEntry

_KINDS = {NumberKind.CCCD, NumberKind.CMND, NumberKind.PASSPORT}


class IdentityTaken(Refused):
    """The number belongs to a person of another name or birth. `entry` is the entry that has it."""

    def __init__(self, entry: PersonEntry) -> None:
        super().__init__(entry.key)
        self.entry = entry

    def __str__(self) -> str:
        return _(
            "Số giấy tờ của %(name)s đã được khai với họ tên và ngày sinh khác. Vui lòng xem lại số. "
            "Nếu số đúng, hãy để trống ô này, cán bộ chốt sẽ đối chiếu giấy tờ."
        ) % {"name": self.entry.full_name}


class NumberDisagrees(IdentityTaken):
    """The same for a citizen, in a sentence that gives no name and does not say what disagrees."""

    def __str__(self) -> str:
        return _(
            "Số giấy tờ này không khớp với hồ sơ đã có. Vui lòng kiểm tra họ tên, ngày sinh và số giấy tờ, "
            "hoặc để trống số và gọi %(hotline)s."
        ) % {"hotline": settings.PORTAL_HOTLINE}

    def to_officer(self) -> str:
        return _(
            "Số giấy tờ này không khớp với hồ sơ đã có. Vui lòng hỏi lại họ tên, ngày sinh và số. Vẫn không khớp "
            "thì bỏ trống số, chọn “Không có giấy tờ”: cán bộ chốt sẽ đối chiếu."
        )


@dataclass(frozen=True)
class Home:
    """The family's home, and the phone that it has proved."""

    commune: Place
    address: str
    phone: str


def settle_people(
    entries: Iterable[PersonEntry],
    home: Home,
    *,
    by: User | Actor,
    papers_seen: bool | None = None,
    standing: Mapping[str, Person] = MappingProxyType({}),
) -> list[Person]:
    """Return a person for each entry, in the same order, matched or created, all in one household.

    `standing` maps keys of entries to persons that the caller has matched and locked; no other entry is matched
    with them. `papers_seen`: whether an officer compared the papers; by default true for officers.

    All are looked up in one query and written together, within the caller's transaction. Raises `IdentityTaken`,
    or `NumberDisagrees` where nobody compared the papers; then nothing was written. Rows are locked by their ids
    and new numbers are inserted in order, so that two families that name the same people cannot deadlock.
    """
    entries = list(entries)
    by_citizen = as_actor(by).kind == "citizen" if papers_seen is None else not papers_seen
    for _try in range(3):  # another transaction may insert the same number between the query and the insert
        matches = {**standing, **_find(entries, home, standing, by_citizen)}
        try:
            with transaction.atomic():
                return _write(entries, matches, home, by)
        except IntegrityError as error:
            if broken_constraint(error) != "person_identity_number_unique":
                raise
    taken = next(entry for entry in entries if entry.identity)
    raise NumberDisagrees(taken) if by_citizen else IdentityTaken(taken)


def _find(
    entries: list[PersonEntry], home: Home, standing: Mapping[str, Person], by_citizen: bool
) -> dict[str, Person]:
    unmatched = [entry for entry in entries if entry.key not in standing]
    taken = {person.pk for person in standing.values()}
    return match(unmatched, known_people(unmatched, home), home, by_citizen=by_citizen, taken=taken)


def known_people(entries: Iterable[PersonEntry], home: Home, *, also: Collection[int] = ()) -> list[Person]:
    """Lock and return every person that may match an entry: by number, or without one by the proved phone.

    `also` are ids of other persons to lock in the same order.
    """
    wanted, names, numbers = Q(), set(), set()
    for entry in entries:
        if entry.identity:
            numbers |= {entry.identity, entry.old_identity} - {""}
        else:
            names.add(fold(entry.full_name))
    if numbers:
        wanted |= Q(identity_number__in=numbers) | Q(old_identity_number__in=numbers)
    if names and home.phone:  # name and birth alone do not identify a person
        wanted |= Q(phone=home.phone, search_name__in=names)
    if also:
        wanted |= Q(pk__in=also)
    if not wanted:
        return []
    rows = Person.objects.select_for_update(of=("self",)).select_related("household")
    return list(rows.filter(wanted).order_by("pk"))


def match(
    entries: Iterable[PersonEntry],
    known: list[Person],
    home: Home,
    *,
    by_citizen: bool,
    taken: Collection[int] = (),
) -> dict[str, Person]:
    """Return the person of each entry by its key: one of `known`, or a new one that is not stored yet.

    An entry without a number is not matched with persons whose ids are in `taken`, which belong to other entries.
    """
    matches: dict[str, Person] = {}
    entries = list(entries)
    numberless = [entry for entry in entries if not entry.identity]
    for entry in sorted(entries, key=lambda entry: (entry.identity, entry.key)):
        if entry.identity:
            person = by_number(entry, known, by_citizen)
        else:
            others = [id(row) for row in matches.values()]
            free = [row for row in known if id(row) not in others and row.pk not in taken]
            rivals = [one for one in numberless if one is not entry]
            person = _by_name(entry, home, free, rivals)
        if person is None:
            person = new_person(entry, home)
            known = [*known, person]
        matches[entry.key] = person
    return matches


def by_number(entry: PersonEntry, known: list[Person], by_citizen: bool) -> Person | None:
    """Return the person with the entry's number. Raises `NumberDisagrees` or `IdentityTaken` where names or births differ."""
    numbers = {entry.identity, entry.old_identity} - {""}
    rows = [row for row in known if {row.identity_number, row.old_identity_number} & numbers]
    # A match by the current number counts more than one by the number that it replaced.
    person = min(rows, key=lambda row: row.identity_number != entry.identity, default=None)
    if person is None:
        return None
    agreeing = [same_name(person.full_name, entry.full_name), _same_birth(person, entry)]
    if by_citizen and not all(agreeing):
        raise NumberDisagrees(entry)
    if any(agreeing):
        return person
    if person.identity_number == entry.identity:
        raise IdentityTaken(entry)
    return None  # matched by the old number only, and neither name nor birth agrees: another person


def _by_name(
    entry: PersonEntry, home: Home, known: Collection[Person], rivals: Iterable[PersonEntry]
) -> Person | None:
    """Return the one person of the family's phone who is this one: with the name as it is written, else, where
    marks are left out on one side, if nobody else can be meant. Two who may be one stay two."""
    rows = [row for row in known if home.phone and row.phone == home.phone and _may_be(entry, row)]
    written = [row for row in rows if same_written_name(row.full_name, entry.full_name)]
    rivals = [rival for rival in rivals if any(_may_be(rival, row) for row in rows)]
    if written:  # as many as are typed now: which of them is which makes no difference
        return written[0] if len(written) <= 1 + len(rivals) else None
    return rows[0] if len(rows) == 1 and not rivals else None


def _may_be(entry: PersonEntry, row: Person) -> bool:
    sexes_agree = not row.sex or not entry.sex or row.sex == entry.sex
    names_agree = same_name(row.full_name, entry.full_name) and not words_swapped(
        row.full_name, entry.full_name
    )
    return sexes_agree and names_agree and _same_birth(row, entry)


def _same_birth(person: Person, entry: PersonEntry) -> bool:
    known, stated = person.birth_date or person.birth_year, entry.born.date or entry.born.year
    return birth_compatible(known, stated)


def new_person(entry: PersonEntry, home: Home) -> Person:
    """Return a new person for the entry, not stored."""
    born = entry.born
    person = Person(
        full_name=entry.full_name,
        sex=entry.sex,
        birth_date=born.date,
        birth_year=born.year,
        identity_kind=_kind(entry.identity),
        identity_number=entry.identity or None,
        old_identity_number=entry.old_identity if classify(entry.old_identity) == NumberKind.CMND else "",
        phone=home.phone,
        home_commune=home.commune,
        address=home.address,
    )
    person.prepare()
    return person


def _write(
    entries: list[PersonEntry], matches: dict[str, Person], home: Home, by: User | Actor
) -> list[Person]:
    """Store new persons, complete known ones, and put all into one household."""
    people = [matches[entry.key] for entry in entries]
    known = [entry for entry in entries if matches[entry.key].pk is not None]
    # The household first, so that new persons are written once, in the order of `match`, which sorts by number.
    _live_together(people, home)
    new = list({id(person): person for person in matches.values() if person.pk is None}.values())
    Person.objects.bulk_create(new)
    events = [event_for(person, "created", by=by) for person in new]
    for entry in known:
        events += _complete(matches[entry.key], entry, home, by)
    save_events(events)
    return people


def _kind(number: str) -> str:
    kind = classify(number) if number else None
    return str(kind) if kind in _KINDS else ""


def _complete(person: Person, entry: PersonEntry, home: Home, by: User | Actor) -> list[Event]:
    """Fill in unknown fields, and change the home of a person who has not arrived; return the events."""
    events = []
    changes, told_otherwise = completion(person, entry, home)
    if changes:
        for name, value in changes.items():
            setattr(person, name, value)
        person.save(update_fields=list(changes))
        events.append(event_for(person, "updated", by=by, data={"fields": sorted(changes)}))
    if told_otherwise:
        events.append(event_for(person, "told_otherwise", by=by, data=told_otherwise))
    return events


def completion(person: Person, entry: PersonEntry, home: Home) -> tuple[dict[str, object], dict[str, str]]:
    """Return the fields that a form adds to a known person, and those that it states otherwise. Changes nothing."""
    changes: dict[str, object] = {}
    if not person.sex and entry.sex:
        changes["sex"] = entry.sex
    if person.birth_date is None and entry.born.date and entry.born.year == person.birth_year:
        changes["birth_date"] = entry.born.date
    if entry.identity and person.identity_number != entry.identity and _replaces(person, entry):
        changes |= {"identity_number": entry.identity, "identity_kind": _kind(entry.identity)}
        if person.identity_number:
            changes["old_identity_number"] = person.identity_number
    if person.arrived_at is None:
        if person.home_commune_id != home.commune.pk:
            changes["home_commune"] = home.commune
        if home.address and person.address != home.address:
            changes["address"] = home.address
        if not person.phone:
            changes["phone"] = home.phone
    told_otherwise = {}
    if not same_name(person.full_name, entry.full_name):
        told_otherwise["full_name"] = entry.full_name
    if not _same_birth(person, entry):
        told_otherwise["birth"] = entry.birth
    return changes, told_otherwise


def _replaces(person: Person, entry: PersonEntry) -> bool:
    """Return whether the entry's number fills an empty one, or replaces the CMND that its card names."""
    known = person.identity_number
    return not known or (known == entry.old_identity and classify(known) == NumberKind.CMND)


def _live_together(people: list[Person], home: Home) -> None:
    """Put all who have not arrived into one household: the head's if in the same commune, else a new one."""
    staying = [person for person in people if person.arrived_at is None]
    if not staying:
        return
    household = people[0].household
    if household is None or household.home_commune_id != home.commune.pk:
        household = Household.objects.create(home_commune=home.commune, address=home.address)
    moving = [person for person in staying if person.household_id != household.pk]
    for person in moving:
        person.household = household
    if known := [person.pk for person in moving if person.pk is not None]:
        Person.objects.filter(pk__in=known).update(household=household)
