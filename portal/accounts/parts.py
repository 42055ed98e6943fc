import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import RoleRequest, User
from portal.accounts.roles import Permission
from portal.ui import parts

parts.navigation.register(
    parts.NavigationItem(
        key="users",
        label=_("Tài khoản"),
        group=_("Quản lý"),
        url_name="accounts:user_list",
        permission=Permission.MANAGE_USERS,
        order=80,
    )
)

RECENT = dt.timedelta(days=3)


def _to_decide(user: User) -> QuerySet[RoleRequest]:
    return RoleRequest.objects.to_decide(user)


def _asked(user: User) -> QuerySet[RoleRequest]:
    """Return what this administrator asked for: still open, or lately answered or expired."""
    mine = RoleRequest.objects.visible_to(user).filter(requested_by=user).exclude(decided_by=user)
    since = timezone.now() - RECENT
    return mine.filter(Q(decided_at=None, expires_at__gt=since) | Q(decided_at__gt=since))


def _part(
    key: str, order: int, rows: Callable[[User], QuerySet[RoleRequest]], title: Any, empty: Any
) -> None:
    def first(user: User, limit: int) -> list[RoleRequest]:
        full = rows(user).select_related("user", "place", "requested_by", "decided_by")
        return list(full.order_by("requested_on", "pk")[:limit])

    parts.worklist.register(
        parts.WorklistPart(
            key=key,
            order=order,
            permission=Permission.MANAGE_USERS,
            title=title,
            waits=lambda user: [rows(user)],
            rows=first,
            template="accounts/_role_requests.html",
            empty_text=empty,
        )
    )


_part(
    "role_requests",
    4,
    _to_decide,
    _("Vai trò, mật khẩu chờ duyệt"),
    _("Vai trò, mật khẩu mà một quản trị khác đề nghị sẽ hiện ở đây, chờ anh/chị duyệt."),
)
_part(
    "role_requests_asked",
    5,
    _asked,
    _("Vai trò, mật khẩu tôi đề nghị"),
    _("Vai trò, mật khẩu anh/chị đề nghị hiện ở đây tới vài ngày sau khi được trả lời."),
)
