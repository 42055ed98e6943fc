"""The state of a family's screening, in words for the family."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.ui.formats import vn_datetime
from repatriation.models import Registration, Screening

Status = Screening.Status


def last_screening(registration: Registration) -> Screening | None:
    """Return the screening that counts now: that of the commune asked last."""
    rows = registration.screenings.exclude(status=Status.CANCELLED).select_related("commune")
    screening: Screening | None = rows.order_by("pk").last()
    return screening


def screening_sentence(row: Screening, *, awaited: bool) -> str:
    """Return the state in one or two sentences. `awaited`: seats go only to families whose commune has spoken."""
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
    """Return the screening as a step for `ui/_steps.html`."""
    text = screening_sentence(row, awaited=awaited)
    if row.status == Status.CONFIRMED:
        return {
            "title": _("Xã, phường xác nhận"),
            "state": "done",
            "time": row.decided_at,
            "text": row.commune.name,
        }
    state = "todo" if row.status == Status.OVERDUE else "now"
    return {"title": _("Xã, phường xác nhận"), "state": state, "text": text}
