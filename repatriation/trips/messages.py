"""Messages and log verbs about trips and waves of trips."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "list_closed",
    title=_("Danh sách chuyến đã chốt"),
    text=_(
        "Danh sách chuyến {trip}, {time}, đã chốt trước khi gia đình mã {code} trả lời. Gia đình vẫn giữ thứ tự "
        "trong hàng chờ. Có chuyến khác sẽ nhắn tiếp."
    ),
)
register_kind(
    "trip_changed",
    title=_("Chuyến xe đổi giờ"),
    text=_("Chuyến {trip} của gia đình mã {code} đổi giờ: nay đi lúc {time}. Xem và trả lời: {link}"),
)
register_kind(
    "trip_moved",
    title=_("Chuyến xe dời ngày, mời trả lời lại"),
    text=_(
        "Chuyến {trip} của gia đình mã {code} dời sang {time}. Chỗ vẫn giữ cho gia đình. "
        "Vui lòng trả lời lại trước {deadline}: {link}"
    ),
)
register_kind(
    "trip_moved_away",
    title=_("Chuyến xe dời sang ngày gia đình không đi được"),
    text=_(
        "Chuyến {trip} dời sang {time}, ngoài những ngày gia đình mã {code} đi được. Gia đình vẫn giữ thứ tự "
        "trong hàng chờ. Có chuyến khác sẽ nhắn tiếp. Nếu đi được ngày đó, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "trip_departed",
    title=_("Chuyến xe đã khởi hành"),
    text=_(
        "Chuyến {trip} đã khởi hành. Đến {gateway}, vui lòng đưa mã {code} hoặc thẻ căn cước cho cán bộ chốt."
    ),
)
register_kind(
    "trip_cancelled",
    title=_("Chuyến xe bị hủy"),
    text=_(
        "Chuyến {trip}, {time}, đã bị hủy: {reason}. Gia đình mã {code} vẫn giữ thứ tự trong hàng chờ. "
        "Có chuyến khác sẽ nhắn tiếp."
    ),
)
register_verbs(
    "repatriation.trip",
    title=_("Chuyến xe"),
    verbs={
        "plan": _("Lập chuyến"),
        "edit": _("Sửa chuyến"),
        "step_refused": _("Chưa làm được"),
        "open": _("Mở mời gia đình"),
        "close": _("Chốt danh sách"),
        "reopen": _("Mở lại danh sách"),
        "depart": _("Khởi hành"),
        "arrive": _("Đến chốt"),
        "reconcile": _("Đối chiếu danh sách"),
        "cancel": _("Hủy chuyến"),
    },
)
register_verbs(
    "repatriation.wave",
    title=_("Đợt xe"),
    verbs={
        "plan": _("Lập đợt xe"),
        "ask_fill": _("Mở và xếp chỗ cả đợt"),
        "ask_close": _("Chốt cả đợt"),
    },
)
register_verbs("repatriation.passedover", title=_("Gia đình chưa xếp được"), verbs={})
