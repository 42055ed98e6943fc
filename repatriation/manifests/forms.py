"""The filter of the closed lists."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import HelperMixin, VietnameseDateField
from repatriation.forms import ALL, search_box
from repatriation.models import Manifest, Trip

CLOSED = [
    (value, label)
    for value, label in Trip.Status.choices
    if value not in {Trip.Status.PLANNED, Trip.Status.OPEN}
]


class ManifestFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=_("Mã chuyến hoặc biển số xe"), required=False, max_length=40, widget=search_box()
    )
    day = VietnameseDateField(label=_("Ngày đi"), required=False)
    status = forms.ChoiceField(label=_("Trạng thái"), required=False, choices=[*ALL, *CLOSED])

    def narrow(self, rows: QuerySet[Manifest]) -> QuerySet[Manifest]:
        """Return the lists that match the filters."""
        data = self.cleaned_data
        if data["q"]:
            text = data["q"].strip()
            rows = rows.filter(Q(trip__code__icontains=text) | Q(trip__vehicle_plate__icontains=text))
        if data["day"]:
            rows = rows.filter(trip__departs_at__date=data["day"])
        if data["status"]:
            rows = rows.filter(trip__status=data["status"])
        return rows
