"""What trips of a form would do before they exist: how many wait where, and who would be invited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from portal.accounts.models import User
from portal.places.models import Place
from repatriation.models import Campaign, Trip
from repatriation.queue.outlook import outlook
from repatriation.seats.preview import (
    InvitationPreview,
    named,
    who_would_be_invited,
    who_would_be_invited_in_turn,
)
from repatriation.trips.actions import usable_seats
from repatriation.trips.forms import TripForm
from repatriation.trips.forms_waves import PlannedTrip
from repatriation.views_shared import officer_of

MOST_PREVIEWED = 40  # trips of a wave; the first to leave


def outlook_for(user: User, form: Any) -> dict[str, Any]:
    """Return how many wait in the campaign that the form names, for above the form."""
    campaign = getattr(form, "cleaned_data", {}).get("campaign") or form.fields["campaign"].initial
    if campaign is None:
        return {}
    return {"campaign": campaign, "outlook": outlook(user, campaign)}


def preview_trip(request: HttpRequest, form: TripForm) -> InvitationPreview:
    """Return whom the trip of a valid form would invite, with the names that the user may see."""
    data = form.cleaned_data
    trip = _would_be(
        data["campaign"],
        departs_at=data["departs_at"],
        pickup=data["pickup"],
        gateway=data["gateway"],
        vehicle_seats=data["seats"],
        has_escort=data["has_escort"],
        destinations=data["destinations"],
    )
    return named(who_would_be_invited(trip), officer_of(request), request)


@dataclass(frozen=True)
class WavePreview:
    """Whom the trips of a wave would invite, by the keys of the trips; the last trips may not be counted."""

    of_trips: dict[str, InvitationPreview]
    uncounted: int

    @property
    def families(self) -> int:
        return sum(len(one.families) for one in self.of_trips.values())

    @property
    def people(self) -> int:
        return sum(one.people for one in self.of_trips.values())


def preview_wave(data: dict[str, Any], planned: Sequence[PlannedTrip], kept: Collection[str]) -> WavePreview:
    """Return whom the trips that are kept would invite, one after the other as they leave."""
    chosen = [one for one in planned if one.key in kept]
    counted = chosen[:MOST_PREVIEWED]
    trips = [
        _would_be(
            data["campaign"],
            departs_at=one.plan.departs_at,
            pickup=one.plan.pickup,
            gateway=data["gateway"],
            vehicle_seats=one.plan.vehicle_seats,
            has_escort=one.plan.has_escort,
            destinations=data["destinations"],
        )
        for one in counted
    ]
    previews = who_would_be_invited_in_turn(trips)
    of_trips = {one.key: preview for one, preview in zip(counted, previews, strict=True)}
    return WavePreview(of_trips, len(chosen) - len(counted))


def _would_be(
    campaign: Campaign,
    *,
    departs_at: dt.datetime,
    pickup: Place,
    gateway: Place,
    vehicle_seats: int,
    has_escort: bool,
    destinations: Sequence[Place],
) -> Trip:
    """Return the trip that planning would make; it is not saved."""
    trip = Trip(
        campaign=campaign,
        departs_at=departs_at,
        pickup=pickup,
        gateway=gateway,
        seats=usable_seats(campaign, vehicle_seats),
        vehicle_seats=vehicle_seats,
        has_escort=has_escort,
    )
    trip.destination_ids = frozenset(place.pk for place in destinations)
    return trip
