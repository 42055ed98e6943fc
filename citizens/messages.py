"""What the portal says about people themselves."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind

register_kind(
    "one_time_code",
    title=_("Mã xác nhận"),
    text=_("Mã xác nhận Cổng Tây Ninh: {code}. Có hiệu lực 5 phút. Không đưa mã này cho ai."),
)
