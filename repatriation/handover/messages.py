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
register_kind(
    "handover_accept_undone",
    title=_("Địa phương rút lại việc tiếp nhận"),
    text=_(
        "{commune} đã rút lại việc tiếp nhận {people} người và sẽ trả lời lại. {sender} vẫn lo cho gia đình. "
        "Cần giúp, vui lòng gọi {hotline}."
    ),
)
register_kind(
    "handover_refuse_undone",
    title=_("Địa phương xem lại việc tiếp nhận"),
    text=_("{commune} đang xem lại việc tiếp nhận {people} người. {sender} vẫn lo cho gia đình."),
)
register_kind(
    "transfer_sent",
    title=_("Đề nghị chuyển nơi phụ trách"),
    text=_(
        "{sender} đã đề nghị chuyển {people} người sang {commune}. Trong lúc chờ trả lời, {sender} vẫn phụ trách."
    ),
)
register_kind(
    "transfer_withdrawn",
    title=_("Không chuyển nơi phụ trách nữa"),
    text=_("{sender} đã rút lại việc chuyển {people} người sang {commune} và vẫn phụ trách."),
)

# To officers: how many people, between which places, and where to look; no name, and nothing about health.
register_kind(
    "handover_sent",
    title=_("Cán bộ: có người được chuyển đến"),
    text=_(
        "{portal}: {sender} chuyển đến {commune} {people} người, cần trả lời trước {deadline}. Vui lòng mở mục Bàn giao."
    ),
)
register_kind(
    "handover_sent_back",
    title=_("Cán bộ: người bị trả lại"),
    text=_(
        "{portal}: {commune} đã trả lại {people} người, {sender} vẫn đang lo. Vui lòng mở mục Bàn giao để thu xếp."
    ),
)
register_kind(
    "handover_withdrawn",
    title=_("Cán bộ: bàn giao được rút lại"),
    text=_(
        "{portal}: {people} người từ {sender} không còn chờ {commune} tiếp nhận. Vui lòng mở mục Bàn giao để đọc lý do."
    ),
)
register_kind(
    "handover_reopened",
    title=_("Cán bộ: câu trả lời được mở lại"),
    text=_(
        "{portal}: {people} người từ {sender} lại đang chờ {commune} tiếp nhận. Vui lòng mở mục Bàn giao."
    ),
)
register_kind(
    "handover_exception",
    title=_("Cán bộ: trường hợp riêng"),
    text=_(
        "{portal}: tỉnh đã ghi {people} người từ {sender} là trường hợp riêng, không còn ở {commune}. "
        "Vui lòng mở mục Bàn giao."
    ),
)
register_kind(
    "handovers_late",
    title=_("Cán bộ: quá hạn tiếp nhận"),
    text=_("{portal}: {people} người chưa được tiếp nhận đúng hạn ở {places}. Vui lòng mở Việc hôm nay."),
)
register_kind(
    "homes_late",
    title=_("Cán bộ: quá hạn xác nhận về nhà"),
    text=_(
        "{portal}: {people} người chưa được xác nhận về nhà sau 24 giờ ở {places}. Vui lòng mở Việc hôm nay."
    ),
)
register_verbs(
    "repatriation.handover",
    title=_("Bàn giao"),
    verbs={
        "send": _("Gửi bàn giao"),
        "accept": _("Tiếp nhận"),
        "refuse": _("Từ chối tiếp nhận"),
        "withdraw": _("Rút lại bàn giao"),
        "undo_accept": _("Rút lại việc tiếp nhận"),
        "undo_refuse": _("Rút lại việc từ chối"),
        "reroute": _("Chuyển xã, phường khác"),
        "escalate": _("Báo lên cấp trên vì quá hạn"),
        "keep": _("Giữ lại, không chuyển nữa"),
        "home_safe": _("Xác nhận đã về nhà an toàn"),
    },
)
register_verbs(
    "repatriation.handoverexception",
    title=_("Trường hợp riêng"),
    verbs={"record": _("Ghi trường hợp riêng"), "end": _("Bỏ ghi trường hợp riêng")},
)
