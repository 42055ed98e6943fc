"""The items of the way home in the officers' navigation."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission as P
from portal.ui import parts

for _key, _label, _url, _permission, _order in (
    ("checkpoint", _("Nhập người đến"), "checkpoint", P.RECORD_ARRIVALS, 5),
    ("arrivals", _("Người đã đến"), "arrival_list", P.RECORD_ARRIVALS, 6),
    ("callers", _("Người gọi đến"), "callers", P.ANSWER_CALLERS, 18),
    ("entries", _("Đăng ký hộ"), "entry_list", P.REGISTER_OTHERS, 20),
    ("own_imports", _("Nhập danh sách"), "import_list", P.REGISTER_OTHERS, 21),
    ("queue", _("Hàng chờ"), "queue", P.SEE_QUEUE, 22),
    ("trips", _("Chuyến xe"), "trip_list", P.SEE_QUEUE, 24),
    ("handovers", _("Bàn giao"), "handover_list", P.SEE_HANDOVERS, 25),
    ("screening", _("Xác nhận quê"), "screening_list", P.SEE_SCREENING, 31),
    ("manifests", _("Danh sách chuyến"), "manifest_list", P.SEE_MANIFESTS, 45),
    ("intake", _("Sức tiếp nhận"), "intake", P.SEE_INTAKE, 46),
    ("imports", _("Nhập danh sách"), "import_list", P.PLAN_TRIPS, 47),
    ("campaigns", _("Đợt đón"), "campaign_list", P.PUBLISH_RULES, 48),
    ("rules", _("Quy tắc ưu tiên"), "rule_list", P.PUBLISH_RULES, 49),
):
    parts.navigation.register(
        parts.NavigationItem(
            key=_key, label=_label, url_name=f"repatriation:{_url}", permission=_permission, order=_order
        )
    )
