"""Messages and words of the log about alerts. A message to an officer names nobody and tells no health."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "alert_raised",
    title=_("Việc cần xử lý ngay"),
    text=_("{portal}: {place} có một việc cần xử lý ngay. Vui lòng mở “Hôm nay” để xem."),
)
register_kind(
    "alert_escalated",
    title=_("Việc quá hạn chưa ai xử lý"),
    text=_("{portal}: một việc gấp của {place} quá hạn chưa xong. Vui lòng mở “Hôm nay” để xem."),
)
register_verbs(
    "quarantine.alert",
    title=_("Cảnh báo sức khỏe"),
    verbs={
        "raise": _("Báo động"),
        "join": _("Thêm dấu hiệu"),
        "renew": _("Có dấu hiệu mới, báo lại"),
        "take": _("Nhận xử lý"),
        "release": _("Trả lại, chưa xử lý"),
        "settle": _("Ghi đã xong"),
        "reopen": _("Mở lại"),
        "move": _("Chuyển nơi xử lý"),
        "escalate": _("Báo lên cấp trên"),
    },
)
