"""Where a family stands with its home commune, in words for the family."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.ui.formats import vn_datetime
from repatriation.models import Registration, Screening

Status = Screening.Status


def last_screening(registration: Registration) -> Screening | None:
    """What counts now: the commune that was asked last."""
    rows = registration.screenings.exclude(status=Status.CANCELLED).select_related("commune")
    found: Screening | None = rows.order_by("pk").last()
    return found


def says(row: Screening, *, awaited: bool) -> str:
    """One sentence. `awaited`: the campaign gives seats only to families whose commune has spoken."""
    commune = row.commune.name
    if row.status == Status.CONFIRMED:
        return _("%(commune)s đã xác nhận.") % {"commune": commune}
    if row.status == Status.OVERDUE:
        return _("%(commune)s chưa kịp xác nhận, gia đình vẫn tiếp tục.") % {"commune": commune}
    if row.status == Status.ASKED:
        return _("%(commune)s hỏi gia đình, vui lòng trả lời.") % {"commune": commune}
    if row.status in {Status.DISPUTED, Status.NOT_OURS}:
        text = _("Tỉnh đang xem gia đình thuộc xã, phường nào.")
    else:
        text = _("%(commune)s đang xác nhận, hạn %(time)s.") % {
            "commune": commune,
            "time": vn_datetime(row.due_at),
        }
    beside = _("Xác nhận xong mới xếp chỗ.") if awaited else _("Gia đình vẫn được xếp chỗ trong lúc này.")
    return f"{text} {beside}"


def step_of(row: Screening, *, awaited: bool) -> dict[str, Any]:
    """The step for `ui/_steps.html`."""
    text = says(row, awaited=awaited)
    if row.status == Status.CONFIRMED:
        return {
            "title": _("Xã, phường xác nhận"),
            "state": "done",
            "time": row.decided_at,
            "text": row.commune.name,
        }
    state = "todo" if row.status == Status.OVERDUE else "now"
    return {"title": _("Xã, phường xác nhận"), "state": state, "text": text}
