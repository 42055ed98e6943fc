"""Entries to settle, in "Hôm nay" and in the navigation."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.models import OfflineEntry


def _open(user: User) -> QuerySet[OfflineEntry]:
    return OfflineEntry.objects.visible_to(user).to_settle()


def _rows(user: User, limit: int) -> list[OfflineEntry]:
    rows = _open(user).select_related("place", "recorded_by", "device")
    return list(rows.order_by("-is_urgent", "received_at", "pk")[:limit])


parts.worklist.register(
    parts.WorklistPart(
        key="offline_entries",
        order=7,
        permission=P.RECORD_ARRIVALS,
        title=_("Lượt cần xử lý"),
        waits=lambda user: [_open(user)],
        rows=_rows,
        template="repatriation/offline/_worklist.html",
        empty_text=_("Lượt ghi lúc mất mạng mà cổng chưa ghi được sẽ hiện ở đây, tới khi có người xử lý."),
    )
)
