"""The look-up of what was scanned or typed at the pick-up point.

It finds a family of this trip, of another, or of none. An officer there may find anybody by a whole code or
identity number, and by name only families of this trip. Every look-up is logged, also when nothing was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from citizens import codes, identity
from citizens.identity import CardQrError
from citizens.matching import fold
from citizens.models import Person
from portal.accounts.models import User
from portal.records.log import record_read
from portal.ui.formats import mask_identity
from repatriation.boarding.actions import HAS_SEAT
from repatriation.models import Member, Offer, Registration, Trip
from repatriation.rules import may_board

FEWEST_DIGITS = 9  # of an identity number
MOST_FAMILIES = 8


@dataclass
class Scan:
    """The families that match, at most a few, and how they were looked up (`by`).

    `offer` is the seat of a family that is the only match, here or on another trip.
    """

    by: str
    families: list[Registration] = field(default_factory=list)
    offer: Offer | None = None

    @property
    def family(self) -> Registration | None:
        return self.families[0] if len(self.families) == 1 else None


def scan(trip: Trip, text: str, *, user: User, request: HttpRequest | None = None) -> Scan:
    """Look up a registration code, the card's QR code, an identity number, or a name of this trip.

    Raises `PermissionDenied` for a user who may not board this trip.
    """
    if not may_board(user, trip):
        raise PermissionDenied
    result, shown = _find(trip, text.replace("\0", "").strip()[:500])
    if result.family is not None:
        offers = Offer.objects.filter(registration=result.family, status__in=[*Offer.LIVE, *HAS_SEAT])
        rows = list(offers.select_related("trip__pickup").order_by("-pk"))
        result.offer = next((row for row in rows if row.trip_id == trip.pk), next(iter(rows), None))
    people = [member.person_id for family in result.families for member in family.members.all()]
    record_read(
        user,
        "boarding",
        subject_type=Person._meta.label_lower,
        subject_ids=people,
        reason=f"{trip.code} {result.by}: {shown}",
        request=request,
        place=trip.gateway,
    )
    return result


def _find(trip: Trip, text: str) -> tuple[Scan, str]:
    """Return the families that match, and the text as the log may show it."""
    if "|" in text:
        try:
            card = identity.parse_card_qr(text, letters=False)
        except CardQrError:
            return Scan("card"), ""
        return Scan("card", _of_number(trip, card.number, card.old_number)), mask_identity(card.number)
    code = text.rstrip("/").rpartition("/")[2]
    if meant := codes.meant(code, settings.PORTAL_CODE_PREFIX):
        return Scan("code", list(_registrations().filter(code__in=meant))), ", ".join(
            sorted(meant)[: codes.MOST_LOGGED]
        )
    if sum(character.isdigit() for character in text) >= FEWEST_DIGITS:
        number = identity.normalise(text)
        return Scan("number", _of_number(trip, number)), mask_identity(number)
    folded = fold(text)
    if len(folded) < 2 or any(character.isdigit() for character in text):
        return Scan("code"), folded[:80]
    on_trip = _registrations().filter(offers__trip=trip, offers__status__in=HAS_SEAT)
    named = on_trip.filter(members__person__search_name__contains=folded).distinct().order_by("pk")
    return Scan("name", list(named[:MOST_FAMILIES])), folded[:80]


def _registrations() -> QuerySet[Registration]:
    rows = Registration.objects.exclude(status=Registration.Status.DRAFT).filter(people__gte=1)
    return rows.select_related("home_commune").prefetch_related("members__person")


def _of_number(trip: Trip, *numbers: str) -> list[Registration]:
    """Return the family of a person with one of these numbers, as a list of at most one.

    A family of this trip goes before any other, a live registration before one that is over.
    """
    given = [number for number in numbers if number]
    if not given:
        return []
    people = Person.objects.filter(Q(identity_number__in=given) | Q(old_identity_number__in=given))
    ids = Member.objects.filter(person__in=people).values("registration")
    on_trip = set(
        Offer.objects.filter(trip=trip, registration__in=ids, status__in=HAS_SEAT).values_list(
            "registration_id", flat=True
        )
    )
    rows = sorted(
        _registrations().filter(pk__in=ids), key=lambda row: (row.pk not in on_trip, not row.is_live, -row.pk)
    )
    return rows[:1]


def family_on(trip: Trip, code: str) -> Registration | None:
    """Return the family of this trip with the code that the page sent."""
    rows = Registration.objects.filter(offers__trip=trip, code=code)
    return rows.distinct().first()
