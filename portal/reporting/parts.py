from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.ui import parts

parts.navigation.register(
    parts.NavigationItem(
        key="today",
        label=_("Hôm nay"),
        url_name="reporting:today",
        permission=Permission.SEE_WORKLIST,
        order=10,
    )
)
parts.navigation.register(
    parts.NavigationItem(
        key="figures",
        label=_("Số liệu"),
        group=_("Quản lý"),
        url_name="reporting:figures",
        permission=Permission.SEE_FIGURES,
        order=60,
    )
)
