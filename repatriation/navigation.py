"""The items of the way home in the officers' navigation."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission as P
from portal.ui import parts

FAMILIES, ROAD, PLAN = _("Đăng ký"), _("Chuyến về"), _("Kế hoạch")

for _key, _label, _group, _url, _permission, _order in (
    ("checkpoint", _("Nhập người đến"), ROAD, "checkpoint", P.RECORD_ARRIVALS, 5),
    ("arrivals", _("Người đã đến"), ROAD, "arrival_list", P.RECORD_ARRIVALS, 6),
    ("offline", _("Lượt cần xử lý"), ROAD, "offline_entries", P.RECORD_ARRIVALS, 7),
    ("board", _("Bảng theo dõi chốt"), ROAD, "board", P.RECORD_ARRIVALS, 7),
    ("arrival_sheets", _("Phiếu giấy và Excel"), ROAD, "arrival_sheets", P.RECORD_ARRIVALS, 8),
    ("province_board", _("Bảng theo dõi chốt"), ROAD, "board", P.SEE_FIGURES, 26),
    ("callers", _("Người gọi đến"), FAMILIES, "callers", P.ANSWER_CALLERS, 18),
    ("entries", _("Đăng ký hộ"), FAMILIES, "entry_list", P.REGISTER_OTHERS, 20),
    ("own_imports", _("Nhập danh sách"), FAMILIES, "import_list", P.REGISTER_OTHERS, 21),
    ("queue", _("Hàng chờ"), FAMILIES, "queue", P.SEE_QUEUE, 22),
    ("trips", _("Chuyến xe"), ROAD, "trip_list", P.SEE_QUEUE, 24),
    ("handovers", _("Bàn giao"), ROAD, "handover_list", P.SEE_HANDOVERS, 25),
    ("screening", _("Xác nhận quê"), FAMILIES, "screening_list", P.SEE_SCREENING, 31),
    ("manifests", _("Danh sách chuyến"), ROAD, "manifest_list", P.SEE_MANIFESTS, 45),
    ("intake", _("Sức tiếp nhận"), ROAD, "intake", P.SEE_INTAKE, 46),
    ("imports", _("Nhập danh sách"), FAMILIES, "import_list", P.PLAN_TRIPS, 47),
    ("campaigns", _("Đợt đón"), PLAN, "campaign_list", P.PUBLISH_RULES, 48),
    ("rules", _("Quy tắc ưu tiên"), PLAN, "rule_list", P.PUBLISH_RULES, 49),
):
    parts.navigation.register(
        parts.NavigationItem(
            key=_key,
            label=_label,
            group=_group,
            url_name=f"repatriation:{_url}",
            permission=_permission,
            order=_order,
        )
    )
