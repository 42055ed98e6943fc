"""The form of a vaccine dose."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import HelperMixin, VietnameseDateField


class DoseForm(HelperMixin, forms.Form):
    number = forms.TypedChoiceField(
        label=_("Mũi thứ"),
        choices=[(number, str(number)) for number in range(1, 6)],
        coerce=int,
        error_messages={"required": _("Vui lòng chọn mũi thứ mấy.")},
    )
    vaccine = forms.CharField(
        label=_("Loại vắc xin"),
        max_length=60,
        help_text=_("Như trên giấy xác nhận, ví dụ AstraZeneca, Pfizer, Vero Cell."),
        widget=forms.TextInput(attrs={"list": "vaccines", "autocomplete": "off"}),
        error_messages={"required": _("Vui lòng ghi loại vắc xin.")},
    )
    given_on = VietnameseDateField(label=_("Ngày tiêm"), future=False)
    place_name = forms.CharField(label=_("Nơi tiêm"), max_length=120, required=False)
    lot = forms.CharField(label=_("Số lô"), max_length=30, required=False)
