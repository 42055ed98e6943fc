"""The registration of a list's good families, all of them or none, in a few dozen statements.

The caller has locked the batch and opened a transaction. It waits only a short time for a lock of somebody
else, so that the list has to wait and not a family at its phone. Order of locks:
docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from citizens import codes
from citizens.links import make_links
from citizens.models import Household, Person
from portal import bulk
from portal.accounts.models import User
from portal.notifications.outbox import Note, notify_many
from portal.places.models import Place
from portal.records.log import event_for, record_changed
from portal.records.models import Event
from portal.records.refusals import broken_constraint
from repatriation.importing.checking import Progress
from repatriation.importing.families import ListLine
from repatriation.importing.matching import match
from repatriation.models import Campaign, ImportBatch, ImportRow, Member, Registration
from repatriation.queue.scoring import scoring_sql
from repatriation.registration.people import Home, completion, new_person
from repatriation.registration.refusals import lock_phone
from repatriation.registration.submitting import LINK_LIFETIME
from repatriation.screening.actions import begin_screening_many

WAIT = "800ms"  # shorter than the server takes to look for a deadlock, so that the list gives way
STEP = 500  # rows of one statement that changes persons
MOST_PHONE_LOCKS = 2_000
LARGE = 1_000  # people; from here on the planner's statistics are renewed


class Setback(Exception):
    """The list is not committed. `code` is one of `words.SETBACKS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# What the database refuses when somebody of the list was registered, or changed, after the list was checked.
_CHANGED = {"person_identity_number_unique", "member_one_live_registration"}


def setback_of(error: DatabaseError) -> tuple[str, str]:
    """Return the setback by which the database refused a list, and what it refused by.

    Somebody came before, or it is our own fault. The words of the database contain what stood in the row, so they go
    into no log.
    """
    name = broken_constraint(error) if isinstance(error, IntegrityError) else ""
    return ("changed" if name in _CHANGED else "trouble"), name or type(error).__name__


def register_families(batch: ImportBatch, progress: Progress, rng: random.Random | None = None) -> None:
    """Register all good families of the batch. Raises `Setback` where its rows are not what the sender saw.

    `rng` draws the same codes again, for the demo.
    """
    assert batch.committed_by is not None
    campaign = Campaign.objects.hold_rules(batch.campaign_id)
    if not Campaign.objects.open().filter(pk=campaign.pk).exists():
        raise Setback("closed")
    families = _families(batch)
    _wait_at_most(f"'{WAIT}'")
    _lock_phones(families)
    known = match(families, campaign, lock=True)
    lines = [line for family in families.values() for line in family]
    if any(line.errors for line in lines):
        raise Setback("changed")
    total = len(lines)
    progress(total // 5, total)
    homes = _homes(families)
    people = _write_people(families, homes, known, batch.committed_by)
    progress(total // 2, total)
    registrations = _write_registrations(families, homes, campaign, batch, rng)
    _write_members(families, people, registrations)
    _trace(batch, families, people, known, registrations)
    progress(total * 4 // 5, total)
    _score(registrations.values(), campaign)
    _log(batch, batch.committed_by)
    begin_screening_many(row.pk for row in registrations.values())
    _notify_families(registrations.values(), batch)
    _wait_at_most("DEFAULT")


def _wait_at_most(wait: str) -> None:
    """Limit the waits for locks from here on. A savepoint that is rolled back undoes it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout TO {wait}")


def _families(batch: ImportBatch) -> dict[int, list[ListLine]]:
    families: dict[int, list[ListLine]] = {}
    good = batch.lines.filter(verdict__in=[ImportRow.Verdict.GOOD, ImportRow.Verdict.ODD])
    for number, family, values in good.order_by("number").values_list("number", "family", "values"):
        families.setdefault(family, []).append(ListLine(number, values, family))
    return families


def _lock_phones(families: dict[int, list[ListLine]]) -> None:
    """Lock the phones of the families of which nobody has a number.

    Only the phone identifies such a family, also while it registers itself.
    """
    phones = sorted(
        {
            family[0].values["family_phone"]
            for family in families.values()
            if not any(line.values.get("identity") for line in family)
        }
    )
    if len(phones) > MOST_PHONE_LOCKS:
        raise Setback("few_numbers")
    for phone in phones:
        lock_phone(phone)


def _homes(families: dict[int, list[ListLine]]) -> dict[int, Home]:
    communes = Place.objects.in_bulk({family[0].values["family_home"] for family in families.values()})
    return {
        number: Home(
            communes[family[0].values["family_home"]],
            family[0].values.get("family_home_address", ""),
            family[0].values["family_phone"],
        )
        for number, family in families.items()
    }


def _write_people(
    families: dict[int, list[ListLine]], homes: dict[int, Home], known: dict[int, Person], by: User
) -> dict[int, Person]:
    """Return a person for each row (by its number): known ones are completed, the others are made.

    Each family is in one household.
    """
    people: dict[int, Person] = {}
    made: list[Person] = []
    changed: dict[int, Person] = {}
    events: list[Event] = []
    for number, family in families.items():
        for line in family:
            person = known.get(line.number)
            if person is None:
                person = new_person(line.entry, homes[number])
                made.append(person)
            else:
                changes, otherwise = completion(person, line.entry, homes[number])
                for name, value in changes.items():
                    setattr(person, name, value)
                if changes:
                    changed[person.pk] = person
                    events.append(event_for(person, "updated", by=by, data={"fields": sorted(changes)}))
                if otherwise:
                    events.append(event_for(person, "told_otherwise", by=by, data=otherwise))
            people[line.number] = person
    changed |= _share_household(families, homes, people)
    bulk.insert(made)
    _save_changed(list(changed.values()))
    bulk.insert(events)
    return people


def _share_household(
    families: dict[int, list[ListLine]], homes: dict[int, Home], people: dict[int, Person]
) -> dict[int, Person]:
    """Put each family into one household: the head's where it is in the same commune, else a new one.

    Somebody who has arrived stays in theirs. Returns the known persons who move.
    """
    new: dict[int, Household] = {}
    for number, family in families.items():
        current = people[family[0].number].household
        if current is None or current.home_commune_id != homes[number].commune.pk:
            new[number] = Household(home_commune=homes[number].commune, address=homes[number].address)
    bulk.insert(new.values())
    moved: dict[int, Person] = {}
    for number, family in families.items():
        household = new.get(number) or people[family[0].number].household
        assert household is not None
        for line in family:
            person = people[line.number]
            if person.arrived_at is None and person.household_id != household.pk:
                person.household = household
                if person.pk is not None:
                    moved[person.pk] = person
    return moved


_COMPLETED = ("sex", "birth_date", "birth_year", "identity_number", "identity_kind", "old_identity_number")


def _save_changed(people: Sequence[Person]) -> None:
    if people:
        fields = [*_COMPLETED, "phone", "home_commune", "address", "household"]
        Person.objects.bulk_update(people, fields, batch_size=STEP)


def _write_registrations(
    families: dict[int, list[ListLine]],
    homes: dict[int, Home],
    campaign: Campaign,
    batch: ImportBatch,
    rng: random.Random | None,
) -> dict[int, Registration]:
    """Write the registrations as waiting, in the order of the list; they are scored later."""
    now = timezone.now()
    rows = {}
    for number, family in families.items():
        values = family[0].values
        rows[number] = Registration(
            campaign=campaign,
            status=Registration.Status.WAITING,
            phone=homes[number].phone,
            origin_id=values.get("family_origin"),
            origin_address=values.get("family_origin_address", ""),
            home_commune=homes[number].commune,
            home_address=homes[number].address,
            reasons=values.get("family_reasons", []),
            travel_from=values.get("family_travel_from") or None,
            travel_until=values.get("family_travel_until") or None,
            people=len(family),
            rule_set_id=campaign.rule_set_id,
            channel=Registration.Channel.IMPORT,
            entered_by=batch.created_by,
            created_at=now,
            registered_at=now,
        )
    codes.fresh_many(list(rows.values()), settings.PORTAL_CODE_PREFIX, rng)
    return rows


def _write_members(
    families: dict[int, list[ListLine]], people: dict[int, Person], registrations: dict[int, Registration]
) -> None:
    bulk.insert(
        Member(
            registration=registrations[number],
            campaign_id=registrations[number].campaign_id,
            person=people[line.number],
            is_head=index == 0,
            is_pregnant=line.values.get("pregnant", False),
            has_chronic_illness=line.values.get("chronic", False),
            has_disability=line.values.get("disability", False),
            **line.entry.declared(),
        )
        for number, family in families.items()
        for index, line in enumerate(family)
    )


_TRACE = """
UPDATE repatriation_importrow AS row
SET person_id = made.person, registration_id = made.registration, made_person = made.new
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::boolean[]) AS made (number, person, registration, new)
WHERE row.batch_id = %s AND row.number = made.number
"""


def _trace(
    batch: ImportBatch,
    families: dict[int, list[ListLine]],
    people: dict[int, Person],
    known: dict[int, Person],
    registrations: dict[int, Registration],
) -> None:
    rows = [
        (line.number, people[line.number].pk, registrations[number].pk, line.number not in known)
        for number, family in families.items()
        for line in family
    ]
    with connection.cursor() as cursor:
        cursor.execute(_TRACE, [*(list(column) for column in zip(*rows, strict=True)), batch.pk])


def _score(registrations: Iterable[Registration], campaign: Campaign) -> None:
    sql = scoring_sql(campaign.rule_set.rules, timezone.localdate())
    params = {**sql.params, "ids": [row.pk for row in registrations]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH chosen AS (SELECT unnest(%(ids)s::bigint[]) AS id), {sql.ctes} "  # noqa: S608 - words of ours
            "UPDATE repatriation_registration AS r "
            "SET score = scored.points, score_reasons = scored.why, needs_escort = scored.alone FROM scored WHERE r.id = scored.id",
            params,
        )


_REGISTERED = """
changed AS (
    SELECT r.id AS subject_id, r.home_commune_id AS place_id,
        jsonb_build_object('batch', %(batch)s, 'row', min(line.number)) AS data
    FROM repatriation_importrow AS line
    JOIN repatriation_registration AS r ON r.id = line.registration_id
    WHERE line.batch_id = %(batch)s GROUP BY r.id
)
"""
_MADE = """
changed AS (
    SELECT person.id AS subject_id, person.home_commune_id AS place_id,
        jsonb_build_object('batch', %(batch)s, 'row', line.number) AS data
    FROM repatriation_importrow AS line JOIN citizens_person AS person ON person.id = line.person_id
    WHERE line.batch_id = %(batch)s AND line.made_person
)
"""


def _log(batch: ImportBatch, by: User) -> None:
    params: dict[str, Any] = {"batch": batch.pk}
    waiting = Registration.Status.WAITING
    record_changed(_REGISTERED, params, model=Registration, verb="import", by=by, to_status=waiting)
    record_changed(_MADE, params, model=Person, verb="created", by=by)


def _notify_families(registrations: Iterable[Registration], batch: ImportBatch) -> None:
    rows = list(registrations)
    links = make_links([(row, row.phone) for row in rows], "registration", lifetime=LINK_LIFETIME)
    sender = batch.created_by.full_name
    notify_many(
        "registration_imported",
        [
            Note(
                phone=row.phone,
                about=row,
                context={"sender": sender, "code": row.code, "people": row.people},
                secrets={"link": link},
            )
            for row, link in zip(rows, links, strict=True)
        ],
    )


def analyse(batch: ImportBatch) -> None:
    """Renew the planner's statistics after many new rows, before the server does it by itself.

    The search names are left to the server: their statistics are detailed and cover the whole table, and a
    list hardly changes how common a name is.
    """
    if batch.people_good >= LARGE:
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE citizens_person (id, home_commune_id, household_id, identity_number, phone, sort_key), "
                "citizens_household, repatriation_registration, repatriation_member"
            )
