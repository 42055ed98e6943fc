from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.reporting.models import ExportJob
from portal.ui.forms import HelperMixin


class ExportFilter(HelperMixin, forms.Form):
    """The filter of export jobs by status."""

    status = forms.ChoiceField(
        label=_("Trạng thái"), required=False, choices=[("", _("Tất cả")), *ExportJob.Status.choices]
    )
