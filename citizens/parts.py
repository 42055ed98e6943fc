"""What people show on the pages of the portal."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.ui import parts

parts.navigation.register(
    parts.NavigationItem(
        key="people",
        label=_("Người dân"),
        group=_("Người dân"),
        url_name="citizens:person_list",
        permission=Permission.SEE_PEOPLE,
        order=20,
    )
)
parts.home_choices.register(
    parts.HomeChoice(
        key="mine",
        order=20,
        label=_("Xem đăng ký của tôi"),
        hint=_("Thứ tự, chuyến xe, việc cần làm tiếp"),
        icon="search",
        url_name="citizens:mine",
    )
)
