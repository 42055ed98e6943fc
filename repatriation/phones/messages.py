"""Messages and log verbs about requests to put a wrong phone right."""

from django.utils.translation import gettext_lazy as _

from citizens.helps import register_help
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_help(_("Đăng ký về quê khai nhầm số?"), _("Xin đổi số"), "repatriation:wrong_phone")
register_kind(
    "phone_correction_asked",
    title=_("Có người xin đổi số điện thoại của đăng ký"),
    text=_(
        "Có người xin đổi số điện thoại của đăng ký về quê mã {code}. Xã, phường sẽ kiểm tra. "
        "Nếu không phải gia đình xin đổi, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "phone_corrected",
    title=_("Đã đổi số điện thoại của đăng ký"),
    text=_("Đăng ký về quê mã {code} từ nay nhắn tin tới số này. Xem thứ tự và chuyến xe: {link}"),
)
register_kind(
    "phone_left",
    title=_("Số này không còn nhận tin của đăng ký"),
    text=_(
        "Đăng ký về quê mã {code} đã đổi sang số khác, số này không nhận tin nữa. "
        "Nếu không đúng, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "phone_correction_refused",
    title=_("Chưa đổi được số điện thoại"),
    text=_(
        "Xã, phường chưa đổi số điện thoại theo yêu cầu. Lý do: {reason}. Cần giúp, vui lòng gọi {hotline}."
    ),
)
register_verbs(
    "repatriation.phonecorrection",
    title=_("Yêu cầu đổi số điện thoại"),
    verbs={
        "request": _("Gửi yêu cầu đổi số"),
        "confirm": _("Xác nhận đổi số"),
        "refuse": _("Từ chối đổi số"),
    },
)
