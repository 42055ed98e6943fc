"""What people in quarantine are told. A result is never in the text of a message."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

DAILY = "daily"  # the purpose of the secret link by which a family reports its health

register_purpose(DAILY, "quarantine:daily")

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
    "order_reminder",
    title=_("Nhắc khai sức khỏe"),
    text=_("{portal}: hôm nay bà con chưa khai sức khỏe cho {name}. Vui lòng khai tại {link}"),
)
register_kind(
    "order_completed",
    title=_("Hoàn thành cách ly"),
    text=_(
        "{portal}: {name} đã hoàn thành cách ly, theo dõi sức khỏe. Giấy xác nhận số {number}, tải tại {link}"
    ),
)
register_kind(
    "test_result_ready",
    title=_("Đã có kết quả xét nghiệm"),
    text=_("{portal}: {name} đã có kết quả xét nghiệm lấy mẫu ngày {day}. Xem tại {link}"),
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
register_verbs(
    "quarantine.dailycheck",
    title=_("Khai báo sức khỏe"),
    verbs={"report": _("Khai báo"), "see": _("Cán bộ đã nắm dấu hiệu nặng")},
)
register_verbs(
    "quarantine.testresult",
    title=_("Kết quả xét nghiệm"),
    verbs={"enter": _("Nhập kết quả"), "see": _("Cán bộ đã nắm ca dương tính")},
)
register_verbs("quarantine.vaccinationdose", title=_("Mũi tiêm"), verbs={"enter": _("Nhập mũi tiêm")})
register_verbs(
    "quarantine.certificate",
    title=_("Giấy xác nhận hoàn thành cách ly"),
    verbs={"issue": _("Cấp giấy"), "revoke": _("Thu hồi giấy")},
)
