"""The form of the counter's page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Booking, Procedure
from portal.places.order import vietnamese
from portal.ui.forms import HelperMixin, VietnameseDateField


class DayFilter(HelperMixin, forms.Form):
    """The filter of the list of bookings; all its fields are in the address."""

    day = VietnameseDateField(label=_("Ngày"), required=False)
    q = forms.CharField(
        label=_("Mã, họ tên hoặc điện thoại"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Tất cả")), *Booking.Status.choices]
    )
    procedure = forms.ModelChoiceField(
        label=_("Thủ tục"),
        queryset=Procedure.objects.order_by(*vietnamese("name"), "pk"),
        to_field_name="code",
        required=False,
        empty_label=_("Tất cả"),
    )
