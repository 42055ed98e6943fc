"""The families of a sheet, matched with registrations, persons and what was recorded already. It writes nothing.

Everything is asked of the database for all rows at once. The rows keep what was found among their values:
`person`, `already` (the arrival that stands), and of a family's first row `registration` and `family_home`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from citizens import codes
from citizens.matching import birth_compatible, fold, same_name
from citizens.models import Person
from portal.places.gazetteer import Gazetteer
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.formats import vn_datetime
from repatriation.importing.families import ListLine, settle_home
from repatriation.models import Arrival, Campaign, Member, Registration
from repatriation.on_paper.reading import came_of
from repatriation.registration.people import Home, IdentityTaken, match

Families = dict[int, list[ListLine]]
NEAR = dt.timedelta(hours=36)  # two arrivals of one name, year and home within it are asked about


@dataclass
class KnownPeople:
    """What the database knows of the people of a sheet."""

    registrations: dict[str, Registration] = field(default_factory=dict)  # by code
    persons: list[Person] = field(default_factory=list)
    living: dict[int, Registration] = field(default_factory=dict)  # live registration by person
    arrivals: dict[int, list[Arrival]] = field(default_factory=dict)  # those that stand, by person
    alike: dict[tuple[str, int, int], list[Arrival]] = field(default_factory=dict)  # by name, year, home


def match_families(families: Families, campaign: Campaign, checkpoint: Place) -> None:
    """Add what is known, and the faults that only the database can tell, to the rows."""
    for family in families.values():
        _one_code(family)
        _one_moment(family)
    known = _ask(families, campaign, checkpoint)
    gazetteer, facilities = Gazetteer.load(), _facilities(families)
    for family in families.values():
        registration = _registration(family, known)
        home = registration.home_commune_id if registration is not None else None
        settle_home(family, gazetteer, default=home)
        _facility(family, facilities)
        if all(_is_read(line) for line in family):
            _people(family, registration, known, campaign)
    _same_person_twice(families)


def _is_read(line: ListLine) -> bool:
    return "full_name" in line.values and "birth" in line.values


def _one_code(family: list[ListLine]) -> None:
    with_code = [line for line in family if line.values.get("code")]
    for line in with_code[1:]:
        if fold(line.values["code"]) != fold(with_code[0].values["code"]):
            line.wrong("code", "codes_differ", row=with_code[0].number)


def _one_moment(family: list[ListLine]) -> None:
    """Take the moment of the first row that has one: a family passes a checkpoint in one form."""
    moments = [(line, came) for line in family if (came := came_of(line.values))]
    for line, came in moments[1:]:
        if came != moments[0][1]:
            line.odd("came_at", "came_differs")
    if moments:
        family[0].values["family_came"] = moments[0][1].isoformat()


def _meant(line: ListLine) -> set[str]:
    return codes.meant(line.values.get("code", ""), settings.PORTAL_CODE_PREFIX)


def _ask(families: Families, campaign: Campaign, checkpoint: Place) -> KnownPeople:
    """Ask the database about all rows; six queries."""
    lines = [line for family in families.values() for line in family]
    wanted = {code for line in lines for code in _meant(line)}
    rows = Registration.objects.filter(code__in=wanted).exclude(status=Registration.Status.DRAFT)
    registrations = {row.code: row for row in _with_people(rows)}
    numbers = {line.values["identity"] for line in lines if line.values.get("identity")}
    phones = {phone for family in families.values() if (phone := phone_of(family))}
    names = {fold(line.values["full_name"]) for line in lines if _is_read(line)}
    persons = list(
        Person.objects.filter(
            Q(identity_number__in=numbers)
            | Q(old_identity_number__in=numbers)
            | Q(phone__in=phones, search_name__in=names)
        )
    )
    live = Member.objects.filter(campaign=campaign, live=True, person__in=[person.pk for person in persons])
    living = dict(live.values_list("person_id", "registration_id"))
    of_people = {row.pk: row for row in _with_people(Registration.objects.filter(pk__in=living.values()))}
    known = KnownPeople(registrations, persons, {person: of_people[row] for person, row in living.items()})
    people = {person.pk for person in persons}
    for row in [*registrations.values(), *of_people.values()]:
        people |= {member.person_id for member in row.members.all()}
    _ask_arrivals(known, people, lines, campaign, checkpoint)
    return known


def _with_people(rows: Any) -> Iterable[Registration]:
    found: Iterable[Registration] = rows.select_related("home_commune").prefetch_related("members__person")
    return found


def _ask_arrivals(
    known: KnownPeople, people: set[int], lines: Sequence[ListLine], campaign: Campaign, checkpoint: Place
) -> None:
    """Find what stands already: of the people who are known, and of their like at this checkpoint."""
    since = timezone.make_aware(dt.datetime.combine(campaign.starts_on, dt.time.min)) - dt.timedelta(days=2)
    names = {fold(line.values["full_name"]) for line in lines if _is_read(line)}
    like = Q(checkpoint=checkpoint, person__search_name__in=names)
    rows = Arrival.objects.standing().filter(Q(person__in=people) | like, at__gte=since)
    by_person: dict[int, list[Arrival]] = defaultdict(list)
    alike: dict[tuple[str, int, int], list[Arrival]] = defaultdict(list)
    for row in rows.select_related("person", "checkpoint", "destination", "entered_by").order_by("at", "pk"):
        by_person[row.person_id].append(row)
        if row.checkpoint_id == checkpoint.pk:
            alike[fold(row.person.full_name), row.person.birth_year, row.destination_id].append(row)
    known.arrivals, known.alike = by_person, alike


def _registration(family: list[ListLine], known: KnownPeople) -> Registration | None:
    """Return the registration that the family's code names."""
    line = next((line for line in family if line.values.get("code")), None)
    if line is None:
        return None
    found = [known.registrations[code] for code in _meant(line) if code in known.registrations]
    if len(found) != 1:
        line.wrong("code", "code_unknown", value=line.values["code"][:40])
        return None
    return found[0]


