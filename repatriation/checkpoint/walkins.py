"""People who come without a registration: found by their papers or newly written, then entered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.refusals import Refused
from repatriation.checkpoint.actions import ArrivalFacts, ArrivalResult, first_result, record_arrival
from repatriation.models import Arrival
from repatriation.registration.drafts import PersonEntry
from repatriation.registration.people import Home, settle_people
from repatriation.registration.refusals import require_unregistered


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
    rapid_test: str = Arrival.RapidTest.NONE,
    compared: Collection[str] = (),
) -> ArrivalResult:
    """Enter people who are in no registration. Sent again with the same key it changes nothing.

    `compared`: the keys of the people whose papers the officer compared. Somebody known by their number is
    taken as the portal has them, and never overwritten. Raises `Refused` when a number belongs to somebody
    else, or one of them is registered.
    """
    first = first_result(client_key, checkpoint)
    if first is not None:
        return first
    persons = settle_people(people, Home(destination, address, phone), by=by)
    if len({person.pk for person in persons}) < len(persons):
        raise Refused(_("Hai người có cùng số giấy tờ. Vui lòng xem lại."))
    require_unregistered(persons)
    facts = [
        ArrivalFacts(person, identity_checked=entry.key in compared, rapid_test=rapid_test)
        for person, entry in zip(persons, people, strict=True)
    ]
    return record_arrival(
        checkpoint=checkpoint,
        people=facts,
        destination=destination,
        client_key=client_key,
        by=by,
        address=address,
    )
