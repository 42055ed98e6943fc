"""Every component on one page, filled, empty and in error: to look at and to copy from. In the demo only."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.ui.forms import (
    BirthField,
    ClientKeyMixin,
    CodeInput,
    HelperMixin,
    PhoneInput,
    VietnameseDateField,
)
from portal.ui.pagination import Page

TONES = [
    ("good", _("Âm tính")),
    ("wait", _("Đang chờ")),
    ("bad", _("Dương tính")),
    ("info", _("Đang đi")),
    ("plain", _("Đã rút")),
]


class SampleForm(HelperMixin, ClientKeyMixin, forms.Form):
    name = forms.CharField(
        label=_("Họ và tên"),
        help_text=_("Ghi đủ họ, chữ lót và tên như trên giấy tờ."),
        error_messages={"required": _("Vui lòng ghi họ và tên.")},
    )
    born = BirthField(label=_("Ngày sinh"))
    phone = forms.CharField(label=_("Số điện thoại"), widget=PhoneInput, required=False)
    code = forms.CharField(
        label=_("Mã xác nhận"), widget=CodeInput, help_text=_("Sáu số, gửi tới 090•••4567.")
    )
    going = forms.ChoiceField(
        label=_("Bà con về bằng gì?"),
        choices=[("trip", _("Xe của tỉnh đón")), ("own", _("Xe của gia đình"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Vui lòng chọn một cách về.")},
    )
    reasons = forms.MultipleChoiceField(
        label=_("Trong nhà có ai"),
        choices=[
            ("child", _("Trẻ dưới 36 tháng")),
            ("pregnant", _("Người mang thai")),
            ("old", _("Người trên 60 tuổi")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    commune = forms.ChoiceField(
        label=_("Xã, phường"), choices=[("1", "Xã Hưng Thuận"), ("2", "Phường Trảng Bàng")]
    )
    note = forms.CharField(label=_("Điều cần nói thêm"), widget=forms.Textarea({"rows": 3}), required=False)
    agree = forms.BooleanField(
        label=_("Tôi đồng ý để tỉnh dùng các thông tin này cho việc đón công dân."),
        error_messages={"required": _("Cần đồng ý thì tỉnh mới được phép xử lý hồ sơ.")},
    )


class SampleFilters(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Tên, số điện thoại, số giấy tờ"), required=False)
    since = VietnameseDateField(label=_("Từ ngày"), required=False)
    state = forms.ChoiceField(
        label=_("Tình trạng"), choices=[("", _("Tất cả")), ("late", _("Quá hạn"))], required=False
    )


def _rows() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {"name": "Lê Văn Hùng", "with": 1, "from": "Suối Sâu", "need": ("wait", _("Cách ly tại nhà 14 ngày")),
         "deadline": now - timedelta(minutes=102), "phone": "+84901234567", "identity": "072084004821"},
        {"name": "Nguyễn Thị Lan", "with": 2, "from": "Suối Sâu", "need": ("info", _("Tự theo dõi 7 ngày")),
         "deadline": now + timedelta(minutes=200), "phone": "+84912345678", "identity": "072184001155"},
        {"name": "Huỳnh Văn Trượng", "with": 0, "from": "Bến Cầu", "need": ("bad", _("Cơ sở cách ly")),
         "deadline": now + timedelta(hours=26), "phone": "+84987654321", "identity": "290123456"},
    ]  # fmt: skip


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The living page of the components."""
    if not settings.PORTAL_DEMO:
        raise Http404
    now = timezone.now()
    form = SampleForm(
        {"born": "31/2/1984", "phone": "0901 234 567", "client_key": "x"} if "errors" in request.GET else None
    )
    messages.success(request, _("Đã nhận gia đình chị Nguyễn Thị Lan."))
    messages.warning(request, _("Còn 2 người chưa khai sức khỏe hôm nay."))
    messages.error(request, _("Chưa ghi được: hồ sơ này đã có người nhận lúc 21:40."))
    steps = [
        {"title": _("Đã đăng ký"), "state": "done", "time": now - timedelta(days=6), "text": _("3 người")},
        {"title": _("Xã xác nhận đúng người địa phương"), "state": "done", "time": now - timedelta(days=5)},
        {"title": _("Chờ xếp chuyến"), "state": "now", "text": _("Có chỗ sẽ nhắn tới 090•••4567")},
        {"title": _("Xác nhận chỗ, lên xe"), "state": "todo"},
    ]
    order = SimpleNamespace(
        status="active", STATUS_TONES={"active": "info"}, get_status_display=lambda: _("Đang cách ly")
    )
    context = {
        "form": form,
        "filters": SampleFilters(request.GET),
        "rows": _rows(),
        "steps": steps,
        "page": Page(rows=list(range(50)), number=2, per_page=50, total=1001, has_next=True, query="q=lan&"),
        "order": order,
        "tones": TONES,
    }
    return render(request, "ui/style.html", context)
