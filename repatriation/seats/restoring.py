"""Giving families back the seats that they lost when a list was closed before they answered."""

from __future__ import annotations

from portal.accounts.models import User
from repatriation.intake.actions import lock_day
from repatriation.models import Campaign, Offer, Registration, Trip
from repatriation.seats.choosing import Room
from repatriation.seats.conditions import BY_HAND, condition_against
from repatriation.seats.filling import TooLateToAsk, require_time_to_answer
from repatriation.seats.offering import offer_seats


def offer_lost_seats(trip: Trip, *, by: User) -> list[Offer]:
    """Offer the trip again, in queue order, to the families that its closing left out and that still wait.

    A family is passed over when something of `CONDITIONS` now stands against it. Nobody is asked when nobody
    could answer in time, or while the queue is rescored. The caller has locked the trip, which is open.
    """
    try:
        deadline = require_time_to_answer(trip)
    except TooLateToAsk:
        return []
    if Campaign.objects.hold_rules(trip.campaign_id).rescoring_since:
        return []
    lost = Offer.objects.filter(trip=trip, closed_out=True).values("registration")
    room = Room(trip.seats_free, lock_day(trip.day))
    waiting = Registration.objects.filter(pk__in=lost, status=Registration.Status.WAITING)
    locked = waiting.select_for_update(of=("self",)).select_related("home_commune").order_by("pk")
    families = []
    for family in sorted(locked, key=Registration.queue_key):
        if condition_against(room.turn(trip, family), BY_HAND) is None:
            families.append(family)
            room.take(family)
    return offer_seats(trip, families, deadline, by=by, kind="offer_again")
