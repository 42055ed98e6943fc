"""What was scanned or typed at the pick-up point, and whom it means: on this trip, on another, or on none.

Who stands there may find anybody by a whole code or identity number, and by name only those of this trip.
Every look-up is logged, also when nothing was found.
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
    """The families that are meant, at most a few. `offer` is the seat of the one family that was found, here
    or on another trip."""

    by: str
    families: list[Registration] = field(default_factory=list)
    offer: Offer | None = None

    @property
    def family(self) -> Registration | None:
        return self.families[0] if len(self.families) == 1 else None


def scan(trip: Trip, text: str, *, user: User, request: HttpRequest | None = None) -> Scan:
    """Look up a registration code, the card's QR code, an identity number, or a name of this trip.

    Raises `PermissionDenied` for somebody who may not board this trip.
    """
    if not may_board(user, trip):
        raise PermissionDenied
    found, shown = _find(trip, text.replace("\0", "").strip()[:500])
    if found.family is not None:
        offers = Offer.objects.filter(registration=found.family, status__in=[*Offer.LIVE, *HAS_SEAT])
        rows = list(offers.select_related("trip__pickup").order_by("-pk"))
        found.offer = next((row for row in rows if row.trip_id == trip.pk), next(iter(rows), None))
    people = [member.person_id for family in found.families for member in family.members.all()]
    record_read(
        user,
        "lookup",
        subject_type=Person._meta.label_lower,
        subject_ids=people,
        reason=f"{trip.code} {found.by}: {shown}",
        request=request,
        place=trip.gateway,
    )
    return found


def _find(trip: Trip, text: str) -> tuple[Scan, str]:
    """What was found, and the text as the log may keep it."""
    if "|" in text:
        try:
            card = identity.parse_card_qr(text)
        except CardQrError:
            return Scan("card"), ""
        return Scan("card", _of_number(trip, card.number, card.old_number)), mask_identity(card.number)
    code = text.rstrip("/").rpartition("/")[2]
    if codes.is_code(code, settings.PORTAL_CODE_PREFIX):
        code = codes.parse(code, settings.PORTAL_CODE_PREFIX)
        return Scan("code", list(_registrations().filter(code=code))), code
    if sum(character.isdigit() for character in text) >= FEWEST_DIGITS:
        number = identity.normalise(text)
        return Scan("number", _of_number(trip, number)), mask_identity(number)
    folded = fold(text)
    if len(folded) < 2 or any(character.isdigit() for character in text):
        return Scan("code"), folded[:80]
    mine = _registrations().filter(offers__trip=trip, offers__status__in=HAS_SEAT)
    named = mine.filter(members__person__search_name__contains=folded).distinct().order_by("pk")
    return Scan("name", list(named[:MOST_FAMILIES])), folded[:80]


def _registrations() -> QuerySet[Registration]:
    rows = Registration.objects.exclude(status=Registration.Status.DRAFT).filter(people__gte=1)
    return rows.select_related("home_commune").prefetch_related("members__person")


def _of_number(trip: Trip, *numbers: str) -> list[Registration]:
    """The family of whoever has one of these numbers: on this trip before any other, live before over."""
    wanted = [number for number in numbers if number]
    if not wanted:
        return []
    people = Person.objects.filter(Q(identity_number__in=wanted) | Q(old_identity_number__in=wanted))
    ids = Member.objects.filter(person__in=people).values("registration")
    here = set(
        Offer.objects.filter(trip=trip, registration__in=ids, status__in=HAS_SEAT).values_list(
            "registration_id", flat=True
        )
    )
    rows = sorted(
        _registrations().filter(pk__in=ids), key=lambda row: (row.pk not in here, not row.is_live, -row.pk)
    )
    return rows[:1]


def family_on(trip: Trip, code: str) -> Registration | None:
    """A family of this trip's list by its code as the page holds it."""
    rows = Registration.objects.filter(offers__trip=trip, code=code)
    return rows.distinct().first()
