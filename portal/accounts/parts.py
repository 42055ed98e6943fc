from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.ui import parts

parts.navigation.register(
    parts.NavigationItem(
        key="users",
        label=_("Tài khoản"),
        url_name="accounts:user_list",
        permission=Permission.MANAGE_USERS,
        order=80,
    )
)
