"""Messages and words of the log about arrivals at a checkpoint."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import register_kind
from portal.records.verbs import register_verbs

register_kind(
    "arrived",
    title=_("Đã đến chốt, chuyển về địa phương"),
    text=_(
        "{people} người đã đến {checkpoint} lúc {time}. {commune} đã được báo và sẽ tiếp nhận trước {deadline}."
    ),
)
register_verbs("repatriation.arrival", title=_("Lượt đến chốt"), verbs={"arrive": _("Ghi người đến chốt")})
