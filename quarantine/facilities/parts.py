"""The facility in the officers' navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.ui import parts

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
