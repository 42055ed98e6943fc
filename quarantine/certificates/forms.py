"""The form that revokes a certificate."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import HelperMixin


class RevokeForm(HelperMixin, forms.Form):
    reason = forms.CharField(
        label=_("Lý do thu hồi"),
        max_length=300,
        error_messages={"required": _("Vui lòng ghi lý do thu hồi.")},
    )
