"""Requests for another phone as a spreadsheet; numbers stay masked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import ListResource, MaskedPhoneField, MomentField


class PhoneCorrectionResource(ListResource):
    code = Field("registration__code", gettext_lazy("Mã đăng ký"))
    full_name = Field("person__full_name", gettext_lazy("Họ và tên"))
    commune = Field("registration__home_commune__name", gettext_lazy("Về xã, phường"))
    old_phone = MaskedPhoneField("old_phone", gettext_lazy("Từ số"))
    new_phone = MaskedPhoneField("new_phone", gettext_lazy("Sang số"))
    status = Field("get_status_display", gettext_lazy("Trạng thái"))
    requested_at = MomentField("requested_at", gettext_lazy("Gửi lúc"))
    decided_at = MomentField("decided_at", gettext_lazy("Trả lời lúc"))
    asked_by = Field("asked_by__full_name", gettext_lazy("Tổng đài ghi"))
    checked = Field("checked", gettext_lazy("Đã kiểm tra thế nào"))
    refusal = Field("refusal", gettext_lazy("Lý do không đổi"))
