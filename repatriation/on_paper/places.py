"""The checkpoints at which somebody records arrivals."""

from __future__ import annotations

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place


def checkpoints_of(user: User) -> list[Place]:
    """Return the checkpoints at which the user records arrivals."""
    ids = user.place_ids(Permission.RECORD_ARRIVALS)
    return list(Place.objects.active().filter(pk__in=ids, kind=Place.Kind.CHECKPOINT).by_name())
