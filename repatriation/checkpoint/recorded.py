"""The people of one form of the checkpoint, as far as an officer may see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, Q

from portal.accounts.models import User
from repatriation.models import Arrival, ArrivalCorrection, Handover


def recorded_people(user: User, key: UUID) -> list[Arrival]:
    """Return the arrivals of a form with their corrections, also those that were taken back.

    The checkpoint sees them, and so does whoever has them on the way to it or has accepted them.
    """
    mine = Arrival.objects.visible_to(user).filter(client_key=key)
    coming = Handover.objects.visible_to(user).filter(arrival__client_key=key)
    coming = coming.exclude(status=Handover.Status.REFUSED)
    rows = Arrival.objects.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=coming.values("arrival")))
    rows = rows.select_related(
        "person",
        "checkpoint",
        "destination",
        "registration",
        "trip",
        "entered_by",
        "taken_back_by",
        "facility",
    )
    corrections = Prefetch("corrections", ArrivalCorrection.objects.select_related("by"))
    return list(rows.prefetch_related(corrections).order_by("pk"))
