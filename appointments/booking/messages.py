"""Messages, the secret link and the log's words for bookings."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

LINK_PURPOSE = "booking"
register_purpose(LINK_PURPOSE, "appointments:booking")

register_kind(
    "booking_made",
    title=_("Đã đặt lịch hẹn"),
    text=_("Lịch hẹn {code}: {procedure}, {when}, tại {place}. Xem giấy tờ cần mang hoặc hủy lịch: {link}"),
)
register_kind(
    "booking_cancelled",
    title=_("Đã hủy lịch hẹn"),
    text=_("Đã hủy lịch hẹn {code}: {procedure}, {when}, tại {place}. Cần lịch khác, vui lòng đặt lại."),
)

register_verbs(
    "appointments.booking",
    title=_("Lịch hẹn"),
    verbs={
        "book": _("Đặt lịch"),
        "cancel": _("Hủy lịch"),
        "finish": _("Làm xong"),
        "miss": _("Không đến"),
        "take_back": _("Ghi nhầm, đưa về chờ tiếp"),
    },
)
