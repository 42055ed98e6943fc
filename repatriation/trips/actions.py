"""Actions on one trip, from its plan to the count of who came.

The database counts a trip's seats from its offers. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens import codes
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import allowed, transition, transition_many
from repatriation.boarding.actions import boarded_families, miss_families, undo_all
from repatriation.campaigns.actions import require_trip_fits
from repatriation.manifests.actions import freeze_manifest, withdraw_manifest
from repatriation.models import Boarding, Campaign, Offer, Trip, Wave
from repatriation.seats.offering import give_back, lock_offers, notify_families
from repatriation.seats.restoring import offer_lost_seats
from repatriation.trips.windows import require_arrival_possible, require_departure_possible

CODE_PREFIX = "CX"


@transaction.atomic
def plan_trip(
    campaign: Campaign,
    *,
    departs_at: dt.datetime,
    pickup: Place,
    gateway: Place,
    seats: int,
    by: User,
    vehicle_plate: str = "",
    has_escort: bool = False,
    destinations: Sequence[Place] = (),
    wave: Wave | None = None,
) -> Trip:
    """Plan a trip; nobody is seated before it is opened. `seats` are those of the vehicle, of which the
    campaign's share may be used. Where `destinations` are given, it takes families of those communes alone.

    Raise `Refused` where the campaign no longer has this gateway or these days.
    """
    require_trip_fits(campaign, gateway, departs_at)
    trip = Trip(
        campaign=campaign,
        departs_at=departs_at,
        pickup=pickup,
        gateway=gateway,
        seats=usable_seats(campaign, seats),
        vehicle_seats=seats,
        vehicle_plate=vehicle_plate,
        has_escort=has_escort,
        wave=wave,
        planned_by=by,
    )
    codes.fresh(trip, CODE_PREFIX)
    trip.destinations.set(destinations)
    record(trip, "plan", by=by, data={"seats": seats, "departs_at": departs_at.isoformat()})
    return trip


def usable_seats(campaign: Campaign, vehicle_seats: int) -> int:
    """Return how many seats of a vehicle may be used: less than all where people must sit apart."""
    return max(1, vehicle_seats * campaign.seat_share // 100)


def open_trip(trip: Trip, *, by: User | Actor) -> Trip:
    """Open the trip: from now on families can be seated."""
    return transition(trip, "open", by=by)


@transaction.atomic
def close_trip(trip: Trip, *, by: User | Actor) -> Trip:
    """Close the list and send it out. Families that have not answered go back to the queue, where they stood.

    The list can be reopened until the vehicle leaves.
    """
    trip = transition(trip, "close", by=by)
    now, silent = timezone.now(), lock_offers(trip, Offer.Status.OFFERED)
    late = [offer for offer in silent if offer.deadline <= now]
    give_back(trip, late, "lapse", by=by, message="offer_lapsed")
    early = [offer for offer in silent if offer.deadline > now]
    give_back(trip, early, "cancel", by=by, message="list_closed", closed_out=True)
    trip = fresh(trip)
    freeze_manifest(trip, by=by)
    return trip


@transaction.atomic
def reopen_trip(trip: Trip, *, by: User) -> Trip:
    """Reopen a closed list. Families that lost their seats by the closing are invited again, as far as there is
    room and time; the officers who have the list are told that it counts no longer.

    Raise `Refused` when somebody is already on the vehicle.
    """
    trip = transition(trip, "reopen", by=by)
    if Boarding.objects.standing().filter(trip=trip).exists():
        raise Refused(
            _("Đã có người được ghi lên xe nên không mở lại danh sách được. Vui lòng bỏ ghi lên xe trước.")
        )
    offer_lost_seats(trip, by=by)
    withdraw_manifest(trip, by=by)
    return fresh(trip)


@transaction.atomic
def depart_trip(trip: Trip, *, by: User | Actor) -> Trip:
    """Record that the vehicle left with the families that were scanned or, if none was, all that confirmed.

    A family that was not scanned keeps its seats until the trip is reconciled, because it may be on the
    vehicle all the same. Raise `Refused` outside the window of `require_departure_possible`.
    """
    trip = transition(trip, "depart", by=by)
    require_departure_possible(trip)
    offers = lock_offers(trip, Offer.Status.CONFIRMED)
    if Boarding.objects.standing().filter(trip=trip).exists():
        on_board = boarded_families(trip)
        offers = [offer for offer in offers if offer.registration_id in on_board]
    families = [offer.registration for offer in offers]
    families = transition_many(families, "depart", by=by, data={"trip": trip.code}, locked=True)
    notify_families(trip, families, "trip_departed")
    return fresh(trip)


@transaction.atomic
def arrive_trip(trip: Trip, *, by: User | Actor) -> Trip:
    """Record that the vehicle reached the checkpoint; each family is still entered by itself.

    Raise `Refused` outside the window of `require_arrival_possible`.
    """
    trip = transition(trip, "arrive", by=by)
    require_arrival_possible(trip)
    return trip


@transaction.atomic
def reconcile_trip(trip: Trip, *, by: User | Actor) -> Trip:
    """Finish the count of who came.

    A family that neither got on nor was entered at a checkpoint did not come, and is told how to go on. A
    family that got on has travelled; while no checkpoint has entered it, it stays on the road, where the
    province sees it.
    """
    trip = transition(trip, "reconcile", by=by)
    offers = lock_offers(trip, Offer.Status.CONFIRMED)
    on_board = boarded_families(trip)
    travelled = [offer for offer in offers if offer.registration_id in on_board]
    late = [offer.registration for offer in travelled if allowed(offer.registration, "depart")]
    transition_many(late, "depart", by=by, data={"trip": trip.code}, locked=True)
    transition_many(travelled, "travel", by=by, locked=True)
    miss_families(trip, [offer for offer in offers if offer.registration_id not in on_board], by=by)
    return fresh(trip)


@transaction.atomic
def cancel_trip(trip: Trip, *, by: User, reason: str) -> Trip:
    """Cancel the trip. Its families go back to the queue, where they stood, with one message each.

    Raise `Refused` without a reason.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do hủy chuyến: gia đình sẽ đọc lý do này."))
    trip = transition(trip, "cancel", by=by, reason=reason)
    offers = lock_offers(trip, *Offer.LIVE)
    undo_all(trip, by=by)
    give_back(trip, offers, "cancel", by=by, message="trip_cancelled", reason=reason)
    return fresh(trip)


def fresh(trip: Trip) -> Trip:
    """Return the trip, reloaded: the database's triggers have counted its seats."""
    trip.refresh_from_db()
    return trip
