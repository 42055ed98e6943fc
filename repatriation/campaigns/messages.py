"""Message kinds and log verbs about campaigns."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "now_admitted",
    title=_("Nay gửi được đăng ký về quê"),
    text=_(
        "{campaign} nay nhận gia đình anh/chị. Phần đã khai còn được giữ đến {until}. Vui lòng mở {page} bằng số "
        "điện thoại này, chọn bản khai dở và gửi."
    ),
)
register_verbs(
    "repatriation.campaign",
    title=_("Đợt đón"),
    verbs={"add": _("Lập đợt"), "edit": _("Sửa đợt")},
)
