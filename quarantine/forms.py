"""What citizens and officers fill in about health in quarantine."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import ClientKeyMixin, HelperMixin, NumberInput, VietnameseDateField
from quarantine.models import Order, TestResult
from quarantine.models.check import Symptom
from quarantine.models.protocol import Mode

WELL = "well"  # chosen instead of a symptom, so that an empty form is never taken for health


class DegreesField(forms.DecimalField):
    """Degrees Celsius with a comma or a point."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().replace(",", ".").removesuffix("°C").removesuffix("°").strip()
        return super().to_python(value)


class DailyCheckForm(HelperMixin, forms.Form):
    """How one person is today. With `may_be_empty` (a family's page) an untouched form is left out."""

    symptoms = forms.MultipleChoiceField(
        label=_("Hôm nay trong người thế nào?"),
        choices=[(WELL, _("Khỏe, không có dấu hiệu nào")), *Symptom.choices],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Vui lòng chọn dấu hiệu đang có, hoặc chọn “Khỏe, không có dấu hiệu nào”."),
        },
    )
    temperature = DegreesField(
        label=_("Nhiệt độ (°C)"),
        help_text=_("Ví dụ 36,8. Không có nhiệt kế thì bỏ trống."),
        required=False,
        max_digits=3,
        decimal_places=1,
        widget=NumberInput(attrs={"inputmode": "decimal"}),
        validators=[MinValueValidator(34), MaxValueValidator(43)],
        error_messages={
            name: _("Không đọc được nhiệt độ này. Vui lòng ghi như 36,8.")
            for name in ("invalid", "max_digits", "max_decimal_places", "max_whole_digits")
        }
        | dict.fromkeys(
            ("min_value", "max_value"), _("Nhiệt độ ghi từ 34 đến 43, ví dụ 36,8. Vui lòng đo lại.")
        ),
    )
    spo2 = forms.IntegerField(
        label=_("SpO₂ (%)"),
        help_text=_("Số trên máy kẹp ngón tay, ví dụ 97. Không có máy thì bỏ trống."),
        required=False,
        widget=NumberInput,
        validators=[MinValueValidator(50), MaxValueValidator(100)],
        error_messages={"invalid": _("Không đọc được số này. Vui lòng ghi như 97.")}
        | dict.fromkeys(("min_value", "max_value"), _("SpO₂ ghi từ 50 đến 100. Vui lòng đo lại.")),
    )
    note = forms.CharField(
        label=_("Điều cần nói thêm"),
        required=False,
        max_length=300,
        error_messages={"max_length": _("Vui lòng ghi ngắn hơn, không quá 300 chữ.")},
    )

    def __init__(self, *args: Any, may_be_empty: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("empty_permitted", may_be_empty)
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def clean_symptoms(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["symptoms"]
        if WELL in chosen and len(chosen) > 1:
            raise forms.ValidationError(
                _("Vừa chọn “Khỏe” vừa chọn dấu hiệu. Vui lòng chỉ giữ điều đúng với hôm nay.")
            )
        return [symptom for symptom in chosen if symptom != WELL]


class TestResultForm(HelperMixin, ClientKeyMixin, forms.Form):
    kind = forms.ChoiceField(
        label=_("Loại xét nghiệm"),
        choices=TestResult.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vui lòng chọn loại xét nghiệm.")},
    )
    outcome = forms.ChoiceField(
        label=_("Kết quả"),
        choices=TestResult.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vui lòng chọn kết quả.")},
    )
    taken_on = VietnameseDateField(label=_("Ngày lấy mẫu"), future=False)


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


class RevokeForm(HelperMixin, forms.Form):
    reason = forms.CharField(
        label=_("Lý do thu hồi"),
        max_length=300,
        error_messages={"required": _("Vui lòng ghi lý do thu hồi.")},
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
