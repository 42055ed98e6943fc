"""The look-up of a family at a checkpoint: by a whole code or number, or by name among those expected today.

Officers of a checkpoint may not browse. Every look-up is logged with its text, also when it finds nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from citizens import codes, identity, phones
from citizens.identity import CardData, CardQrError
from citizens.matching import fold
from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.ui.formats import mask_identity, mask_phone
from repatriation.models import Arrival, Boarding, Handover, Member, Offer, Registration, Trip
from repatriation.registration.declared import declared_words

LIMIT = 10
FEWEST_DIGITS = 6  # of an identity number or a phone
TOKEN_SALT = "repatriation.family"  # noqa: S105 a name, no secret
TOKEN_AGE = 12 * 3600  # seconds: one long shift
EXPECTED_BEFORE, EXPECTED_AFTER = dt.timedelta(hours=36), dt.timedelta(hours=12)


@dataclass
class Family:
    """The people who were looked up: those of a registration, or one known person without a registration."""

    people: list[Person]
    registration: Registration | None = None
    offer: Offer | None = None
    arrived: dict[int, Arrival] = field(default_factory=dict)

    @property
    def expected_here(self) -> list[Person]:
        """Return the people who have not been entered yet."""
        return [person for person in self.people if person.pk not in self.arrived]

    @cached_property
    def stayed(self) -> set[int]:
        """Return the ids of people who did not get on while others of the family did."""
        if self.registration is None or self.offer is None:
            return set()
        rows = Boarding.objects.standing().filter(trip=self.offer.trip_id, registration=self.registration)
        on_board = set(rows.values_list("person_id", flat=True))
        return {person.pk for person in self.expected_here} - on_board if on_board else set()

    @property
    def here(self) -> int:
        """Return how many people are assumed to be here until the officer corrects it."""
        return len(self.expected_here) - len(self.stayed)

    @property
    def phone(self) -> str:
        if self.registration is not None and self.registration.phone:
            return self.registration.phone
        return next((person.phone for person in self.people if person.phone), "")

    @property
    def declared(self) -> dict[int, list[str]]:
        """Return declared doses and tests in words, by person; none of them is proved."""
        members = self.registration.members.all() if self.registration is not None else ()
        return {member.person_id: declared_words(member) for member in members}

    @property
    def others(self) -> int:
        return len(self.people) - 1


@dataclass
class LookUp:
    """The result of a look-up.

    `card` is the data of the card's QR code, which fills in the form for an unknown person. `abandoned`: the
    code is of a draft that was never sent. `misread`: the text looks like a code with a typing error.
    `sentences`: what to do about texts that were not looked up.
    """

    by: str
    families: list[Family] = field(default_factory=list)
    card: CardData | None = None
    abandoned: bool = False
    misread: bool = False
    sentences: list[str] = field(default_factory=list)


def _look_up(text: str, checkpoint: Place | None) -> tuple[LookUp, str]:
    """Look a text up; return the result, and the text as it may stand in the log."""
    if "|" in text:
        try:
            card = identity.parse_card_qr(text, letters=False)
        except CardQrError:
            return LookUp("card"), ""
        families = _families_of(_with_number(card.number) | _with_number(card.old_number))
        return LookUp("card", families, card), mask_identity(card.number)
    code = text.rstrip("/").rpartition("/")[2]
    if meant := codes.meant(code, settings.PORTAL_CODE_PREFIX):
        families = _with_arrivals([_family(row) for row in _registrations().filter(code__in=meant)])
        abandoned = not families and Registration.objects.filter(code__in=meant).exists()
        return LookUp("code", families, abandoned=abandoned), ", ".join(sorted(meant)[: codes.MOST_LOGGED])
    digits = sum(character.isdigit() for character in text)
    if digits >= FEWEST_DIGITS:
        number = identity.normalise(text)
        phone = _phone(text)
        families = _families_of(_with_number(number) | (Q(phone=phone) if phone else Q(pk=None)), phone)
        if families or not codes.is_misread(code, settings.PORTAL_CODE_PREFIX):
            return LookUp("number", families), mask_phone(phone) if phone else mask_identity(number)
    if digits or text.upper().startswith(f"{settings.PORTAL_CODE_PREFIX}-"):  # cannot be a name
        misread = codes.is_misread(code, settings.PORTAL_CODE_PREFIX)
        return LookUp("code", misread=misread), fold(text)[:80]
    if checkpoint is None:
        return LookUp("name"), ""
    return LookUp("name", _expected_by_name(text, checkpoint)), fold(text)[:80]


def _phone(text: str) -> str:
    try:
        return phones.normalise(text)
    except phones.PhoneError:
        return ""


def _with_number(number: str) -> Q:
    return Q(identity_number=number) | Q(old_identity_number=number) if number else Q(pk=None)


def _registrations() -> QuerySet[Registration]:
    """Return registrations that were submitted. A draft given up is withdrawn too, but has no members."""
    return (
        Registration.objects.filter(Exists(Member.objects.filter(registration=OuterRef("pk"))))
        .exclude(status=Registration.Status.DRAFT)
        .select_related("home_commune", "campaign", "origin")
        .prefetch_related(Prefetch("members", Member.objects.select_related("person")))
    )


def _families_of(people: Q, phone: str = "") -> list[Family]:
    """Return the families of these people: each person by a live registration, else by the newest, else alone."""
    persons = list(Person.objects.filter(people)[: LIMIT * 2])
    # Two ways to a family, each by its own index; one condition with OR would read every registration.
    ids = set(Member.objects.filter(person__in=persons).values_list("registration_id", flat=True))
    if phone:
        ids |= set(Registration.objects.filter(phone=phone).values_list("pk", flat=True))
    rows = _registrations().filter(pk__in=ids)
    live_first = sorted(
        rows, key=lambda row: (not row.is_live, -(row.registered_at or row.created_at).timestamp())
    )
    families: list[Family] = []
    covered: set[int] = set()
    for row in live_first:
        family = _family(row)
        people_ids = {person.pk for person in family.people}
        if row.is_live or not people_ids & covered:
            families.append(family)
            covered |= people_ids
    families += [Family([person]) for person in persons if person.pk not in covered]
    return _with_arrivals(families[:LIMIT])


def _expected_by_name(text: str, checkpoint: Place) -> list[Family]:
    """Search by name among the families of the trips that come to this checkpoint about now."""
    folded = fold(text)
    if len(folded) < 2:
        return []
    now = timezone.now()
    trips = Trip.objects.filter(
        gateway=checkpoint, departs_at__range=(now - EXPECTED_BEFORE, now + EXPECTED_AFTER)
    ).exclude(status=Trip.Status.CANCELLED)
    seated = Offer.objects.filter(trip__in=trips, status__in=[*Offer.LIVE, Offer.Status.TRAVELLED])
    rows = _registrations().filter(
        pk__in=seated.values("registration"), members__person__search_name__contains=folded
    )
    return _with_arrivals([_family(row) for row in rows.distinct().order_by("pk")[:LIMIT]])


def _family(row: Registration) -> Family:
    return Family([member.person for member in row.members.all()], row)


def _with_arrivals(families: list[Family]) -> list[Family]:
    """Add each family's live offer and the arrivals of its people, in two queries."""
    ids = [family.registration.pk for family in families if family.registration is not None]
    offers = Offer.objects.filter(registration__in=ids, status__in=Offer.LIVE).select_related(
        "trip__gateway", "trip__pickup"
    )
    by_registration = {offer.registration_id: offer for offer in offers}
    arrivals: dict[int, dict[int, Arrival]] = {}
    for arrival in (
        Arrival.objects.standing()
        .filter(registration__in=ids)
        .select_related("checkpoint", "destination", "entered_by")
    ):
        arrivals.setdefault(arrival.registration_id, {})[arrival.person_id] = arrival
    for family in families:
        if family.registration is not None:
            family.offer = by_registration.get(family.registration.pk)
            family.arrived = arrivals.get(family.registration.pk, {})
    _add_open_arrivals(families)
    return families


