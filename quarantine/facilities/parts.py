"""The facility in the officers' navigation, and people without a named facility in “Hôm nay”."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.ui import parts
from quarantine.facilities.worklists import to_name, to_name_rows
from quarantine.worklists import register_worklist

parts.navigation.register(
    parts.NavigationItem(
        key="facility",
        label=_("Cơ sở cách ly"),
        group=_("Người dân"),
        url_name="quarantine:facility",
        permission=Permission.SEE_FACILITY,
        order=35,
    )
)

register_worklist(
    "stays_to_name", 2, _("Chờ chỉ định nơi"), lambda user: [to_name(user)], to_name_rows,
    "quarantine/facilities/worklist_name.html",
    _("Ai phải đến cơ sở hay bệnh viện mà chưa có nơi sẽ hiện ở đây, tới khi tỉnh chỉ định."),
    is_urgent=True, permission=Permission.NAME_FACILITY,
)  # fmt: skip
