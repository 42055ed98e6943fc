"""Forms for lists: the file to send, and the filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.sheets import reading
from portal.sheets.refusals import FileRefused
from portal.ui.forms import ClientKeyMixin, HelperMixin, offer_rows
from repatriation.forms import ALL, search_box
from repatriation.models import Campaign, ImportBatch, ImportRow


class ImportForm(HelperMixin, ClientKeyMixin, forms.Form):
    """A list to send. `cleaned_data["file"]` is its name and content; a file that is no table is refused."""

    campaign = forms.ModelChoiceField(
        label=_("Đợt"),
        queryset=Campaign.objects.none(),
        empty_label=None,
        help_text=_("Chỉ đợt đang nhận đăng ký."),
    )
    file = forms.FileField(
        label=_("Tệp danh sách"),
        help_text=_("Excel (.xlsx) hoặc CSV, tối đa 10 MB và 20.000 dòng, mỗi dòng một người."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": _("Vui lòng chọn tệp danh sách."),
            "empty": _("Tệp trống. Vui lòng chọn tệp có danh sách."),
            "invalid": _("Tệp chưa được gửi lên. Vui lòng chọn lại tệp."),
            "missing": _("Tệp chưa được gửi lên. Vui lòng chọn lại tệp."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "campaign", Campaign.objects.open())

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


class ImportFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Tên tệp"), required=False, max_length=120, widget=search_box())
    status = forms.ChoiceField(
        label=_("Trạng thái"), required=False, choices=[*ALL, *ImportBatch.Status.choices]
    )


class ImportRowFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Họ tên hoặc số dòng"), required=False, max_length=120, widget=search_box())
    verdict = forms.ChoiceField(
        label=_("Kết quả"), required=False, choices=[*ALL, *ImportRow.Verdict.choices]
    )
