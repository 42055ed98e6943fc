"""The form of one person's declared doses and tests, for families and for operators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.ui.forms import VietnameseDateField
from repatriation.models.declared import FIRST_CASE, Dose, TestKind, TestOutcome
from repatriation.registration.declared import missing_answers, recovered_long_ago
from repatriation.registration.drafts import PersonEntry, day_of

NOT_DECLARED = ("", "—")
NAMES = ("doses", "last_dose", "test_kind", "test_outcome", "tested", "recovered")


def refuse_before_first_case(day: dt.date) -> None:
    if day < FIRST_CASE:
        raise forms.ValidationError(
            _("Ngày này là trước khi có dịch COVID-19. Vui lòng xem lại, hoặc bỏ trống.")
        )


class DeclaredForm(forms.Form):
    """Declared doses and tests. Every question may be left out; a test is declared whole or not at all."""

    doses = forms.TypedChoiceField(
        label=gettext_lazy("Đã tiêm mấy mũi vắc xin COVID-19?"),
        choices=[NOT_DECLARED, *Dose.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    last_dose = VietnameseDateField(
        label=gettext_lazy("Ngày tiêm mũi gần nhất"),
        required=False,
        future=False,
        validators=[refuse_before_first_case],
    )
    test_kind = forms.ChoiceField(
        label=gettext_lazy("Xét nghiệm gần nhất"), choices=[NOT_DECLARED, *TestKind.choices], required=False
    )
    test_outcome = forms.ChoiceField(
        label=gettext_lazy("Kết quả xét nghiệm"), choices=[NOT_DECLARED, *TestOutcome.choices], required=False
    )
    tested = VietnameseDateField(
        label=gettext_lazy("Ngày xét nghiệm"),
        required=False,
        future=False,
        validators=[refuse_before_first_case],
    )
    recovered = VietnameseDateField(
        label=gettext_lazy("Ngày khỏi COVID-19"),
        help_text=gettext_lazy("Chỉ ghi nếu khỏi bệnh trong 6 tháng gần đây."),
        required=False,
        future=False,
    )

    def clean_recovered(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["recovered"]
        if day and recovered_long_ago(day):
            raise forms.ValidationError(_("Đã khỏi quá 6 tháng thì không cần ghi. Vui lòng xóa ô này."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        sentences = {
            "doses": _("Đã ghi ngày tiêm thì vui lòng chọn số mũi, hoặc xóa ngày tiêm."),
            "test_kind": _("Vui lòng chọn loại xét nghiệm."),
            "test_outcome": _("Vui lòng chọn kết quả xét nghiệm."),
            "tested": _("Vui lòng ghi ngày xét nghiệm, ví dụ 24/11/2026."),
        }
        for name in missing_answers(data):
            if name not in self.errors:
                self.add_error(name, sentences[name])
        return data

    def declared(self) -> dict[str, Any]:
        """Return the answers as fields of `PersonEntry`."""
        data = self.cleaned_data
        days = {name: str(data[name] or "") for name in ("last_dose", "tested", "recovered")}
        return {name: data[name] for name in ("doses", "test_kind", "test_outcome")} | days


def declared_initial(entry: PersonEntry) -> dict[str, Any]:
    days = {name: day_of(getattr(entry, name)) for name in ("last_dose", "tested", "recovered")}
    return {name: getattr(entry, name) for name in ("doses", "test_kind", "test_outcome")} | days
