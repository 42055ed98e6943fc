"""Messages to families about where their people are taken, and words of the log. None tells of health."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "stay_named",
    title=_("Nơi người nhà được đưa đến"),
    text=_("{portal}: {name} được đưa đến {facility}, điện thoại {phone}. Cần giúp, vui lòng gọi {hotline}."),
)
register_kind(
    "stay_asked",
    title=_("Đang bố trí nơi ở cho người nhà"),
    text=_(
        "{portal}: tỉnh đang bố trí nơi ở cho {name}, có nơi sẽ nhắn ngay. Cần giúp, vui lòng gọi {hotline}."
    ),
)
register_verbs(
    "quarantine.stay",
    title=_("Người đến cơ sở"),
    verbs={
        "ask": _("Nhờ tỉnh chỉ định nơi"),
        "expect": _("Giữ chỗ"),
        "name": _("Chỉ định nơi"),
        "rename": _("Đổi nơi"),
        "admit": _("Đã đến"),
        "undo_admit": _("Bỏ ghi đã đến"),
        "leave": _("Đã rời"),
        "undo_leave": _("Bỏ ghi đã rời"),
        "cancel": _("Hủy, không đến"),
    },
)
register_verbs(
    "quarantine.facility", title=_("Cơ sở cách ly"), verbs={"set_beds": _("Sửa số giường, điện thoại")}
)
