"""The form that extends an order, and the filter of the list of orders."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import HelperMixin, NumberInput
from quarantine.models import Order
from quarantine.models.protocol import Mode


class ExtendForm(HelperMixin, forms.Form):
    days = forms.IntegerField(
        label=_("Thêm mấy ngày"),
        min_value=1,
        max_value=30,
        widget=NumberInput,
        error_messages={
            name: _("Vui lòng ghi số ngày từ 1 đến 30.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    reason = forms.CharField(
        label=_("Lý do gia hạn"),
        max_length=200,
        error_messages={"required": _("Vui lòng ghi lý do; người dân sẽ đọc được.")},
    )


class OrderFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=_("Họ tên, số quyết định, điện thoại"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Tất cả")), *Order.Status.choices]
    )
    mode = forms.ChoiceField(label=_("Hình thức"), required=False, choices=[("", _("Tất cả")), *Mode.choices])
    due = forms.ChoiceField(
        label=_("Hôm nay"),
        required=False,
        choices=[
            ("", _("Tất cả")),
            ("test", _("Đến hạn xét nghiệm")),
            ("end", _("Hết cách ly")),
            ("silent", _("Chưa khai hôm nay")),
        ],
    )
