"""Messages, the secret link and the log's words for daily checks."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs
from quarantine.links import DAILY

register_purpose(DAILY, "quarantine:daily")

register_kind(
    "order_reminder",
    title=_("Nhắc khai sức khỏe"),
    text=_("{portal}: hôm nay bà con chưa khai sức khỏe cho {name}. Vui lòng khai tại {link}"),
)
register_verbs(
    "quarantine.dailycheck",
    title=_("Khai báo sức khỏe"),
    verbs={"report": _("Khai báo"), "see": _("Cán bộ đã nắm dấu hiệu nặng")},
)
