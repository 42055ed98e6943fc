"""Forms of the pick-up point and of the count."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from citizens.forms import PhoneField
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.ui.forms import ClientKeyMixin, HelperMixin
from repatriation.boarding.count import OUTCOMES
from repatriation.forms import ALL, reason_field, search_box
from repatriation.models import Boarding

REASON = {"required": _("Vui lòng ghi lý do cho đi thêm, ví dụ: còn chỗ, đang chờ ở bến.")}


def walk_on_reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Lý do cho đi thêm"),
        max_length=300,
        error_messages=REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WalkOnForm(HelperMixin, forms.Form):
    """A registered family without a seat here that gets on."""

    code = forms.CharField(
        label=_("Mã đăng ký"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Vui lòng quét hoặc gõ mã đăng ký, ví dụ TN-7K3M4-A.")},
    )
    reason = walk_on_reason_field()


class StrangersForm(HelperMixin, forms.Form):
    """The fields that hold for all of the people who are in no registration."""

    home = PlacePickerField(
        label=_("Về xã, phường"),
        under=home_path,
        error_messages={"required": _("Vui lòng chọn xã, phường nơi họ về.")},
    )
    phone = PhoneField(label=_("Điện thoại"), required=False)
    reason = walk_on_reason_field()


class SettleBoardingForm(HelperMixin, forms.Form):
    """The whereabouts of somebody who got on and passed no checkpoint."""

    found = forms.ChoiceField(
        label=_("Người này ở đâu"),
        choices=Boarding.Found.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vui lòng chọn một trong hai.")},
    )
    reason = forms.CharField(
        label=_("Ai báo, tình hình thế nào"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        error_messages={"required": _("Vui lòng ghi ai báo và người này đang ở đâu.")},
    )


class BoardingEntryForm(HelperMixin, ClientKeyMixin):
    """The fields of every entry: its key, its verb, and when it was made on the device."""

    do = forms.RegexField(r"\A[a-z_]{1,20}(?::[0-9]{1,18})?\Z")
    at = forms.IntegerField(required=False, min_value=0, max_value=4_102_444_800_000)  # ms since 1970

    def clean_at(self) -> Any:
        moment = self.cleaned_data.get("at")
        if moment is None:
            return None
        try:
            return dt.datetime.fromtimestamp(moment / 1000, dt.UTC)
        except (OverflowError, OSError, ValueError) as error:
            raise ValidationError(_("Giờ trên máy không đúng.")) from error


class CountFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Họ tên hoặc mã đăng ký"), required=False, max_length=80, widget=search_box())
    outcome = forms.ChoiceField(
        label=_("Kết quả"),
        required=False,
        choices=[
            *ALL,
            *((key, label) for key, (label, _tone) in OUTCOMES.items()),
            ("walk_on", _("Đi thêm")),
        ],
    )


class PartForm(HelperMixin, forms.Form):
    """The reason to split off those of a family who did not come."""

    reason = reason_field()
