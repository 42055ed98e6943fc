"""Messages and the log's words for test results. A result is never in the text of a message."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "test_result_ready",
    title=_("Đã có kết quả xét nghiệm"),
    text=_("{portal}: {name} đã có kết quả xét nghiệm lấy mẫu ngày {day}. Xem tại {link}"),
)
register_verbs(
    "quarantine.testresult",
    title=_("Kết quả xét nghiệm"),
    verbs={
        "enter": _("Nhập kết quả"),
        "see": _("Cán bộ đã nắm ca dương tính"),
        "void": _("Bỏ kết quả ghi nhầm"),
    },
)
