"""People who come without a registration: found by their papers or newly written, then entered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from citizens.matching import same_name
from citizens.models import Person
from portal.accounts.models import User
from portal.places.fields import Picked
from portal.places.home import home_path
from portal.places.models import Place
from portal.places.search import find
from portal.records.refusals import Refused
from repatriation.checkpoint.actions import ArrivalFacts, ArrivalResult, first_result, record_arrival
from repatriation.checkpoint.resending import ContentDifference, differences
from repatriation.models import Arrival
from repatriation.registration.drafts import PersonEntry
from repatriation.registration.people import Home, settle_people
from repatriation.registration.refusals import require_unregistered


@dataclass(frozen=True)
class Seen:
    """What the officer saw of one person, beside who they are."""

    compared: bool = False
    temperature: Decimal | None = None
    has_symptoms: bool = False
    symptoms: Sequence[str] = ()
    needs: str = ""
    papers: Sequence[str] = ()
    rapid_test: str = Arrival.RapidTest.NONE
    decision: str = Arrival.Decision.HOME
    facility: Place | None = None

    def of(self, person: Person) -> ArrivalFacts:
        values = {name: value for name, value in vars(self).items() if name != "compared"}
        return ArrivalFacts(person, identity_checked=self.compared, **values)


@transaction.atomic
def record_walk_in(
    *,
    checkpoint: Place,
    people: Sequence[PersonEntry],
    destination: Place,
    client_key: UUID,
    by: User,
    phone: str = "",
    address: str = "",
    vehicle_plate: str = "",
    rapid_test: str = Arrival.RapidTest.NONE,
    compared: Collection[str] = (),
    seen: Mapping[str, Seen] | None = None,
) -> ArrivalResult:
    """Enter people who are in no registration. Sent again with the same key it changes nothing.

    `seen`: what was seen of each, by the key of the entry; of others, `rapid_test` and whether their key is in
    `compared`, which says that the officer compared their papers. Somebody known by their number is taken as the portal
    has them, and never overwritten. Raises `Refused` when a number belongs to somebody else, or one of them is
    registered.
    """
    others = {one.key: Seen(compared=one.key in compared, rapid_test=rapid_test) for one in people}
    seen = {**others, **(seen or {})}
    first = first_result(client_key, checkpoint)
    if first is not None:
        first.differences.extend(_differences(first.arrivals, people, seen, destination, address))
        return first
    persons = settle_people(people, Home(destination, address, phone), by=by)
    if len({person.pk for person in persons}) < len(persons):
        raise Refused(_("Hai người có cùng số giấy tờ. Vui lòng xem lại."))
    require_unregistered(persons)
    facts = [seen[entry.key].of(person) for person, entry in zip(persons, people, strict=True)]
    return record_arrival(
        checkpoint=checkpoint,
        people=facts,
        destination=destination,
        client_key=client_key,
        by=by,
        address=address,
        vehicle_plate=vehicle_plate,
    )


def _differences(
    stored: Sequence[Arrival],
    people: Sequence[PersonEntry],
    seen: Mapping[str, Seen],
    destination: Place,
    address: str,
) -> list[ContentDifference]:
    """Return where a form that was sent before says something else now, its people told apart as they are typed."""
    left = list(stored)
    facts: list[ArrivalFacts] = []
    strangers: list[ContentDifference] = []
    for entry in people:
        row = next((one for one in left if _is_entry(one.person, entry)), None)
        if row is None:
            strangers.append(ContentDifference(entry.full_name, "person", _("không có"), _("có mặt")))
            continue
        left.remove(row)
        facts.append(seen[entry.key].of(row.person))
    return [*differences(stored, facts, destination, address), *strangers]


def _is_entry(person: Person, entry: PersonEntry) -> bool:
    if entry.identity and person.identity_number:
        return entry.identity in {person.identity_number, person.old_identity_number}
    return same_name(person.full_name, entry.full_name) and person.birth_year == entry.born.year


def home_of(address: str) -> tuple[Place | Picked | None, str]:
    """Return the commune that a card's address names, by its name of now or of before, and the rest before it.

    Where the portal is not sure, the commune comes as text, for the officer to choose; None for no address. A
    commune of another province is nobody's home here, and its name stays as text too.
    """
    parts = [" ".join(part.split()) for part in address.split(",") if part.strip()]
    # A card of before July 2025 ends with commune, district, province; a newer one with commune, province.
    for length in (3, 2):
        if len(parts) < length:
            continue
        place = find(", ".join(parts[-length:]), kinds=[Place.Kind.COMMUNE], under=home_path()).only
        if place is not None:
            return place, ", ".join(parts[:-length])
    if not parts:
        return None, ""
    at = max(0, len(parts) - 3)
    return Picked("", ", ".join(parts[at:])[:100]), ", ".join(parts[:at])
