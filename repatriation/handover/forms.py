"""Forms of handovers: where people are sent on, and the filter of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import HelperMixin, offer_rows
from repatriation.forms import search_box
from repatriation.models import Handover


class RerouteForm(HelperMixin, forms.Form):
    """The place to which the province sends people on."""

    to_place = PlacePickerField(label=_("Chuyển đến xã, phường"), under=home_path)
    reason = forms.CharField(label=_("Lý do"), max_length=300, required=False)


class HandoverFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=_("Họ tên hoặc mã đăng ký"), required=False, max_length=120, widget=search_box()
    )
    status = forms.ChoiceField(
        label=_("Trạng thái"), required=False, choices=[*Handover.Status.choices, ("all", _("Tất cả"))]
    )
    commune = forms.ModelChoiceField(
        label=_("Nơi nhận"), queryset=Place.objects.none(), required=False, empty_label=_("Mọi nơi")
    )
    overdue = forms.BooleanField(label=_("Chỉ xem quá hạn"), required=False)

    def __init__(self, *args: Any, communes: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "commune", communes)
        if len(communes[:2]) < 2:  # an officer of one commune has nothing to choose
            del self.fields["commune"]
