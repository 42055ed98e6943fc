"""The export of screenings. Phone numbers are masked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import ListResource, MaskedPhoneField, MomentField
from repatriation.headings import CODE, NAME, PHONE, STATUS


class ScreeningResource(ListResource):
    """One row for each screening: a family and a commune that was asked about it."""

    code = Field("registration__code", CODE)
    head = Field("registration__head__person__full_name", NAME)
    people = Field("registration__people", gettext_lazy("Số người"))
    address = Field("registration__home_address", gettext_lazy("Địa chỉ ở quê"))
    commune = Field("commune__name", gettext_lazy("Xã, phường được hỏi"))
    origin = Field("registration__origin__name", gettext_lazy("Đang ở"))
    phone = MaskedPhoneField("registration__phone", PHONE)
    status = Field("get_status_display", STATUS)
    due_at = MomentField("due_at", gettext_lazy("Hạn xác nhận"))
    question = Field("question", gettext_lazy("Câu hỏi"))
    answer = Field("answer", gettext_lazy("Trả lời"))
    reason = Field("reason", gettext_lazy("Lý do"))
    suggested = Field("suggested__name", gettext_lazy("Nơi được đề nghị"))
    decided_at = MomentField("decided_at", gettext_lazy("Trả lời lúc"))
