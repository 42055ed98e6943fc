"""The closed list of a trip: its rows, who may read which of them, and what changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.order import vietnamese
from portal.ui.formats import mask_identity
from repatriation.models import Manifest, ManifestPart, Offer, Registration, Trip
from repatriation.rules import may_see_whole_manifest, sees_people_of

LISTED = (Offer.Status.CONFIRMED, Offer.Status.TRAVELLED, Offer.Status.NO_SHOW)
ROAD_TIME = dt.timedelta(hours=2)  # from the pick-up points to the gateways, with the stops


def seated_families(trip: Trip) -> list[Registration]:
    """Return families with confirmed, used or missed seats, by home commune, with their people; two
    queries."""
    offers = Offer.objects.filter(trip=trip, status__in=LISTED)
    rows = Registration.objects.filter(pk__in=offers.values("registration")).select_related("home_commune")
    return list(
        rows.prefetch_related("members__person").order_by(*vietnamese("home_commune__short_name"), "code")
    )


def build_manifest(
    trip: Trip,
    *,
    made_by: User | None,
    made_at: dt.datetime | None = None,
    families: Sequence[Registration] | None = None,
) -> Manifest:
    """Build the list as it stands, unsaved. Of an identity number it has the last four digits alone: enough
    to compare with the card, and useless to somebody who finds the paper."""
    rows = [_row(family) for family in (seated_families(trip) if families is None else families)]
    return Manifest(
        trip=trip,
        head=_head(trip, made_by),
        rows=rows,
        families=len(rows),
        people=sum(len(row["people"]) for row in rows),
        expected_at=expected_at(trip),
        made_at=made_at or timezone.now(),
        made_by=made_by,
    )


def parts_of(manifest: Manifest) -> list[ManifestPart]:
    """Build a part for each home commune, unsaved."""
    return [
        ManifestPart(manifest=manifest, commune_id=home.pk, families=home.families, people=home.people)
        for home in by_commune(manifest.rows)
    ]


def expected_at(trip: Trip) -> dt.datetime:
    """Return when the trip should reach its gateway."""
    return trip.departs_at + ROAD_TIME


def _head(trip: Trip, made_by: User | None) -> dict[str, Any]:
    return {
        "campaign": trip.campaign.name,
        "trip": trip.code,
        "departs_at": trip.departs_at.isoformat(),
        "pickup": trip.pickup.full_name,
        "gateway": trip.gateway.name,
        "plate": trip.vehicle_plate,
        "seats": trip.seats,
        "made_by": made_by.full_name if made_by else str(settings.PORTAL_NAME),
    }


def _row(family: Registration) -> dict[str, Any]:
    home = family.home_commune
    return {
        "registration": family.pk,
        "code": family.code,
        "home": family.home_commune_id,
        "home_name": home.name if home else "",
        "address": family.home_address,
        "phone": family.phone,
        "people": [
            {
                "person": member.person_id,
                "name": member.person.full_name,
                "birth_year": member.person.birth_year,
                "identity": mask_identity(member.person.identity_number),
            }
            for member in family.members.all()
        ],
    }


@dataclass
class Commune:
    """The families of a list that go to one commune."""

    pk: int
    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def families(self) -> int:
        return len(self.rows)

    @property
    def people(self) -> int:
        return sum(len(row["people"]) for row in self.rows)


def by_commune(rows: Iterable[dict[str, Any]]) -> list[Commune]:
    """Group the rows by home commune; both keep their order."""
    communes: dict[int, Commune] = {}
    for row in rows:
        communes.setdefault(row["home"], Commune(row["home"], row["home_name"])).rows.append(row)
    return list(communes.values())


def rows_for(manifest: Manifest, user: User) -> list[dict[str, Any]]:
    """Return the rows that `user` may read: all, or the families of their own communes."""
    if may_see_whole_manifest(user, manifest.trip):
        return list(manifest.rows)
    mine = sees_people_of(user)
    return [row for row in manifest.rows if row["home"] in mine]


@dataclass(frozen=True)
class ManifestChange:
    """One family that left the trip, or got a seat on it, after the list was closed."""

    code: str
    head: str
    people: int
    text: str
    home: int | None


def changes_since(manifest: Manifest) -> list[ManifestChange]:
    """Return the families that left or joined the trip after closing; four queries at most."""
    listed = {row["registration"]: row for row in manifest.rows}
    seated = {family.pk: family for family in seated_families(manifest.trip)}
    gone = [pk for pk in listed if pk not in seated]
    elsewhere = {
        offer.registration_id: offer.trip.code
        for offer in Offer.objects.filter(
            registration__in=gone, status__in=[*Offer.LIVE, Offer.Status.TRAVELLED]
        ).select_related("trip")
    }
    families = Registration.objects.in_bulk(gone)
    changes = [
        ManifestChange(
            code=listed[pk]["code"],
            head=listed[pk]["people"][0]["name"],
            people=len(listed[pk]["people"]),
            text=_("đã chuyển sang chuyến %(trip)s") % {"trip": elsewhere[pk]}
            if pk in elsewhere
            else _("không còn chỗ trên chuyến này: %(status)s")
            % {"status": families[pk].get_status_display().lower()},
            home=listed[pk]["home"],
        )
        for pk in gone
    ]
    changes += [
        ManifestChange(
            code=family.code,
            head=family.head.person.full_name,
            people=family.people,
            text=_("nhận chỗ sau khi chốt"),
            home=family.home_commune_id,
        )
        for pk, family in seated.items()
        if pk not in listed
    ]
    return changes
