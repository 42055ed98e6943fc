"""The part of "Hôm nay" for people who boarded and were entered at no checkpoint."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.models import Boarding


def _not_arrived(user: User) -> QuerySet[Boarding]:
    return Boarding.objects.visible_to(user, P.PLAN_TRIPS).not_arrived()


def _not_arrived_rows(user: User, limit: int) -> list[Boarding]:
    rows = _not_arrived(user).select_related("person__home_commune", "registration", "trip__gateway")
    return list(rows.order_by("at", "pk")[:limit])


parts.worklist.register(
    parts.WorklistPart(
        key="not_arrived",
        order=9,
        permission=P.PLAN_TRIPS,
        title=_("Lên xe, chưa qua chốt"),
        waits=lambda user: [_not_arrived(user)],
        rows=_not_arrived_rows,
        template="repatriation/boarding/_not_arrived.html",
        empty_text=_("Ai đã lên xe mà chưa chốt nào ghi nhận sẽ hiện ở đây sau khi chuyến được đối chiếu."),
    )
)
