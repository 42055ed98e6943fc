"""What families and officers are told on the way home, and where the secret links lead."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind

register_purpose("registration", "repatriation:registration")
register_purpose("offer", "repatriation:offer")

# To families

register_kind(
    "registered",
    title=_("Đã nhận đăng ký về quê"),
    text=_(
        "Đã nhận đăng ký về quê, mã {code}, {people} người. Xem thứ tự và chuyến xe: {link}. "
        "Đường dẫn này là riêng của gia đình, vui lòng không chuyển cho người khác."
    ),
)
register_kind(
    "registration_link",
    title=_("Gửi lại đường dẫn đăng ký"),
    text=_("Đăng ký về quê mã {code}. Xem thứ tự và chuyến xe: {link}"),
)
register_kind(
    "registration_withdrawn",
    title=_("Đã rút đăng ký về quê"),
    text=_("Đã rút đăng ký về quê mã {code} theo yêu cầu của gia đình. Muốn về sau, vui lòng đăng ký lại."),
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

# To families on the way

# To officers
