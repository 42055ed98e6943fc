"""The look-up of a caller's family, which lets the operator act for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.limits import require_few_look_ups
from portal.records.log import record_read
from portal.records.models import Read
from repatriation.models import Registration
from repatriation.registration.lookup import LookUp, _look_up, _registrations
from repatriation.rules import may_answer_callers

CALL = dt.timedelta(hours=1)  # how long a look-up for a caller lets the operator act for the family


@dataclass(frozen=True)
class Call:
    """A family that an operator has looked up for a caller, and why."""

    registration: Registration
    reason: str


def find_for_caller(user: User, text: str, *, reason: str, request: HttpRequest | None = None) -> LookUp:
    """Find registrations by a whole code or number for a caller; never by name.

    Raise `PermissionDenied` for a user who does not answer callers, `TooManyLookUps` past the limit.
    """
    if not may_answer_callers(user):
        raise PermissionDenied
    require_few_look_ups(user, request=request)
    result, shown = _look_up(text.replace("\0", "").strip()[:500], None)
    result.families = [family for family in result.families if family.registration is not None]
    record_read(
        user,
        "call",
        subject_type=Registration._meta.label_lower,
        subject_ids=[family.registration.pk for family in result.families if family.registration],
        reason=f"{reason} ({result.by}: {shown})",
        request=request,
        place=user.place_of(Permission.ANSWER_CALLERS),
    )
    return result


def call_about(user: User, code: str) -> Call | None:
    """Return the family of this code if the log says that this user looked it up within `CALL`."""
    row = _registrations().filter(code=code).first()
    if row is None:
        return None
    looks = Read.objects.filter(
        user=user,
        kind="call",
        subject_type=Registration._meta.label_lower,
        subject_ids__contains=[row.pk],
        at__gt=timezone.now() - CALL,
    )
    look = looks.first()
    return Call(row, look.reason) if look is not None else None
