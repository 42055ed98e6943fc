"""Messages and log verbs about closed lists."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "manifest_closed",
    title=_("Chuyến xe đã chốt danh sách"),
    text=_(
        "Chuyến {trip} đã chốt: {people} người về {place}, dự kiến đến {gateway} lúc {time}. Xem danh sách: {link}"
    ),
)
register_kind(
    "manifest_withdrawn",
    title=_("Danh sách chuyến được mở lại"),
    text=_(
        "Danh sách chuyến {trip}, bản số {number}, được mở lại để sửa. Bản đã in không còn dùng; khi chốt lại sẽ "
        "nhắn tiếp. Xem: {link}"
    ),
)
register_verbs(
    "repatriation.manifest",
    title=_("Danh sách chuyến"),
    verbs={"freeze": _("Lưu bản chốt và gửi đi"), "withdraw": _("Thu hồi bản chốt vì mở lại danh sách")},
)
