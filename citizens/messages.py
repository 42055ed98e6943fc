"""What the portal says about people themselves."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "one_time_code",
    title=_("Mã xác nhận"),
    text=_("Mã xác nhận {portal}: {code}. Có hiệu lực 5 phút. Không đưa mã này cho ai."),
)

register_verbs(
    "citizens.person",
    title=_("Hồ sơ người dân"),
    verbs={
        "created": _("Lập hồ sơ"),
        "updated": _("Sửa hồ sơ"),
        "phone_proved": _("Gia đình xác nhận số điện thoại"),
        "told_otherwise": _("Khai khác với hồ sơ"),
    },
)
