"""Fields of the checkpoint's forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import NumberInput
from quarantine.models.check import Symptom
from repatriation.models import Arrival

LONGEST_TEMPERATURE = 5  # characters
HARDLY_HIGH, HARDLY_LOW = Decimal("42"), Decimal("35")  # °C; asked about, as a slip is likelier
ODD = _("%(value)s °C có đúng không? Nếu đúng, vui lòng đánh dấu “Đã đo lại” rồi ghi nhận.")
PAPERS = [choice for choice in Arrival.Paper.choices if choice[0] != Arrival.Paper.IDENTITY]


class TemperatureField(forms.DecimalField):
    """A body temperature in degrees Celsius; accepts a comma or a point."""

    widget = NumberInput(attrs={"inputmode": "decimal", "maxlength": str(LONGEST_TEMPERATURE)})
    default_error_messages = {
        "invalid": _("Vui lòng ghi số như 37,5."),
        "min_value": _("Nhiệt độ từ 34 đến 43 °C. Vui lòng xem lại."),
        "max_value": _("Nhiệt độ từ 34 đến 43 °C. Vui lòng xem lại."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=34, max_value=43, max_digits=3, decimal_places=1, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            if len(value.strip()) > LONGEST_TEMPERATURE:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = value.replace(",", ".")
        return super().to_python(value)


def is_hardly_true(value: Decimal | None) -> bool:
    """Return whether a temperature is possible and yet likelier a slip."""
    return value is not None and (value >= HARDLY_HIGH or value < HARDLY_LOW)


class TicksField(forms.MultipleChoiceField):
    """Several choices to tick off."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


def symptoms_field(label: Any) -> TicksField:
    return TicksField(label=label, choices=Symptom.choices)


def papers_field(label: Any) -> TicksField:
    return TicksField(label=label, choices=PAPERS)


def needs_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, required=False)
