"""Message kinds, link purposes and log verbs about registrations, drafts and changes."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_purpose("registration", "repatriation:registration")
register_purpose("draft", "repatriation:draft", gone="repatriation/registration/draft_gone.html")
register_kind(
    "registered",
    title=_("Đã nhận đăng ký về quê"),
    text=_(
        "Đã nhận đăng ký về quê, mã {code}, {people} người. Xem thứ tự và chuyến xe: {link}. "
        "Đường dẫn này là riêng của gia đình, vui lòng không chuyển cho người khác."
    ),
)
register_kind(
    "registered_for_you",
    title=_("Đã đăng ký về quê giúp gia đình"),
    text=_(
        "{sender} đã đăng ký về quê giúp gia đình, mã {code}, {people} người. Xem thứ tự và chuyến xe: {link}. "
        "Đường dẫn này là riêng của gia đình. Nếu không phải gia đình nhờ, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "registration_link",
    title=_("Gửi lại đường dẫn đăng ký"),
    text=_("Đăng ký về quê mã {code}. Xem thứ tự và chuyến xe: {link}"),
)
register_kind(
    "registration_changed",
    title=_("Đã sửa đăng ký về quê"),
    text=_(
        "Đăng ký về quê mã {code} vừa được sửa: {people} người, điểm ưu tiên không đổi. "
        "Không phải gia đình sửa thì vui lòng gọi {hotline}."
    ),
)
register_kind(
    "registration_changed_points",
    title=_("Đã sửa đăng ký về quê, điểm ưu tiên thay đổi"),
    text=_(
        "Đăng ký về quê mã {code} vừa được sửa: {people} người, điểm ưu tiên từ {before} thành {after}. "
        "Không phải gia đình sửa thì vui lòng gọi {hotline}."
    ),
)
register_kind(
    "birth_corrected",
    title=_("Cán bộ sửa ngày sinh, điểm ưu tiên thay đổi"),
    text=_(
        "Cán bộ đã sửa ngày sinh của một người trong đăng ký về quê mã {code} cho đúng giấy tờ: điểm ưu tiên từ "
        "{before} thành {after}. Nếu chưa đúng, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "registration_duplicate",
    title=_("Khép đăng ký trùng"),
    text=_(
        "Đăng ký về quê mã {code} được khép lại vì người trong gia đình đã có tên ở một đăng ký khác của đợt này. "
        "Nếu không đúng, vui lòng gọi {hotline}: gia đình được trở lại đúng thứ tự cũ."
    ),
)
register_kind(
    "draft_link",
    title=_("Đường dẫn để khai tiếp"),
    text=_(
        "Phần đăng ký về quê đang khai dở đã được lưu. Khai tiếp trước {until}: {link}. "
        "Vui lòng không chuyển đường dẫn này cho người khác."
    ),
)
register_verbs(
    "repatriation.registration",
    title=_("Đăng ký về quê"),
    verbs={
        "consented": _("Đồng ý cho dùng thông tin"),
        "number_refused": _("Số giấy tờ không khớp hồ sơ"),
        "submit": _("Gửi đăng ký"),
        "phone_changed": _("Đổi số điện thoại"),
        "link_sent": _("Gửi lại đường dẫn theo lời người gọi"),
        "import": _("Nhập từ danh sách"),
        "offer": _("Mời lên chuyến"),
        "confirm": _("Xác nhận chỗ"),
        "ask_again": _("Hỏi lại vì chuyến dời ngày"),
        "decline": _("Từ chối chỗ"),
        "requeue": _("Đưa lại hàng chờ"),
        "depart": _("Khởi hành"),
        "miss": _("Vắng mặt khi xe chạy"),
        "arrive": _("Đến chốt"),
        "back_on_the_road": _("Bỏ lượt đến ghi nhầm, vẫn trên đường"),
        "back_to_seat": _("Bỏ lượt đến ghi nhầm, vẫn giữ chỗ"),
        "back_to_queue": _("Bỏ lượt đến ghi nhầm, trở lại hàng chờ"),
        "back_to_missed": _("Bỏ lượt đến ghi nhầm, vẫn là vắng mặt"),
        "stay_behind": _("Không đi cùng gia đình, tách riêng"),
        "found_home": _("Đã về nhà, không qua chốt"),
        "close": _("Về đến địa phương"),
        "reopen": _("Mở lại vì rút việc tiếp nhận"),
        "change": _("Gia đình sửa đăng ký"),
        "expire": _("Xóa bản khai dở đã quá hạn"),
        "withdraw": _("Rút đăng ký"),
        "mark_duplicate": _("Ghi là trùng đăng ký khác"),
        "not_duplicate": _("Không phải đăng ký trùng, trở lại hàng chờ"),
        "rescore": _("Tính lại điểm ưu tiên"),
        "home_changed": _("Đổi xã, phường ở quê"),
        "hold": _("Tạm giữ, chưa mời"),
        "release": _("Bỏ tạm giữ"),
        "split": _("Tách gia đình"),
    },
)
register_verbs(
    "repatriation.registrationchange",
    title=_("Bản sửa đăng ký"),
    verbs={"apply": _("Ghi bản sửa"), "drop": _("Bỏ bản sửa")},
)
