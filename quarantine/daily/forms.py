"""The form of one person's daily check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import HelperMixin, NumberInput
from quarantine.models.check import Symptom

WELL = "well"  # a choice of its own: an empty form must not count as “well”


class DegreesField(forms.DecimalField):
    """A field of degrees Celsius, written with a comma or a point."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().replace(",", ".").removesuffix("°C").removesuffix("°").strip()
        return super().to_python(value)


class DailyCheckForm(HelperMixin, forms.Form):
    """The daily check of one person. With `may_be_empty` (a family's page) an untouched form is valid."""

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
