"""Messages and words of the log about boarding."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "no_show",
    title=_("Gia đình không có mặt trên chuyến xe"),
    text=_(
        "Gia đình mã {code} không có mặt trên chuyến {trip}. Nếu vẫn muốn về, vui lòng gọi {hotline}: "
        "gia đình được trở lại đúng thứ tự cũ. Xem đăng ký: {link}"
    ),
)
register_verbs(
    "repatriation.boarding",
    title=_("Lượt lên xe"),
    verbs={
        "board": _("Lên xe"),
        "walk_on": _("Lên xe, đi thêm"),
        "undo": _("Bỏ ghi lên xe"),
        "settle": _("Khép lại: không qua chốt"),
    },
)
