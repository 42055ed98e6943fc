"""What families and officers are told on the way home, and where the secret links lead."""

from django.utils.translation import gettext_lazy as _

from citizens.helps import register_help
from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_help(_("Đăng ký về quê khai nhầm số?"), _("Xin đổi số"), "repatriation:wrong_phone")
register_purpose("registration", "repatriation:registration")
register_purpose("screening", "repatriation:screening_answer")

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
    "phone_correction_asked",
    title=_("Có người xin đổi số điện thoại của đăng ký"),
    text=_(
        "Có người xin đổi số điện thoại của đăng ký về quê mã {code}. Xã, phường sẽ kiểm tra. "
        "Nếu không phải gia đình xin đổi, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "phone_corrected",
    title=_("Đã đổi số điện thoại của đăng ký"),
    text=_("Đăng ký về quê mã {code} từ nay nhắn tin tới số này. Xem thứ tự và chuyến xe: {link}"),
)
register_kind(
    "phone_left",
    title=_("Số này không còn nhận tin của đăng ký"),
    text=_(
        "Đăng ký về quê mã {code} đã đổi sang số khác, số này không nhận tin nữa. "
        "Nếu không đúng, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "phone_correction_refused",
    title=_("Chưa đổi được số điện thoại"),
    text=_(
        "Xã, phường chưa đổi số điện thoại theo yêu cầu. Lý do: {reason}. Cần giúp, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "registration_withdrawn",
    title=_("Đã rút đăng ký về quê"),
    text=_(
        "Đã rút đăng ký về quê mã {code} theo yêu cầu của gia đình. Muốn về sau, vui lòng đăng ký lại. "
        "Không phải gia đình rút thì vui lòng gọi {hotline}."
    ),
)

register_kind(
    "screening_question",
    title=_("Xã, phường hỏi gia đình"),
    text=_("{commune} hỏi về đăng ký mã {code}: “{question}” Vui lòng trả lời tại: {link}"),
)
register_kind(
    "home_changed",
    title=_("Đổi xã, phường ở quê"),
    text=_(
        "Đăng ký mã {code} được chuyển về {commune}, nơi gia đình sẽ được đón. Thứ tự không đổi. "
        "Nếu chưa đúng, vui lòng gọi {hotline}. Xem đăng ký: {link}"
    ),
)
register_kind(
    "registration_imported",
    title=_("Đã đăng ký về quê theo danh sách"),
    text=_(
        "{sender} đã đăng ký về quê cho gia đình theo danh sách, mã {code}, {people} người. Xem thứ tự: {link}. "
        "Nếu không đúng, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "import_revoked",
    title=_("Đã thu hồi đăng ký theo danh sách"),
    text=_(
        "Đăng ký về quê mã {code} được nhập theo danh sách đã thu hồi để làm lại. Gia đình chưa phải làm gì; "
        "cần hỏi, vui lòng gọi {hotline}."
    ),
)

# To families on the way

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
    "arrived",
    title=_("Đã đến chốt, chuyển về địa phương"),
    text=_(
        "{people} người đã đến {checkpoint} lúc {time}. {commune} đã được báo và sẽ tiếp nhận trước {deadline}."
    ),
)
register_kind(
    "handover_accepted",
    title=_("Địa phương đã tiếp nhận"),
    text=_("{commune} đã tiếp nhận {people} người lúc {time}. Cần giúp, vui lòng gọi {hotline}."),
)
register_kind(
    "handover_refused",
    title=_("Địa phương chưa tiếp nhận được"),
    text=_(
        "{commune} chưa tiếp nhận được {people} người. {sender} vẫn lo cho gia đình, tỉnh đang thu xếp nơi khác. "
        "Cần giúp, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "handover_rerouted",
    title=_("Chuyển đến nơi tiếp nhận khác"),
    text=_("{people} người được chuyển đến {commune}, nơi này sẽ tiếp nhận trước {deadline}."),
)
register_kind(
    "home_safe",
    title=_("Đã về nhà an toàn"),
    text=_("{commune} xác nhận {people} người đã về nhà an toàn. Chúc gia đình mạnh khỏe."),
)

# To officers

# The words of the log

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
        "stay_behind": _("Không đi cùng gia đình, tách riêng"),
        "found_home": _("Đã về nhà, không qua chốt"),
        "close": _("Về đến địa phương"),
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
    "repatriation.screening",
    title=_("Xác nhận quê"),
    verbs={
        "ask": _("Hỏi gia đình"),
        "answer": _("Gia đình trả lời"),
        "confirm": _("Xác nhận đúng người của xã, phường"),
        "reject": _("Báo không phải người của xã, phường"),
        "dispute": _("Chuyển tỉnh quyết định"),
        "settle": _("Tỉnh quyết định nơi về"),
        "lapse": _("Quá hạn xác nhận"),
        "split": _("Tách gia đình"),
        "cancel": _("Thôi xác nhận"),
    },
)
register_verbs(
    "repatriation.campaign",
    title=_("Đợt đón"),
    verbs={"add": _("Lập đợt"), "edit": _("Sửa đợt")},
)
register_verbs(
    "repatriation.phonecorrection",
    title=_("Yêu cầu đổi số điện thoại"),
    verbs={
        "request": _("Gửi yêu cầu đổi số"),
        "confirm": _("Xác nhận đổi số"),
        "refuse": _("Từ chối đổi số"),
    },
)
register_verbs(
    "repatriation.ruleset",
    title=_("Quy tắc ưu tiên"),
    verbs={
        "draft": _("Soạn bản mới"),
        "edit": _("Sửa bản soạn"),
        "propose": _("Đề nghị áp dụng"),
        "redraft": _("Trả lại để sửa"),
        "publish": _("Duyệt và áp dụng"),
        "replace": _("Thay bằng bản mới"),
        "cancel": _("Bỏ bản soạn"),
    },
)
register_verbs("repatriation.arrival", title=_("Lượt đến chốt"), verbs={"arrive": _("Ghi người đến chốt")})
register_verbs(
    "repatriation.handover",
    title=_("Bàn giao"),
    verbs={
        "send": _("Gửi bàn giao"),
        "accept": _("Tiếp nhận"),
        "refuse": _("Từ chối tiếp nhận"),
        "reroute": _("Chuyển xã, phường khác"),
        "escalate": _("Báo lên tỉnh vì quá hạn"),
        "home_safe": _("Xác nhận đã về nhà an toàn"),
    },
)
register_verbs(
    "repatriation.importbatch",
    title=_("Danh sách đăng ký"),
    verbs={
        "upload": _("Gửi tệp"),
        "check": _("Bắt đầu kiểm tra"),
        "checked": _("Kiểm tra xong"),
        "fail": _("Không đọc được tệp"),
        "commit": _("Cho nhập vào hàng chờ"),
        "committed": _("Nhập xong"),
        "recheck": _("Kiểm tra lại"),
        "cancel": _("Bỏ danh sách"),
        "revoke": _("Thu hồi cả danh sách"),
        "emptied": _("Xóa tệp khi hết hạn giữ"),
    },
)
