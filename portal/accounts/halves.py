"""Passwords in two halves, for accounts that no administrator may open alone.

Whoever asked reads the first half, whoever confirmed the second one, and the officer gets one from each. The first
half is worked out from the request by the portal's key, so that it is stored nowhere.
"""

from __future__ import annotations

import base64
import secrets

from django.utils.crypto import salted_hmac

from portal.accounts.actions import set_first_password
from portal.accounts.models import RoleRequest, User

LENGTH = 10  # letters and digits, of 5 bits each; wrong tries are limited at the sign-in


def first_half_for(request: RoleRequest, reader: User) -> str:
    """Return the half that `reader` hands to the officer; empty for everybody but the one who asked."""
    return _first_half(request) if request.gives_half and request.requested_by_id == reader.pk else ""


def give_in_halves(user: User, request: RoleRequest, *, by: User) -> str:
    """Set the account's password by a confirmed request; return the half that only `by` is shown. In a transaction."""
    second = _text(secrets.token_bytes(LENGTH))
    set_first_password(user, _first_half(request) + second, by=by)
    request.gives_half = True
    request.save(update_fields=["gives_half"])
    return second


def _first_half(request: RoleRequest) -> str:
    return _text(salted_hmac("portal.accounts.halves", str(request.pk), algorithm="sha256").digest())


def _text(random: bytes) -> str:
    """Return letters and digits that sound and look unlike: base 32 has no 0, 1 and 8."""
    return base64.b32encode(random)[:LENGTH].decode().lower()
