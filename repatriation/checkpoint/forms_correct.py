"""Forms that correct an arrival, or take it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.ui.forms import HelperMixin, VietnameseDateField
from repatriation.checkpoint.fields import (
    ODD,
    TemperatureField,
    is_hardly_true,
    needs_field,
    papers_field,
    symptoms_field,
)
from repatriation.forms import search_box
from repatriation.models import Arrival

CORRECTED = (
    "temperature",
    "has_symptoms",
    "symptoms",
    "needs",
    "papers",
    "identity_checked",
    "decision",
    "destination",
)


class CorrectionForm(HelperMixin, forms.Form):
    """What was measured and decided about one person, as it should have been, and why."""

    temperature = TemperatureField(label=_("Nhiệt độ (°C)"), required=False)
    sure = forms.BooleanField(label=_("Đã đo lại nhiệt độ"), required=False)
    symptoms = symptoms_field(_("Triệu chứng"))
    has_symptoms = forms.BooleanField(label=_("Có triệu chứng khác"), required=False)
    needs = needs_field(_("Cần giúp"))
    papers = papers_field(_("Giấy tờ đã xem"))
    identity_checked = forms.BooleanField(label=_("Đã đối chiếu giấy tờ"), required=False)
    decision = forms.ChoiceField(label=_("Hướng xử lý"), choices=Arrival.Decision.choices)
    destination = PlacePickerField(label=_("Về xã, phường"), under=home_path)
    reason = forms.CharField(label=_("Lý do sửa"), max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, arrival: Arrival, **kwargs: Any) -> None:
        initial: dict[str, Any] = {
            name: getattr(arrival, name) for name in CORRECTED if name != "destination"
        }
        initial |= {"destination": arrival.destination_id, "version": len(arrival.corrections.all())}
        kwargs.setdefault("prefix", f"p{arrival.pk}")
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        temperature = data.get("temperature")
        if "temperature" in self.changed_data and is_hardly_true(temperature) and not data.get("sure"):
            self.add_error("temperature", ODD % {"value": str(temperature).replace(".", ",")})
        return data

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CORRECTED}

    def shown_fields(self) -> list[forms.BoundField]:
        """Return the fields; the one about a second measuring only where it is asked for."""
        asks = "temperature" in self.errors
        return [field for field in self.visible_fields() if field.name != "sure" or asks]


class TakeBackForm(HelperMixin, forms.Form):
    reason = forms.CharField(label=_("Vì sao ghi nhầm (nếu cần)"), max_length=300, required=False)


class ArrivalFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Họ tên"), required=False, max_length=120, widget=search_box())
    day = VietnameseDateField(label=_("Ngày đến"), required=False)
