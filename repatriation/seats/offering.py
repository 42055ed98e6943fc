"""Seats are written and given back for many families at once: a trip is full after a few statements.

The caller has locked the trip and then the families, and has looked at what it found under the lock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from citizens.links import make_links
from portal.accounts.models import User
from portal.notifications.outbox import Note, notify_many
from portal.records.actors import Actor
from portal.records.refusals import Refused
from portal.records.transitions import transition_many
from portal.ui.formats import vn_datetime
from repatriation.intake.actions import lock_day
from repatriation.models import Boarding, Offer, Registration, Trip


def offer_seats(
    trip: Trip,
    families: Sequence[Registration],
    deadline: dt.datetime,
    *,
    by: User | Actor,
    by_hand: str = "",
    kind: str = "offer",
) -> list[Offer]:
    """Offer each of these families its seats on the trip until `deadline`; each gets a message with a link.
    `by_hand` says why, where an officer chose them and not the queue.

    The offers come in the order of the families. The database refuses one seat too many, a part of a
    family, and a family on two trips.
    """
    data = {"trip": trip.code}
    families = transition_many(families, "offer", by=by, reason=by_hand, data=data, locked=True)
    offers = Offer.objects.bulk_create(
        Offer(trip=trip, registration=family, people=family.people, deadline=deadline, by_hand=by_hand)
        for family in families
    )
    links = make_links([(offer, offer.registration.phone) for offer in offers], "offer")
    told = {
        "trip": trip.code,
        "time": vn_datetime(trip.departs_at),
        "pickup": trip.pickup.name,
        "deadline": vn_datetime(deadline),
    }
    notify_many(
        kind,
        [
            Note(
                phone=offer.registration.phone,
                about=offer,
                context={**told, "code": offer.registration.code, "people": offer.people},
                secrets={"link": link},
                expires_at=deadline,
            )
            for offer, link in zip(offers, links, strict=True)
        ],
    )
    return offers


def lock_offers(trip: Trip, *statuses: str) -> list[Offer]:
    """The trip's offers in these states with their families, and the limits of its day, all locked. The
    caller has locked the trip."""
    lock_day(trip.day)
    chosen = Offer.objects.filter(trip=trip, status__in=statuses)
    families = Registration.objects.filter(pk__in=list(chosen.values_list("registration_id", flat=True)))
    locked = {family.pk: family for family in families.select_for_update(of=("self",)).order_by("pk")}
    offers = list(chosen.select_for_update(of=("self",)).order_by("registration_id"))
    for offer in offers:
        offer.trip, offer.registration = trip, locked[offer.registration_id]
    return offers


def give_back(
    trip: Trip, offers: Sequence[Offer], verb: str, *, by: User | Actor, message: str, reason: str = ""
) -> None:
    """End live offers of the trip, as `lock_offers` found them; their families wait again with their scores
    and their times of registration, and are told."""
    families = [offer.registration for offer in offers]
    data = {"trip": trip.code}
    families = transition_many(families, "requeue", by=by, reason=reason, data=data, locked=True)
    transition_many(offers, verb, by=by, reason=reason, locked=True)
    tell(trip, families, message, reason=reason)


def tell(
    trip: Trip,
    families: Sequence[Registration],
    kind: str,
    *,
    reason: str = "",
    links: Sequence[str] = (),
    **more: str,
) -> None:
    """One message to each family about the trip, with its own link where there are `links`. `more` is what
    else the kind's sentence says."""
    told = {
        "trip": trip.code,
        "time": vn_datetime(trip.departs_at),
        "gateway": trip.gateway.name,
        "reason": reason,
        **more,
    }
    notify_many(
        kind,
        [
            Note(
                phone=family.phone,
                about=family,
                context={**told, "code": family.code},
                secrets={"link": links[number]} if links else {},
            )
            for number, family in enumerate(families)
        ],
    )


class OnBoard(Refused):
    """Somebody of the family is on the vehicle: a press at home must not take its seats away."""

    def __str__(self) -> str:
        return _(
            "Gia đình đã có người lên xe nên chưa trả chỗ ở đây được. Nếu không đi nữa, vui lòng báo cán bộ "
            "theo xe hoặc gọi %(hotline)s."
        ) % {"hotline": settings.PORTAL_HOTLINE}

    def to_officer(self) -> str:
        return _(
            "Gia đình đã có người lên xe nên chưa trả chỗ ở đây được. Nếu không đi nữa, vui lòng nói gia đình "
            "báo cán bộ theo xe."
        )


def demand_nobody_on_board(trip: Trip, registration: Registration) -> None:
    """Raises `OnBoard`. The caller holds the trip, so that nobody gets on meanwhile."""
    if Boarding.objects.standing().filter(trip=trip, registration=registration).exists():
        raise OnBoard
