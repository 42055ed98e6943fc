"""Parts that the officers' forms share: a reason, a search box, the choice of a campaign, a time of day."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import HelperMixin
from repatriation.models import Campaign

ALL = [("", _("Tất cả"))]


def communes() -> QuerySet[Place]:
    """Return the communes of the home province, by name."""
    rows = Place.objects.active().filter(kind=Place.Kind.COMMUNE, path__startswith=home_path())
    return rows.by_name()


def search_box() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"})


class CampaignChoice(forms.Form):
    """A filter by campaign, where there are several; the last base of a list's filter."""

    campaign = forms.ModelChoiceField(
        label=_("Đợt"), queryset=Campaign.objects.all(), required=False, empty_label=_("Mọi đợt đón")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if Campaign.objects.count() < 2:
            del self.fields["campaign"]


class ReasonForm(HelperMixin, forms.Form):
    """A reason that others will read."""

    reason = forms.CharField(
        label=_("Lý do"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        error_messages={"required": _("Vui lòng ghi lý do.")},
    )


NEEDS_REASON = {"required": _("Vui lòng ghi lý do.")}


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Lý do"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        error_messages=NEEDS_REASON,
    )


_TIME = re.compile(r"(\d{1,2})\s*[:hg.]\s*(\d{2})?")  # 8:00, 08h30, 14g


class TimeField(forms.CharField):
    """A time of day as people write it: 8:00, 08h30, 14g."""

    default_error_messages = {
        "required": _("Vui lòng ghi giờ, ví dụ 08:00."),
        "invalid": _("Không đọc được giờ này. Vui lòng ghi như 08:00 hoặc 14:30."),
    }

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        time = _time_of(text)
        if time is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return time


def _time_of(text: str) -> dt.time | None:
    """Return the time of day that was written, or None where there is no such time, as 25:00."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None
