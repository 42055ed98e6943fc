"""The form of a test result."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import ClientKeyMixin, HelperMixin, VietnameseDateField
from quarantine.models import TestResult


class TestResultForm(HelperMixin, ClientKeyMixin, forms.Form):
    kind = forms.ChoiceField(
        label=_("Loại xét nghiệm"),
        choices=TestResult.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vui lòng chọn loại xét nghiệm.")},
    )
    outcome = forms.ChoiceField(
        label=_("Kết quả"),
        choices=TestResult.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vui lòng chọn kết quả.")},
    )
    taken_on = VietnameseDateField(label=_("Ngày lấy mẫu"), future=False)
