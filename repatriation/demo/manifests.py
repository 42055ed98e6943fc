"""The closed lists and boardings of the demo's trips."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from portal.accounts.models import User
from portal.demo import Stage
from repatriation.manifests.closed_list import build_manifest, parts_of
from repatriation.models import Boarding, Campaign, Manifest, ManifestPart, Member, Offer, Trip

CLOSED_BEFORE = dt.timedelta(hours=10)  # before departure


def make_manifests(campaign: Campaign) -> None:
    """Make a list for each trip that was closed, as closing it would have made it."""
    trips = Trip.objects.filter(campaign=campaign, status__in=["closed", "departed", "arrived", "reconciled"])
    trips = trips.select_related("campaign", "gateway", "pickup__parent__parent", "planned_by")
    now = timezone.now()
    manifests = Manifest.objects.bulk_create(
        build_manifest(trip, made_by=trip.planned_by, made_at=min(trip.departs_at - CLOSED_BEFORE, now))
        for trip in trips.order_by("departs_at")
    )
    ManifestPart.objects.bulk_create(part for manifest in manifests for part in parts_of(manifest))


def make_boardings(stage: Stage, campaign: Campaign, escort: User) -> None:
    """Make a boarding for everybody who travelled, except one family in twelve, which was not scanned."""
    offers = Offer.objects.filter(trip__campaign=campaign).exclude(
        trip__status__in=["planned", "open", "closed"]
    )
    rows = offers.filter(status__in=["travelled", "confirmed"]).select_related("trip").order_by("pk")
    people: dict[int, list[int]] = {}
    for family, person in Member.objects.filter(registration__in=rows.values("registration")).values_list(
        "registration_id", "person_id"
    ):
        people.setdefault(family, []).append(person)
    boardings = []
    for number, offer in enumerate(rows):
        if number % 12 == 11:
            continue
        key = uuid.UUID(int=stage.rng.getrandbits(128), version=4)
        at = offer.trip.departs_at - dt.timedelta(minutes=stage.rng.randint(4, 35))
        boardings += [
            Boarding(
                trip=offer.trip,
                person_id=person,
                registration_id=offer.registration_id,
                client_key=key,
                at=at,
                received_at=at,
                by=escort,
            )
            for person in people[offer.registration_id]
        ]
    Boarding.objects.bulk_create(boardings)
