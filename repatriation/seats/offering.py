"""Offers made and ended for many families at once, in a few statements a trip.

The caller has locked the trip and then the families, and has checked what it read under these locks.
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
    """Offer each of these families its seats on the trip until `deadline`, with a message and a link.

    Returns the offers in the order of the families. `by_hand` is the reason why an officer chose them instead
    of the queue. The database refuses one seat too many, a part of a family, and a family on two trips.
    """
    data = {"trip": trip.code}
    families = transition_many(families, "offer", by=by, reason=by_hand, data=data, locked=True)
    offers = Offer.objects.bulk_create(
        Offer(trip=trip, registration=family, people=family.people, deadline=deadline, by_hand=by_hand)
        for family in families
    )
    links = make_links([(offer, offer.registration.phone) for offer in offers], "offer")
    context = {
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
                context={**context, "code": offer.registration.code, "people": offer.people},
                secrets={"link": link},
                expires_at=deadline,
            )
            for offer, link in zip(offers, links, strict=True)
        ],
    )
    return offers


def lock_offers(trip: Trip, *statuses: str) -> list[Offer]:
    """Lock the limits of the trip's day, and its offers in these states with their families.

    Returns the offers. The caller has locked the trip.
    """
    lock_day(trip.day)
    chosen = Offer.objects.filter(trip=trip, status__in=statuses)
    families = Registration.objects.filter(pk__in=list(chosen.values_list("registration_id", flat=True)))
    locked = {family.pk: family for family in families.select_for_update(of=("self",)).order_by("pk")}
    offers = list(chosen.select_for_update(of=("self",)).order_by("registration_id"))
    for offer in offers:
        offer.trip, offer.registration = trip, locked[offer.registration_id]
    return offers


def give_back(
    trip: Trip,
    offers: Sequence[Offer],
    verb: str,
    *,
    by: User | Actor,
    message: str,
    reason: str = "",
    closed_out: bool = False,
) -> None:
    """End live offers of the trip, as `lock_offers` returned them, and tell the families.

    They wait again with their scores and their times of registering. `closed_out` marks offers that ended
    because the list was closed; they are made again when it is reopened.
    """
    families = [offer.registration for offer in offers]
    data = {"trip": trip.code}
    families = transition_many(families, "requeue", by=by, reason=reason, data=data, locked=True)
    transition_many(offers, verb, by=by, reason=reason, locked=True, closed_out=closed_out)
    notify_families(trip, families, message, reason=reason)


def notify_families(
    trip: Trip,
    families: Sequence[Registration],
    kind: str,
    *,
    reason: str = "",
    links: Sequence[str] = (),
    **more: str,
) -> None:
    """Send each family one message about the trip, with its own link where there are `links`.

    `more` are further values for the sentence of this kind.
    """
    context = {
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
                context={**context, "code": family.code},
                secrets={"link": links[number]} if links else {},
            )
            for number, family in enumerate(families)
        ],
    )


class OnBoard(Refused):
    """Somebody of the family is on the vehicle, so a press at home must not give its seats away."""

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


def require_nobody_on_board(trip: Trip, registration: Registration) -> None:
    """Raise `OnBoard` when somebody of the family is on the vehicle.

    The caller has locked the trip, so that nobody gets on meanwhile.
    """
    if Boarding.objects.standing().filter(trip=trip, registration=registration).exists():
        raise OnBoard
