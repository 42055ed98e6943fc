"""The queue for officers: the place of each family, and the search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from citizens import codes, phones
from citizens.matching import fold
from citizens.models import Person
from repatriation.models import Campaign, Member, Registration
from repatriation.models.registration import RegistrationQuerySet

POSITIONS = """
SELECT id, place FROM (
    SELECT id, row_number() OVER (ORDER BY score * -1, registered_at, id) AS place
    FROM repatriation_registration WHERE campaign_id = %s AND status = 'waiting'
) AS queue WHERE id = ANY(%s)
"""

COUNTED = """
SELECT id, 1 + (
    SELECT count(*) FROM repatriation_registration AS ahead
    WHERE ahead.campaign_id = family.campaign_id AND ahead.status IN ('waiting')
        AND (ahead.score * -1, ahead.registered_at, ahead.id)
            < (family.score * -1, family.registered_at, family.id)
) FROM repatriation_registration AS family WHERE campaign_id = %s AND status = 'waiting' AND id = ANY(%s)
"""
FEW = 3  # families


def positions(campaign: Campaign, registration_ids: Iterable[int]) -> dict[int, int]:
    """Return each family's place in the queue, 1 for the first.

    For up to `FEW` families the families before each are counted; for more, one pass numbers the whole queue
    by its index.
    """
    ids = list(registration_ids)
    if not ids:
        return {}
    query = COUNTED if len(ids) <= FEW else POSITIONS
    with connection.cursor() as cursor:
        cursor.execute(query, [campaign.pk, ids])
        return dict(cursor.fetchall())


def search(rows: RegistrationQuerySet, text: str) -> RegistrationQuerySet:
    """Filter by code, by a whole phone or identity number, or by a member's name without marks.

    A text without letters and digits matches nothing.
    """
    text = text.strip()
    if not text:
        return rows
    if found := codes.meant(text, settings.PORTAL_CODE_PREFIX):
        return rows.filter(code__in=found)
    if any(character.isdigit() for character in text):
        people = Person.objects.search(text)
        try:
            by_phone = Q(phone=phones.normalise(text))
        except phones.PhoneError:
            by_phone = Q(pk=None)
        return rows.filter(by_phone | Q(pk__in=_with_member(people)))
    return rows.filter(pk__in=_with_member(Person.objects.by_name(text))) if fold(text) else rows.none()


def _with_member(people: QuerySet[Person]) -> QuerySet[Member, Any]:
    return Member.objects.filter(person__in=people).values("registration")


def reason_sentence(registration: Registration) -> str:
    """Return the reasons of a family's score, in the words that the family reads too."""
    from repatriation.queue.predicates import sentence

    return sentence(registration.score_reasons)
