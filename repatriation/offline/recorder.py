"""The signed token by which an entry says who recorded it. It is made while the officer is signed in.

It lies encrypted on the device and travels inside the sealed entry, so whoever comes after cannot use it.
"""

from __future__ import annotations

from typing import Any

from django.core import signing

from portal.accounts.models import User
from portal.places.models import Place
from repatriation.offline.sealing import current_key

SALT = "repatriation.offline.recorder"


def recorder_token(user: User) -> str:
    return signing.dumps({"user": user.pk}, salt=SALT)


def recorder_of(token: str) -> User | None:
    """Return the officer; None for a token that the portal did not make. It does not age: entries may wait long."""
    try:
        content = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=content["user"]).first()


def sealing_kit(user: User, place: Place) -> dict[str, Any]:
    """Return what a device needs to seal entries of this officer at this place."""
    key = current_key()
    return {
        "user": {"id": user.pk, "name": user.full_name},
        "place": {"id": place.pk, "name": place.name},
        "key": {"id": key.pk, "public": key.public},
        "recorder": recorder_token(user),
    }
