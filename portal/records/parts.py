from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.ui import parts

parts.navigation.register(
    parts.NavigationItem(
        key="log",
        label=_("Nhật ký"),
        group=_("Quản lý"),
        url_name="records:events",
        permission=Permission.READ_LOG,
        order=90,
    )
)
