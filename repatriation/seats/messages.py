"""What families and officers are told of seats and vehicles, and the log's words for them."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_purpose("offer", "repatriation:offer")

register_kind(
    "offer_confirmed",
    title=_("Đã giữ chỗ trên xe"),
    text=_(
        "Đã giữ chỗ cho {people} người, mã {code}: chuyến {trip}, {time}, tại {pickup}. "
        "Vui lòng đến trước 30 phút, mang giấy tờ. Thẻ lên xe: {link}"
    ),
)
register_kind(
    "offer_declined",
    title=_("Gia đình chưa đi chuyến này"),
    text=_("Gia đình mã {code} chưa đi chuyến {trip}, vẫn giữ thứ tự trong hàng chờ. Có chỗ sẽ nhắn tiếp."),
)
register_kind(
    "offer_left",
    title=_("Gia đình không đi nữa"),
    text=_(
        "Gia đình mã {code} không đi chuyến {trip} và đã ra khỏi hàng chờ. Muốn về, vui lòng đăng ký lại."
    ),
)
register_kind(
    "offer",
    title=_("Mời nhận chỗ trên xe"),
    text=_(
        "Gia đình mã {code} có {people} chỗ trên chuyến {trip}: {time}, tại {pickup}. "
        "Vui lòng trả lời trước {deadline}: {link}"
    ),
)
register_kind(
    "offer_lapsed",
    title=_("Hết hạn trả lời, chỗ nhường cho gia đình sau"),
    text=_(
        "Chỗ trên chuyến {trip} đã hết hạn trả lời. Gia đình mã {code} vẫn giữ thứ tự trong hàng chờ. "
        "Có chuyến khác sẽ nhắn tiếp."
    ),
)
register_kind(
    "list_closed",
    title=_("Danh sách chuyến đã chốt"),
    text=_(
        "Danh sách chuyến {trip}, {time}, đã chốt trước khi gia đình mã {code} trả lời. Gia đình vẫn giữ thứ tự "
        "trong hàng chờ. Có chuyến khác sẽ nhắn tiếp."
    ),
)
register_kind(
    "offer_moved",
    title=_("Chuyển sang chuyến xe khác"),
    text=_(
        "Gia đình mã {code} được chuyển sang chuyến {trip}: {time}, tại {pickup}, {people} chỗ. Chỗ cũ đã hủy. "
        "Vui lòng trả lời trước {deadline}: {link}"
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
register_kind(
    "no_show",
    title=_("Gia đình không có mặt trên chuyến xe"),
    text=_(
        "Gia đình mã {code} không có mặt trên chuyến {trip}. Nếu vẫn muốn về, vui lòng gọi {hotline}: "
        "gia đình được trở lại đúng thứ tự cũ. Xem đăng ký: {link}"
    ),
)
register_kind(
    "manifest_closed",
    title=_("Chuyến xe đã chốt danh sách"),
    text=_(
        "Chuyến {trip} đã chốt: {people} người về {place}, dự kiến đến {gateway} lúc {time}. Xem danh sách: {link}"
    ),
)

# The words of the log

register_verbs(
    "repatriation.trip",
    title=_("Chuyến xe"),
    verbs={
        "plan": _("Lập chuyến"),
        "edit": _("Sửa chuyến"),
        "step_refused": _("Chưa làm được"),
        "open": _("Mở mời gia đình"),
        "close": _("Chốt danh sách"),
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
register_verbs(
    "repatriation.intake",
    title=_("Sức tiếp nhận của xã, phường"),
    verbs={"set_limit": _("Đặt số người nhận"), "take_off": _("Bỏ giới hạn")},
)
register_verbs(
    "repatriation.offer",
    title=_("Lời mời lên chuyến"),
    verbs={
        "confirm": _("Gia đình nhận chỗ"),
        "ask_again": _("Hỏi lại vì chuyến dời ngày"),
        "decline": _("Gia đình từ chối"),
        "lapse": _("Hết hạn trả lời"),
        "travel": _("Đi chuyến này"),
        "miss": _("Vắng mặt khi xe chạy"),
        "cancel": _("Hủy lời mời"),
    },
)
register_verbs(
    "repatriation.manifest", title=_("Danh sách chuyến"), verbs={"freeze": _("Lưu bản chốt và gửi đi")}
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
