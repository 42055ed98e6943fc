"""The form with a second fact of one person of a family."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citizens.models.person import NAME_LENGTH
from citizens.proving import LAST
from portal.ui.forms import HelperMixin, NameInput


class ProofForm(HelperMixin, forms.Form):
    """The year of birth with the end of an identity number; with the name where nobody has a number."""

    birth_year = forms.IntegerField(
        label=_("Năm sinh của một người trong gia đình"),
        min_value=1900,
        max_value=2100,
        error_messages={
            name: _("Vui lòng nhập năm sinh gồm 4 chữ số, ví dụ 1984.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
    )
    last = forms.RegexField(
        label=_("4 ký tự cuối số giấy tờ của người đó"),
        help_text=_("Căn cước, chứng minh nhân dân hoặc hộ chiếu."),
        regex=rf"^[0-9A-Za-z]{{{LAST}}}\Z",
        error_messages={
            name: _("Vui lòng nhập đúng 4 ký tự cuối, ví dụ 4821.") for name in ("required", "invalid")
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 8}),
    )
    name = forms.CharField(
        label=_("Họ và tên người đó"),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Vui lòng nhập họ và tên đầy đủ.")},
        widget=NameInput,
    )

    def __init__(self, *args: Any, number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name" if number else "last"]
