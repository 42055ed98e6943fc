"""Requests for another phone, in "Hôm nay" of their home commune."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.models import PhoneCorrection
from repatriation.models.phone_correction import PhoneCorrectionQuerySet


def _to_decide(user: User) -> PhoneCorrectionQuerySet:
    rows = PhoneCorrection.objects.visible_to(user, P.EDIT_PEOPLE).open()
    return rows


def _first(user: User, limit: int) -> list[PhoneCorrection]:
    rows = _to_decide(user).select_related("registration__home_commune", "person", "decided_by")
    return list(rows.order_by("requested_at", "pk")[:limit])


parts.worklist.register(
    parts.WorklistPart(
        key="phone_corrections",
        order=17,
        permission=P.EDIT_PEOPLE,
        title=_("Đổi số điện thoại"),
        waits=lambda user: [_to_decide(user)],
        rows=_first,
        template="repatriation/phones/_phone_worklist.html",
        empty_text=_("Gia đình khai nhầm số điện thoại, xin đổi số khác, sẽ hiện ở đây."),
    )
)
