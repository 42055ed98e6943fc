"""Messages and words of the log about entries of devices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.duty import officers_for
from portal.accounts.roles import Permission
from portal.notifications.kinds import register_kind
from portal.notifications.officers import notify_officers
from portal.records.verbs import register_verbs
from repatriation.models import OfflineEntry

register_kind(
    "offline_urgent",
    title=_("Lượt gấp ghi lúc mất mạng cần xử lý"),
    text=_(
        "Một lượt gấp ghi lúc mất mạng ở {place} chưa vào được danh sách. Vui lòng mở trang “Lượt cần xử lý” ngay."
    ),
)
register_verbs(
    "repatriation.offlineentry",
    title=_("Lượt ghi lúc mất mạng"),
    verbs={
        "receive": _("Nhận lượt từ máy"),
        "refuse": _("Chuyển lượt sang cần xử lý"),
        "store": _("Ghi lượt"),
        "settle": _("Xử lý xong lượt"),
        "reopen": _("Mở lại lượt đã xử lý"),
    },
)


def tell_of_urgent_entry(entry: OfflineEntry) -> None:
    """Tell the checkpoint's officers of an entry with a fever, symptoms or a positive test that was not taken."""
    if entry.is_urgent:
        notify_officers(
            "offline_urgent",
            officers_for(entry.place, Permission.RECORD_ARRIVALS),
            about=entry,
            context={"place": entry.place.name},
        )