def _add_open_arrivals(families: list[Family]) -> None:
    """Add the arrivals of people who came without their registration and whom nobody has accepted yet."""
    missing = {person.pk for family in families for person in family.expected_here}
    if not missing:
        return
    rows = Arrival.objects.standing().filter(person__in=missing, handovers__status=Handover.Status.SENT)
    for arrival in rows.select_related("checkpoint", "destination", "entered_by"):
        for family in families:
            if any(person.pk == arrival.person_id for person in family.people):
                family.arrived[arrival.person_id] = arrival


def family_token(family: Family, user: User) -> str:
    """Return a signed token for a family that was looked up, so that nobody reaches people by guessing ids."""
    registration_id = family.registration.pk if family.registration is not None else None
    content = {"user": user.pk, "registration": registration_id, "people": [p.pk for p in family.people]}
    return signing.dumps(content, salt=TOKEN_SALT, compress=True)


def family_of(code: str) -> Family | None:
    """Return the family of a registration as it is now."""
    return next(iter(_with_arrivals([_family(row) for row in _registrations().filter(code=code)])), None)


def families_of(registrations: QuerySet[Registration]) -> list[Family]:
    """Return the families of these registrations with their offers and arrivals."""
    rows = _registrations().filter(pk__in=registrations.values("pk")).order_by("pk")
    return _with_arrivals([_family(row) for row in rows])


def family_from(token: str, user: User, *, max_age: int | None = TOKEN_AGE) -> Family | None:
    """Return the family of the token as it is now; None unless this user looked it up."""
    try:
        content = signing.loads(token, salt=TOKEN_SALT, max_age=max_age)
    except signing.BadSignature:
        return None
    if content["user"] != user.pk:
        return None
    if content["registration"] is not None:
        rows = _registrations().filter(pk=content["registration"])
        return next(iter(_with_arrivals([_family(row) for row in rows])), None)
    people = list(Person.objects.filter(pk__in=content["people"]))
    return next(iter(_with_arrivals([Family(people)])), None) if people else None
