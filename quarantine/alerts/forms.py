"""The forms of alerts: the note that settles one, and the filter of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.places.models import Place
from portal.ui.forms import HelperMixin, offer_rows


class SettleForm(HelperMixin, forms.Form):
    note = forms.CharField(
        label=_("Đã xử lý thế nào"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        error_messages={"required": _("Vui lòng ghi đã xử lý thế nào, để người sau biết.")},
    )


class AlertFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=_("Họ tên, số giấy tờ, điện thoại"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Tình trạng"),
        required=False,
        choices=[
            ("", _("Chưa xong")),
            ("open", _("Chưa ai xử lý")),
            ("taken", _("Đang xử lý")),
            ("late", _("Quá hạn")),
            ("settled", _("Đã xong")),
            ("all", _("Tất cả")),
        ],
    )
    place = forms.ModelChoiceField(
        label=_("Nơi xử lý"), queryset=Place.objects.none(), required=False, empty_label=_("Mọi nơi")
    )

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "place", places)
        if len(places[:2]) < 2:  # an officer of one commune has nothing to choose
            del self.fields["place"]
