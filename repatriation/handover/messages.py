"""Messages and words of the log about handovers to communes."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

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
