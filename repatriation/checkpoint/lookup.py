"""Find a family at the checkpoint."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.limits import require_few_look_ups
from portal.records.log import record_read
from repatriation.registration.lookup import LookUp, _look_up
from repatriation.rules import may_look_up_at


def find_family(user: User, text: str, *, checkpoint: Place, request: HttpRequest | None = None) -> LookUp:
    """Look somebody up by registration code, the card's QR code, identity number, phone, or name.

    Raises `PermissionDenied` for a user who may not look people up, `TooManyLookUps` past the limit.
    """
    if not may_look_up_at(user, checkpoint):
        raise PermissionDenied
    require_few_look_ups(user, request=request)
    result, shown = _look_up(text.replace("\0", "").strip()[:500], checkpoint)
    record_read(
        user,
        "lookup",
        subject_type=Person._meta.label_lower,
        subject_ids=[person.pk for family in result.families for person in family.people],
        reason=f"{result.by}: {shown}",
        request=request,
        place=checkpoint,
    )
    return result
