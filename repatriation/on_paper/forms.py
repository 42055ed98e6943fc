"""Forms of sheets of arrivals: the file to send, and the filter of its rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.sheets import reading
from portal.sheets.refusals import FileRefused
from portal.ui.forms import ClientKeyMixin, HelperMixin, offer_rows
from repatriation.forms import ALL, search_box
from repatriation.models import Campaign, ImportRow
from repatriation.on_paper.places import checkpoints_of


class SheetForm(HelperMixin, ClientKeyMixin, forms.Form):
    """A sheet to send. `cleaned_data["file"]` is its name and content; a file that is no table is refused."""

    place = forms.ModelChoiceField(label=_("Chốt"), queryset=Place.objects.none(), empty_label=None)
    campaign = forms.ModelChoiceField(label=_("Đợt"), queryset=Campaign.objects.none(), empty_label=None)
    file = forms.FileField(
        label=_("Tệp người đã đến"),
        help_text=_("Excel (.xlsx) hoặc CSV, tối đa 10 MB và 20.000 dòng, mỗi dòng một người có mặt."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": _("Vui lòng chọn tệp."),
            "empty": _("Tệp trống. Vui lòng chọn tệp có danh sách."),
            "invalid": _("Tệp chưa được gửi lên. Vui lòng chọn lại tệp."),
            "missing": _("Tệp chưa được gửi lên. Vui lòng chọn lại tệp."),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [place.pk for place in checkpoints_of(user)]
        offer_rows(self, "place", Place.objects.filter(pk__in=ids).by_name())
        begun = Campaign.objects.filter(starts_on__lte=timezone.localdate())
        offer_rows(self, "campaign", begun.order_by("-starts_on", "pk"))

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        try:
            if file.size > reading.BYTES:
                raise FileRefused("too_large", limit=reading.BYTES // 1024 // 1024)
            content = file.read()
            reading.glance(content)
        except FileRefused as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        return file.name, content


class SheetRowFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Họ tên hoặc số dòng"), required=False, max_length=120, widget=search_box())
    verdict = forms.ChoiceField(
        label=_("Kết quả"), required=False, choices=[*ALL, *ImportRow.Verdict.choices]
    )