def _people(
    family: list[ListLine], registration: Registration | None, known: KnownPeople, campaign: Campaign
) -> None:
    head = family[0]
    persons: Mapping[str, Person]
    if registration is None and not any(fault.column == "code" for line in family for fault in line.errors):
        persons = _strangers(family, known)
        registration = _registration_of_strangers(family, persons, known)
    if registration is not None:
        head.values["registration"] = registration.pk
        if not head.values.get("family_home"):
            head.values["family_home"] = registration.home_commune_id
        head.errors = [fault for fault in head.errors if (fault.column, fault.code) != ("home", "missing")]
        persons = _members(family, registration)
    for line in family:
        person = persons.get(str(line.number)) if not line.errors else None
        if person is not None and person.pk:
            line.values["person"] = person.pk
            _stands_already(line, head, registration, known)
        elif person is not None:
            _alike(line, head, known)


def _members(family: list[ListLine], registration: Registration) -> dict[str, Person]:
    """Return the member of the registration whom each row names: by number, else by name and birth."""
    free = [member.person for member in registration.members.all()]
    found: dict[str, Person] = {}
    for line in sorted(family, key=lambda line: not line.values.get("identity")):
        number = line.values.get("identity", "")
        person = next(
            (one for one in free if number and number in {one.identity_number, one.old_identity_number}), None
        ) or next((one for one in free if _is_one(one, line)), None)
        if person is None:
            line.wrong("full_name", "not_member", code=registration.code)
            continue
        free.remove(person)
        found[str(line.number)] = person
    return found


def _is_one(person: Person, line: ListLine) -> bool:
    born = line.entry.born
    return same_name(person.full_name, line.values["full_name"]) and birth_compatible(
        person.birth_date or person.birth_year, born.date or born.year
    )


def _strangers(family: list[ListLine], known: KnownPeople) -> Mapping[str, Person]:
    """Return the known person of each row without a code, or a new one that is not stored."""
    entries = [line.entry for line in family]
    home = Home(Place(), "", phone_of(family))
    try:
        return match(entries, list(known.persons), home, by_citizen=False)
    except IdentityTaken as taken:
        line = next(line for line in family if str(line.number) == taken.entry.key)
        line.wrong("identity", "identity_taken")
        return {}


def _registration_of_strangers(
    family: list[ListLine], persons: Mapping[str, Person], known: KnownPeople
) -> Registration | None:
    """Return the live registration in which somebody of a family without a code stands; one family has one."""
    first: tuple[ListLine, Registration] | None = None
    for line in family:
        person = persons.get(str(line.number))
        row = known.living.get(person.pk) if person is not None and person.pk else None
        if row is None:
            continue
        if first is not None and row.pk != first[1].pk:
            line.wrong("full_name", "two_families", code=row.code, row=first[0].number)
        first = first or (line, row)
    return first[1] if first is not None else None


