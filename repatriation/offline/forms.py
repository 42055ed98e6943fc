"""Forms of the list of entries to settle."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import HelperMixin, offer_rows
from repatriation.forms import search_box
from repatriation.models import OfflineEntry

OPEN = "open"


class OfflineEntryFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Họ tên hoặc mã đăng ký"), required=False, max_length=80, widget=search_box())
    status = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[
            (OPEN, _("Cần xử lý")),
            *OfflineEntry.Status.choices[1:2],
            ("settled", _("Đã xử lý")),
            ("all", _("Tất cả")),
        ],
    )
    place = forms.ModelChoiceField(
        label=_("Chốt"), queryset=Place.objects.none(), required=False, empty_label=_("Mọi chốt")
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "place", places)
        if len(places[:2]) < 2:
            del self.fields["place"]


class RecordAnywayForm(HelperMixin, forms.Form):
    """Another destination, where the one that was chosen cannot be used."""

    destination = PlacePickerField(label=_("Về xã, phường khác (nếu cần)"), under=home_path, required=False)


class CloseForm(HelperMixin, forms.Form):
    note = forms.CharField(
        label=_("Ghi chú"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        error_messages={"required": _("Vui lòng ghi vì sao đóng, ví dụ: đã ghi ở chốt Mộc Bài.")},
    )
