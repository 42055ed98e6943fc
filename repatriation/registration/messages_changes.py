"""What families are told when they change their registration, or go on later with a half-filled form."""

from django.utils.translation import gettext_lazy as _

from citizens.links import register_purpose
from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_purpose("draft", "repatriation:draft", gone="repatriation/registration/draft_gone.html")

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
register_kind(
    "now_admitted",
    title=_("Nay gửi được đăng ký về quê"),
    text=_(
        "{campaign} nay nhận gia đình anh/chị. Phần đã khai còn được giữ đến {until}. Vui lòng mở {page} bằng số "
        "điện thoại này, chọn bản khai dở và gửi."
    ),
)
register_verbs(
    "repatriation.registrationchange",
    title=_("Bản sửa đăng ký"),
    verbs={"apply": _("Ghi bản sửa"), "drop": _("Bỏ bản sửa")},
)
