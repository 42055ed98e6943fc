"""Find a family at the checkpoint."""

from __future__ import annotations

import re

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from citizens.links import LinkRefused, find_link
from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.limits import require_few_look_ups
from portal.records.log import record_read
from repatriation.checkpoint.scanning import DeskScan, ScanKind, read
from repatriation.models import Offer, Registration
from repatriation.registration.lookup import LIMIT, Family, LookUp, _look_up
from repatriation.rules import may_look_up_at

_SECRET = re.compile(r"/l/([A-Za-z0-9_-]{20,})/?$")  # the end of a secret link


def find_family(user: User, text: str, *, checkpoint: Place, request: HttpRequest | None = None) -> LookUp:
    """Look somebody up by registration code, the card's QR code, identity number, phone, or name.

    The text is what a scanner, a camera or a hand gave, and may hold several lines; what is nothing for the
    portal comes back as `sentences`. Raises `PermissionDenied` for a user who may not look people up,
    `TooManyLookUps` past the limit.
    """
    if not may_look_up_at(user, checkpoint):
        raise PermissionDenied
    require_few_look_ups(user, request=request)
    result, shown = _look_up_all(read(text), checkpoint)
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


def _look_up_all(scan: DeskScan, checkpoint: Place) -> tuple[LookUp, str]:
    """Look up each text of a scan. Families that several of them name come once."""
    found = [_look_up(one.text, checkpoint) for one in scan.taken]
    if not found and (linked := _of_link(scan)):
        return linked, "link"
    if not found:
        kind = scan.refused[0].kind if scan.refused else "name"
        return LookUp(str(kind), sentences=scan.sentences), ""
    first, shown = found[0]
    families: dict[object, Family] = {}
    for result, _shown in found:
        for family in result.families:
            key = family.registration or tuple(person.pk for person in family.people)
            families.setdefault(key, family)
    first.families = list(families.values())[:LIMIT]
    first.sentences = scan.sentences
    return first, ", ".join(dict.fromkeys([shown, *(text for _result, text in found[1:])]))[:200]


def _of_link(scan: DeskScan) -> LookUp | None:
    """Look up the family whose own secret link was scanned from its phone."""
    for one in scan.refused:
        match = _SECRET.search(one.text) if one.kind == ScanKind.LINK else None
        if match is None:
            continue
        try:
            link = find_link(match[1])
        except LinkRefused:
            continue
        rows = Registration.objects.none()
        if link.subject_type == Registration._meta.label_lower:
            rows = Registration.objects.filter(pk=link.subject_id)
        elif link.subject_type == Offer._meta.label_lower:
            rows = Registration.objects.filter(offers=link.subject_id)
        if (row := rows.first()) is not None:
            result, _shown = _look_up(row.code, None)
            return result
    return None
