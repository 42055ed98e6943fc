"""By whom something was cancelled, for the pill that says "Đã hủy": read from the log, one query for a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from portal.records.log import subject_of
from portal.records.models import Event

CANCELLED = "cancelled"


def tell_who_cancelled(rows: Iterable[Any], *, names: bool = False) -> None:
    """Set `cancelled_by` of each row (of one model) that is cancelled. `names`: an officer is named, for officers."""
    cancelled = {row.pk: row for row in rows if row.status == CANCELLED}
    if not cancelled:
        return
    subject_type, _pk = subject_of(next(iter(cancelled.values())))
    events = Event.objects.filter(
        subject_type=subject_type, subject_id__in=cancelled, to_status=CANCELLED
    ).order_by("at", "id")
    for event in events:
        cancelled[event.subject_id].cancelled_by = _who(event, names)


def _who(event: Event, names: bool) -> str:
    if event.actor_kind == "citizen":
        return _("người dân hủy")
    if event.actor_kind == "system":
        return _("hệ thống hủy")
    return _("%(name)s hủy") % {"name": event.actor_label} if names else _("cán bộ hủy")
