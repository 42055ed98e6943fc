"""Daily checks on the portal's own pages: the citizen's choice, and the worklist of missing checks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.ui import parts
from quarantine.daily.worklists import silent, silent_rows
from quarantine.worklists import register_worklist

register_worklist(
    "silent", 30, _("Chưa khai sức khỏe"), lambda user: [silent(user)], silent_rows,
    "quarantine/daily/worklist_silent.html", _("Mọi người đang cách ly đều đã khai sức khỏe."),
)  # fmt: skip

parts.home_choices.register(
    parts.HomeChoice(
        key="daily",
        label=_("Khai báo sức khỏe hôm nay"),
        hint=_("Người đang cách ly, theo dõi tại nhà"),
        icon="health",
        url_name="quarantine:daily_home",
        order=30,
    )
)
