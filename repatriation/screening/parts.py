"""Parts of the worklist "Hôm nay" about screening, for communes and for the province."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.models import Screening
from repatriation.models.screening import ScreeningQuerySet
from repatriation.screening.seen import family_seen

Status = Screening.Status


def _to_confirm(user: User) -> ScreeningQuerySet:
    """Return screenings that are new, or whose question the family has answered."""
    rows = Screening.objects.visible_to(user, P.DECIDE_SCREENING).filter(status=Status.PENDING)
    return rows.current()


def _disputed(user: User) -> ScreeningQuerySet:
    return Screening.objects.visible_to(user, P.SETTLE_SCREENING).filter(status=Status.DISPUTED).current()


def _late(user: User) -> ScreeningQuerySet:
    """Return overdue screenings, whose families went on without their commune's word."""
    rows = Screening.objects.visible_to(user, P.SETTLE_SCREENING).filter(status=Status.OVERDUE)
    return rows.filter(registration__screening_overdue=True).current()


def _part(
    key: str,
    order: int,
    permission: P,
    rows: Callable[[User], ScreeningQuerySet],
    title: Any,
    empty: Any,
) -> None:
    def first(user: User, limit: int) -> list[Screening]:
        full = rows(user).select_related("registration__origin", "commune", "suggested")
        full = full.prefetch_related("registration__members__person").order_by("due_at", "pk")
        found = list(full[:limit])
        for row in found:
            row.seen = family_seen(row, user)
        return found

    parts.worklist.register(
        parts.WorklistPart(
            key=key,
            order=order,
            permission=permission,
            title=title,
            waits=lambda user: [rows(user)],
            rows=first,
            template="repatriation/screening/_screening_worklist.html",
            empty_text=empty,
        )
    )


_part(
    "screening",
    14,
    P.DECIDE_SCREENING,
    _to_confirm,
    _("Xác nhận quê"),
    _("Gia đình đăng ký về đây sẽ hiện ở đây cùng hạn xác nhận."),
)
_part(
    "screening_disputed",
    15,
    P.SETTLE_SCREENING,
    _disputed,
    _("Chưa rõ quê"),
    _("Gia đình mà xã, phường trả lời không phải của mình hiện ở đây tới khi tỉnh quyết định."),
)
_part(
    "screening_late",
    16,
    P.SETTLE_SCREENING,
    _late,
    _("Xã chậm xác nhận"),
    _("Gia đình đi tiếp mà xã, phường chưa kịp xác nhận hiện ở đây."),
)
