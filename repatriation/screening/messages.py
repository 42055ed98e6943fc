"""Message kinds, link purposes and log verbs about screening by the home commune."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_purpose("screening", "repatriation:screening_answer")
register_kind(
    "screening_question",
    title=_("Xã, phường hỏi gia đình"),
    text=_("{commune} hỏi về đăng ký mã {code}: “{question}” Vui lòng trả lời tại: {link}"),
)
register_kind(
    "home_changed",
    title=_("Đổi xã, phường ở quê"),
    text=_(
        "Đăng ký mã {code} được chuyển về {commune}, nơi gia đình sẽ được đón. Thứ tự không đổi. "
        "Nếu chưa đúng, vui lòng gọi {hotline}. Xem đăng ký: {link}"
    ),
)
register_verbs(
    "repatriation.screening",
    title=_("Xác nhận quê"),
    verbs={
        "ask": _("Hỏi gia đình"),
        "answer": _("Gia đình trả lời"),
        "confirm": _("Xác nhận đúng người của xã, phường"),
        "reject": _("Báo không phải người của xã, phường"),
        "dispute": _("Chuyển tỉnh quyết định"),
        "settle": _("Tỉnh quyết định nơi về"),
        "lapse": _("Quá hạn xác nhận"),
        "split": _("Tách gia đình"),
        "cancel": _("Thôi xác nhận"),
    },
)
