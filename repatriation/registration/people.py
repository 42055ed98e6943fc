"""From the people of a form to the persons whom the portal knows.

A number finds its person. Where nobody saw the papers, in a citizen's form or a caller's, name and birth must
both agree with it: who merely knows a number learns nothing and takes nobody over. An officer who has the
papers at hand needs name or birth alone. Somebody without a number is found by name, birth and the family's
phone. What is known already is never overwritten by what a form says otherwise: the difference is logged for
the commune to settle.
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
from citizens.matching import birth_compatible, fold, same_name
from citizens.models import Household, Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor, as_actor
from portal.records.log import event_for
from portal.records.models import Event
from portal.records.refusals import Refused, broken_constraint
from repatriation.registration.drafts import PersonEntry

_KINDS = {NumberKind.CCCD, NumberKind.CMND, NumberKind.PASSPORT}


class IdentityTaken(Refused):
    """The number belongs to somebody of another name or another birth. `entry` is who typed it."""

    def __init__(self, entry: PersonEntry) -> None:
        super().__init__(entry.key)
        self.entry = entry

    def __str__(self) -> str:
        return _(
            "Số giấy tờ của %(name)s đã được khai với họ tên và ngày sinh khác. Vui lòng xem lại số. "
            "Nếu số đúng, hãy để trống ô này, cán bộ chốt sẽ đối chiếu giấy tờ."
        ) % {"name": self.entry.full_name}


class NumberDisagrees(IdentityTaken):
    """The same to a citizen, in a sentence that names nobody and says not what disagrees."""

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
    """Where the family lives, and the phone that it has proved."""

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
    """A person for each entry, in the same order: found or made, all in one household. `standing` names by
    the entry's key whom the caller knows and has locked; they are nobody else's.

    `papers_seen`: whether somebody compared the papers, as officers do unless it is said otherwise.

    However many they are, they are looked up once and written together, within the caller's transaction.
    Raises `IdentityTaken`, to a citizen `NumberDisagrees`; then nothing was written. Rows are locked in the
    order of their ids and new numbers are taken in their own order, so that two families that name the same
    people wait for each other instead of locking each other out.
    """
    entries = list(entries)
    by_citizen = as_actor(by).kind == "citizen" if papers_seen is None else not papers_seen
    for _try in range(3):  # somebody may add the same number between the look and the insert
        found = {**standing, **_find(entries, home, standing, by_citizen)}
        try:
            with transaction.atomic():
                return _write(entries, found, home, by)
        except IntegrityError as error:
            if broken_constraint(error) != "person_identity_number_unique":
                raise
    taken = next(entry for entry in entries if entry.identity)
    raise NumberDisagrees(taken) if by_citizen else IdentityTaken(taken)


def _find(
    entries: list[PersonEntry], home: Home, standing: Mapping[str, Person], by_citizen: bool
) -> dict[str, Person]:
    asked = [entry for entry in entries if entry.key not in standing]
    taken = {person.pk for person in standing.values()}
    return match(asked, known_people(asked, home), home, by_citizen=by_citizen, taken=taken)


def known_people(entries: Iterable[PersonEntry], home: Home, *, also: Collection[int] = ()) -> list[Person]:
    """Everybody whom one of the entries may mean, locked: by number, or without one by the proved phone.
    `also` are ids of others to be locked in the same order."""
    wanted, names, numbers = Q(), set(), set()
    for entry in entries:
        if entry.identity:
            numbers |= {entry.identity, entry.old_identity} - {""}
        else:
            names.add(fold(entry.full_name))
    if numbers:
        wanted |= Q(identity_number__in=numbers) | Q(old_identity_number__in=numbers)
    if names and home.phone:  # a name and a birth alone tell nobody apart
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
    """Whom each entry means, by its key: one of the `known`, or somebody new who is not stored yet. No name
    alone leads to one of `taken`, who are other people of the form."""
    found: dict[str, Person] = {}
    for entry in sorted(entries, key=lambda entry: (entry.identity, entry.key)):
        if entry.identity:
            person = by_number(entry, known, by_citizen)
        else:
            others = [id(row) for row in found.values()]
            free = [row for row in known if id(row) not in others and row.pk not in taken]
            person = _by_name(entry, home, free)
        if person is None:
            person = new_person(entry, home)
            known = [*known, person]
        found[entry.key] = person
    return found


def by_number(entry: PersonEntry, known: list[Person], by_citizen: bool) -> Person | None:
    """Whom a number finds. Raises `NumberDisagrees` or `IdentityTaken` where that is somebody else."""
    numbers = {entry.identity, entry.old_identity} - {""}
    rows = [row for row in known if {row.identity_number, row.old_identity_number} & numbers]
    # The number itself counts more than the one that it replaced.
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
    return None  # only the old number hits, and neither name nor birth agrees: somebody else


def _by_name(entry: PersonEntry, home: Home, known: list[Person]) -> Person | None:
    told = (home.phone, entry.born.year, fold(entry.full_name))
    return next(
        (
            row
            for row in known
            if home.phone
            and (row.phone, row.birth_year, row.search_name) == told
            and same_name(row.full_name, entry.full_name)
            and _same_birth(row, entry)
        ),
        None,
    )


def _same_birth(person: Person, entry: PersonEntry) -> bool:
    known, told = person.birth_date or person.birth_year, entry.born.date or entry.born.year
    return birth_compatible(known, told)


def new_person(entry: PersonEntry, home: Home) -> Person:
    """Somebody whom the portal does not know yet, not stored."""
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
    entries: list[PersonEntry], found: dict[str, Person], home: Home, by: User | Actor
) -> list[Person]:
    """Store who is new, complete who is known, and let them live together."""
    people = [found[entry.key] for entry in entries]
    known = [entry for entry in entries if found[entry.key].pk is not None]
    # A household first, so that who is new is written once: in the order of `match`, which sorts by number.
    _live_together(people, home)
    new = list({id(person): person for person in found.values() if person.pk is None}.values())
    Person.objects.bulk_create(new)
    events = [event_for(person, "created", by=by) for person in new]
    for entry in known:
        events += _complete(found[entry.key], entry, home, by)
    Event.objects.bulk_create(events)
    return people


def _kind(number: str) -> str:
    kind = classify(number) if number else None
    return str(kind) if kind in _KINDS else ""


def _complete(person: Person, entry: PersonEntry, home: Home, by: User | Actor) -> list[Event]:
    """Fill in what was not known, and follow a move while nobody answers for the person yet."""
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
    """What a form adds to a known person, and what it says otherwise. Changes nothing."""
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
    """A new card's number follows the CMND that its own QR code names, or fills an empty one."""
    known = person.identity_number
    return not known or (known == entry.old_identity and classify(known) == NumberKind.CMND)


def _live_together(people: list[Person], home: Home) -> None:
    """One household: the head's where it is in the same commune, else a new one. Who has arrived stays."""
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
