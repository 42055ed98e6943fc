"""Messages and words of the log about lists of families from files."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "registration_imported",
    title=_("Đã đăng ký về quê theo danh sách"),
    text=_(
        "{sender} đã đăng ký về quê cho gia đình theo danh sách, mã {code}, {people} người. Xem thứ tự: {link}. "
        "Nếu không đúng, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "import_revoked",
    title=_("Đã thu hồi đăng ký theo danh sách"),
    text=_(
        "Đăng ký về quê mã {code} được nhập theo danh sách đã thu hồi để làm lại. Gia đình chưa phải làm gì; "
        "cần hỏi, vui lòng gọi {hotline}."
    ),
)
register_verbs(
    "repatriation.importbatch",
    title=_("Danh sách đã gửi"),
    verbs={
        "upload": _("Gửi tệp"),
        "check": _("Bắt đầu kiểm tra"),
        "checked": _("Kiểm tra xong"),
        "fail": _("Không đọc được tệp"),
        "commit": _("Cho nhập"),
        "committed": _("Nhập xong"),
        "recheck": _("Kiểm tra lại"),
        "cancel": _("Bỏ danh sách"),
        "revoke": _("Thu hồi cả danh sách"),
        "number_refused": _("Số giấy tờ không khớp hồ sơ"),
        "emptied": _("Xóa tệp khi hết hạn giữ"),
    },
)
