"""Messages, secret links and words of the log about seats: offered, answered, given back."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_purpose("offer", "repatriation:offer")
register_kind(
    "registration_withdrawn",
    title=_("Đã rút đăng ký về quê"),
    text=_(
        "Đã rút đăng ký về quê mã {code} theo yêu cầu của gia đình. Muốn về sau, vui lòng đăng ký lại. "
        "Không phải gia đình rút thì vui lòng gọi {hotline}."
    ),
)
register_kind(
    "family_split",
    title=_("Đăng ký được tách làm hai"),
    text=_(
        "Đăng ký của gia đình được tách làm hai: mã {code} nay có {people} người, giữ nguyên thời gian đăng ký. "
        "Lý do: {reason}. Xem: {link}"
    ),
)
register_kind(
    "back_in_queue",
    title=_("Gia đình trở lại hàng chờ"),
    text=_("Gia đình mã {code} đã trở lại hàng chờ, đúng thứ tự cũ. Có chuyến xe sẽ nhắn tiếp."),
)
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
    "offer_again",
    title=_("Danh sách mở lại, mời nhận chỗ"),
    text=_(
        "Danh sách chuyến {trip} được mở lại. Gia đình mã {code} lại có {people} chỗ: {time}, tại {pickup}. "
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
    "offer_moved",
    title=_("Chuyển sang chuyến xe khác"),
    text=_(
        "Gia đình mã {code} được chuyển sang chuyến {trip}: {time}, tại {pickup}, {people} chỗ. Chỗ cũ đã hủy. "
        "Vui lòng trả lời trước {deadline}: {link}"
    ),
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
        "not_travelled": _("Bỏ lượt đến ghi nhầm, giữ chỗ như trước"),
        "miss": _("Vắng mặt khi xe chạy"),
        "cancel": _("Hủy lời mời"),
    },
)
