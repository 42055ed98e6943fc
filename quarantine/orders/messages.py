"""Messages and the log's words for orders."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "order_opened",
    title=_("Có quyết định theo dõi sức khỏe"),
    text=_(
        "{portal}: {name} đã có quyết định cách ly, theo dõi sức khỏe số {number}. "
        "Mỗi ngày vui lòng khai sức khỏe cho cả nhà tại {link}"
    ),
)
register_kind(
    "order_extended",
    title=_("Gia hạn cách ly"),
    text=_(
        "{portal}: thời gian cách ly của {name} được kéo dài đến hết ngày {until}. "
        "Lý do và việc khai sức khỏe: {link}"
    ),
)
register_kind(
    "order_transferred",
    title=_("Chuyển nơi theo dõi sức khỏe"),
    text=_(
        "{portal}: từ nay {place} phụ trách việc cách ly của {name}, đến hết ngày {until}. "
        "Mỗi ngày vui lòng khai sức khỏe cho cả nhà tại {link}"
    ),
)
register_kind(
    "order_completed",
    title=_("Hoàn thành cách ly"),
    text=_(
        "{portal}: {name} đã hoàn thành cách ly, theo dõi sức khỏe. Giấy xác nhận số {number}, tải tại {link}"
    ),
)
register_verbs(
    "quarantine.order",
    title=_("Quyết định cách ly"),
    verbs={
        "order": _("Ra quyết định"),
        "start": _("Bắt đầu cách ly"),
        "complete": _("Hoàn thành"),
        "extend": _("Gia hạn"),
        "transfer": _("Chuyển nơi khác"),
        "cancel": _("Hủy quyết định"),
        "break": _("Ghi vi phạm"),
    },
)
