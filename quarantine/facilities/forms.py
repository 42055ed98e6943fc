"""Forms of facilities: the one that the province names for somebody, and the beds of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import HelperMixin, NumberInput, offer_rows
from quarantine.facilities.rooms import room_label
from quarantine.models import Facility

MOST_BEDS = 20_000


class NameFacilityForm(HelperMixin, forms.Form):
    facility = forms.ModelChoiceField(
        label=_("Đưa đến"),
        queryset=Facility.objects.none(),
        empty_label=_("Chọn nơi còn chỗ"),
        error_messages={
            "required": _("Vui lòng chọn nơi đưa đến."),
            "invalid_choice": _("Nơi này vừa hết chỗ. Vui lòng chọn nơi khác."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Facility.objects.with_room().select_related("place").order_by("kind", "pk")
        offer_rows(self, "facility", rows, room_label)


class FacilityForm(HelperMixin, forms.ModelForm):
    """Beds, phone and whether people are taken in, as the facility itself says."""

    class Meta:
        model = Facility
        fields = ("kind", "beds", "phone", "takes_positives", "is_open")
        widgets = {"beds": NumberInput, "kind": forms.RadioSelect}

    def clean_beds(self) -> int:
        beds: int = self.cleaned_data["beds"]
        if beds > MOST_BEDS:
            raise forms.ValidationError(_("Số giường nhiều nhất là 20.000. Vui lòng xem lại."))
        if beds < self.instance.taken:
            raise forms.ValidationError(
                _("Đang giữ %(taken)d giường cho người đang ở và sắp đến. Vui lòng ghi ít nhất số đó.")
                % {"taken": self.instance.taken}
            )
        return beds
