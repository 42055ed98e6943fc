"""Settle an entry that the portal could not do by itself: record it anyway, or close it with a note."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.refusals import Refused
from portal.records.transitions import transition
from repatriation.models import OfflineEntry
from repatriation.offline.kinds import KINDS, Done
from repatriation.offline.receiving import do_followers, perform


def record_anyway(
    entry: OfflineEntry, *, by: User, destination: Place | None = None
) -> tuple[OfflineEntry, Done]:
    """Do the entry on the word of an officer who has looked at it. The officer is who records it now.

    Raises `Refused` for what still cannot be done; then nothing changes.
    """
    with transaction.atomic():
        row = _locked(entry)
        kind = KINDS.get(row.kind)
        if kind is None or not kind.can_be_recorded:
            raise Refused(_("Lượt này không ghi lại được. Vui lòng đóng lại kèm ghi chú."))
        if OfflineEntry.objects.filter(key=row.key, status=OfflineEntry.Status.STORED).exists():
            raise Refused(
                _("Phiếu này đã được ghi với nội dung khác. Vui lòng sửa lượt đến, rồi đóng lượt này.")
            )
        done = perform(row, by=by, anyway=True, destination=destination)
        row = transition(
            row,
            "store",
            by=by,
            data={"recorded_by": row.recorded_by_id, "anyway": True},
            columns={"reason": ""},
            settled_at=timezone.now(),
            settled_by=by,
        )
    do_followers(row, by=by)
    return row, done


def close(entry: OfflineEntry, *, by: User, note: str) -> OfflineEntry:
    """Close the entry with a note; what it says is kept. What waited for it is done now."""
    with transaction.atomic():
        row = _locked(entry)
        row = transition(
            row, "settle", by=by, reason=note, settled_at=timezone.now(), settled_by=by, note=note
        )
    do_followers(row, by=by)
    return row


@transaction.atomic
def reopen(entry: OfflineEntry, *, by: User) -> OfflineEntry:
    """Put an entry back on the list that was closed by mistake."""
    row = _locked(entry)
    return transition(row, "reopen", by=by, settled_at=None, settled_by=None, note="")


def _locked(entry: OfflineEntry) -> OfflineEntry:
    rows = OfflineEntry.objects.select_for_update(of=("self",)).select_related(
        "place", "recorded_by", "device"
    )
    row: OfflineEntry = rows.get(pk=entry.pk)
    return row