def _stands_already(
    line: ListLine, head: ListLine, registration: Registration | None, known: KnownPeople
) -> None:
    """Note the arrival that stands for this person, and in what the sheet differs from it."""
    rows = known.arrivals.get(line.values["person"], [])
    if registration is not None:
        rows = [row for row in rows if row.registration_id == registration.pk]
    else:
        rows = [row for row in rows if _is_near(row, head)]
    if not rows:
        return
    row = rows[-1]
    line.values["already"] = row.pk
    line.odd("", "already", **_said(row))
    for key, recorded, typed in _differences(row, line, head):
        line.odd(key, "differs", recorded=recorded or "–", typed=typed)


def _is_near(row: Arrival, head: ListLine) -> bool:
    came = head.values.get("family_came")
    if not came:
        return False
    return abs((row.entered_at or row.at) - dt.datetime.fromisoformat(came)) <= NEAR


def _said(row: Arrival) -> dict[str, str]:
    return {
        "officer": row.entered_by.full_name,
        "time": vn_datetime(row.at),
        "place": row.checkpoint.name,
    }


def _differences(row: Arrival, line: ListLine, head: ListLine) -> Iterable[tuple[str, str, str]]:
    """Yield column, what was recorded and what the sheet says, where the sheet says something else."""
    values = line.values
    if (typed := values.get("temperature")) and typed != str(row.temperature):
        yield "temperature", str(row.temperature or ""), typed
    if "symptoms" in values and set(values["symptoms"]) != set(row.symptoms):
        yield "symptoms", ", ".join(row.symptoms), ", ".join(values["symptoms"]) or "–"
    if (typed := values.get("test")) and typed != row.rapid_test:
        yield "test", row.get_rapid_test_display(), str(Arrival.RapidTest(typed).label)
    if (typed := values.get("decision")) and typed != row.decision:
        yield "decision", row.get_decision_display(), str(Arrival.Decision(typed).label)
    if (typed := values.get("needs")) and typed != row.needs:
        yield "needs", row.needs, typed
    if values.get("home") and head.values.get("family_home") not in {None, row.destination_id}:
        yield "home", row.destination.name, values["home"][:60]


def _alike(line: ListLine, head: ListLine, known: KnownPeople) -> None:
    """Ask about somebody who is not known by number or phone, but whose like passed this checkpoint just then.

    A sheet that is sent twice is recognised so: the same name, birth and home, at the same moment, is the same.
    """
    born = line.entry.born
    home = head.values.get("family_home", 0)
    for row in known.alike.get((fold(line.values["full_name"]), born.year, home), []):
        if not _is_near(row, head):
            continue
        if row.entered_at is not None and row.entered_at == dt.datetime.fromisoformat(
            head.values["family_came"]
        ):
            line.values |= {"person": row.person_id, "already": row.pk}
            line.odd("", "already", **_said(row))
            for key, recorded, typed in _differences(row, line, head):
                line.odd(key, "differs", recorded=recorded or "–", typed=typed)
        else:
            line.odd("full_name", "maybe_already", time=vn_datetime(row.entered_at or row.at))
        return


def phone_of(family: Sequence[ListLine]) -> str:
    return next((str(line.values["phone"]) for line in family if line.values.get("phone")), "")


def _same_person_twice(families: Families) -> None:
    """Refuse the later rows of a person or of a number; they name the row that counts."""
    rows: dict[Any, int] = {}
    for family in families.values():
        for line in family:
            if line.errors:
                continue
            marks = [("person", line.values.get("person")), ("number", line.values.get("identity"))]
            if not any(value for _name, value in marks) and _is_read(line):
                name, came = fold(line.values["full_name"]), family[0].values.get("family_came")
                marks = [("name", (name, line.values["birth"], phone_of(family), came))]
            marks = [mark for mark in marks if mark[1]]
            first = next((rows[mark] for mark in marks if mark in rows), None)
            if first is not None:
                line.wrong("full_name", "person_twice", row=first)
            for mark in marks:
                rows.setdefault(mark, line.number)


def _facilities(families: Families) -> dict[str, int]:
    """Return the province's facilities by folded name, if a row names one."""
    if not any(line.values.get("facility") for family in families.values() for line in family):
        return {}
    rows = Place.objects.active().filter(kind=Place.Kind.FACILITY, path__startswith=home_path())
    return {fold(name): pk for pk, name in rows.values_list("pk", "name")}


def _facility(family: Iterable[ListLine], facilities: Mapping[str, int]) -> None:
    for line in family:
        name = line.values.get("facility", "")
        if not name:
            continue
        if fold(name) in facilities:
            line.values["facility_place"] = facilities[fold(name)]
        elif not any(fault.column == "facility" for fault in line.errors):
            line.wrong("facility", "facility_unknown", value=name[:60])
