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
register_kind(
    "arrival_taken_back",
    title=_("Đã bỏ một lần ghi nhầm ở chốt"),
    text=_(
        "{checkpoint} đã ghi nhầm {people} người của gia đình lúc {time} và vừa bỏ. Gia đình không cần làm gì. "
        "Cần hỏi, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "arrival_sent_elsewhere",
    title=_("Chốt sửa nơi về"),
    text=_("{people} người được chuyển đến {commune}, nơi này sẽ tiếp nhận trước {deadline}."),
)
register_kind(
    "arrival_corrected",
    title=_("Chốt sửa một lượt đến"),
    text=_(
        "{checkpoint} vừa sửa thông tin của một người đến lúc {time}. Vui lòng mở trang Bàn giao để xem điều đã sửa."
    ),
)
register_verbs(
    "repatriation.arrival",
    title=_("Lượt đến chốt"),
    verbs={
        "arrive": _("Ghi người đến chốt"),
        "correct": _("Sửa lượt đến"),
        "take_back": _("Bỏ lượt đến ghi nhầm"),
    },
)
