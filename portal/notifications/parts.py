"""What the outbox shows on pages of the portal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.notifications.channels import channel
from portal.ui import parts


def warn_without_channel() -> Promise | None:
    """Tell every administrator while messages reach nobody."""
    if channel() is not None:
        return None
    return _(
        "Chưa có kênh gửi tin nhắn: mã xác nhận và lời mời chưa đến điện thoại của ai, chỉ nằm trong hàng chờ. "
        "Vui lòng báo người cài đặt đặt kênh gửi (PORTAL_CHANNEL)."
    )


parts.officer_notices.register(
    parts.OfficerNotice(key="no-channel", permission=Permission.MANAGE_USERS, make=warn_without_channel)
)
