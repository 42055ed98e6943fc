"""Rescoring after an officer corrected a birth: the families in whose score the age counts.

Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.actors import Actor
from repatriation.models import Campaign, Offer, Registration
from repatriation.models.registration import SCORED
from repatriation.queue.rescoring import score_now


def lock_families(person: Person) -> list[Registration]:
    """Lock and return the person's families whose score may still count."""
    rows = Registration.objects.filter(members__person=person, status__in=SCORED)
    for campaign in sorted(set(rows.values_list("campaign", flat=True))):
        Campaign.objects.hold_rules(campaign)
    ids = list(rows.values_list("pk", flat=True))
    locked = Registration.objects.filter(pk__in=ids, status__in=SCORED).select_for_update(of=("self",))
    return list(locked.select_related("campaign__rule_set").order_by("pk"))


def follow_birth(families: list[Registration], by: User | Actor) -> list[str]:
    """Score the families by the rules in force, and notify those whose points change.

    Return sentences about the consequences for the officer.
    """
    sentences = []
    for before in families:
        score_now(before.campaign, [before.pk])
        row = Registration.objects.get(pk=before.pk)
        if row.score != before.score:
            sentences.append(_notify_points(row, before.score))
        if row.needs_escort and not before.needs_escort and _rides_without_escort(row):
            sentences.append(
                _(
                    "Gia đình %(code)s chỉ còn người dưới 18 tuổi mà chuyến xe không có người đi kèm. "
                    "Vui lòng báo điều phối."
                )
                % {"code": row.code}
            )
    return sentences


def _notify_points(row: Registration, before: int) -> str:
    context = {"code": row.code, "before": before, "after": row.score}
    notify("birth_corrected", phone=row.phone, about=row, context=context)
    return (
        _("Điểm ưu tiên của gia đình %(code)s đổi từ %(before)d thành %(after)d; gia đình đã được nhắn.")
        % context
    )


def _rides_without_escort(row: Registration) -> bool:
    return row.offers.filter(status__in=Offer.LIVE, trip__has_escort=False).exists()
