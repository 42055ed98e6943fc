"""The closed lists of the demo's trips."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from repatriation.manifest import build_manifest, parts_of
from repatriation.models import Campaign, Manifest, ManifestPart, Trip

CLOSED_BEFORE = dt.timedelta(hours=10)  # before departure


def make_manifests(campaign: Campaign) -> None:
    """A list for each trip that was closed, as closing it would have left it."""
    trips = Trip.objects.filter(campaign=campaign, status__in=["closed", "departed", "arrived", "reconciled"])
    trips = trips.select_related("campaign", "gateway", "pickup__parent__parent", "planned_by")
    now = timezone.now()
    manifests = Manifest.objects.bulk_create(
        build_manifest(trip, made_by=trip.planned_by, made_at=min(trip.departs_at - CLOSED_BEFORE, now))
        for trip in trips.order_by("departs_at")
    )
    ManifestPart.objects.bulk_create(part for manifest in manifests for part in parts_of(manifest))
