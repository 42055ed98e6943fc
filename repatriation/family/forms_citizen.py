"""What a family says on the pages of its own registration."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import HelperMixin


class WithdrawForm(HelperMixin, forms.Form):
    """Why a family does not come after all."""

    reason = forms.CharField(
        label=_("Vì sao?"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Lý do dài nhất 300 ký tự. Vui lòng ghi ngắn lại.")},
    )

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())
