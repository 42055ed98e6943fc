"""What a device takes along for work without a line: the families expected at this checkpoint about now."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from portal.places.models import Place
from portal.ui.formats import vn_datetime
from repatriation.models import Arrival, Offer, Registration, Trip
from repatriation.registration.lookup import Family, families_of

FROM, UNTIL = dt.timedelta(hours=36), dt.timedelta(hours=24)  # departures before and after now
ON_A_LIST = (Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED)
HASH = 24  # hexadecimal digits


@dataclass(frozen=True)
class Kit:
    """The families, as the device keeps them, and the ids of everybody who is named, for the log."""

    salt: str
    families: list[dict[str, Any]]
    people: list[int]


def kit_for(place: Place) -> Kit:
    """Collect the families on the closed lists of the trips to this checkpoint.

    Numbers and phones go as hashes with a salt of their own: whoever knows a number finds the family, nobody
    reads numbers out of the list.
    """
    now = timezone.now()
    trips = Trip.objects.filter(
        gateway=place, departs_at__range=(now - FROM, now + UNTIL), status__in=ON_A_LIST
    )
    seated = Offer.objects.filter(trip__in=trips, status__in=[Offer.Status.CONFIRMED, Offer.Status.TRAVELLED])
    families = families_of(Registration.objects.filter(pk__in=seated.values("registration")))
    salt = secrets.token_urlsafe(12)
    return Kit(
        salt,
        [_family(family, salt) for family in families],
        [person.pk for family in families for person in family.people],
    )


def arrived_today(place: Place) -> int:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Arrival.objects.standing().filter(checkpoint=place, at__gte=start).count()


def _family(family: Family, salt: str) -> dict[str, Any]:
    row = family.registration
    assert row is not None
    trip = family.offer.trip if family.offer is not None else None
    numbers: list[str | None] = [row.phone]
    for person in family.people:
        numbers += [person.identity_number, person.old_identity_number, person.phone]
    return {
        "code": row.code,
        "trip": trip.code if trip else "",
        "here": trip is not None,
        "leaves": vn_datetime(trip.departs_at) if trip else "",
        "home": row.home_commune_id,
        "home_name": row.home_commune.name if row.home_commune else "",
        "address": row.home_address,
        "numbers": sorted({hashed(number, salt) for number in numbers if number}),
        "people": [
            {
                "id": person.pk,
                "name": person.full_name,
                "year": person.birth_year,
                "came": person.pk in family.arrived,
                "stayed": person.pk in family.stayed,
            }
            for person in family.people
        ],
    }


def hashed(number: str, salt: str) -> str:
    """Hash a number as the device does: letters and digits alone, a phone without its country's code."""
    plain = "".join(sign for sign in number.upper() if sign.isalnum() and sign.isascii())
    if number.startswith("+84"):
        plain = "0" + plain[2:]
    return hmac.new(salt.encode(), plain.encode(), hashlib.sha256).hexdigest()[:HASH]
