"""Requests for another phone as a spreadsheet; numbers stay masked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import mask_phone, vn_datetime
from repatriation.models import PhoneCorrection


class PhoneCorrectionResource(resources.ModelResource):
    code = Field("registration__code", gettext_lazy("Mã đăng ký"))
    full_name = Field("person__full_name", gettext_lazy("Họ và tên"))
    commune = Field("registration__home_commune__name", gettext_lazy("Về xã, phường"))
    old_phone = Field(column_name=gettext_lazy("Từ số"))
    new_phone = Field(column_name=gettext_lazy("Sang số"))
    status = Field("get_status_display", gettext_lazy("Trạng thái"))
    requested_at = Field(column_name=gettext_lazy("Gửi lúc"))
    decided_at = Field(column_name=gettext_lazy("Trả lời lúc"))
    asked_by = Field("asked_by__full_name", gettext_lazy("Tổng đài ghi"))
    checked = Field("checked", gettext_lazy("Đã kiểm tra thế nào"))
    refusal = Field("refusal", gettext_lazy("Lý do không đổi"))

    class Meta:
        model = PhoneCorrection
        fields = (
            "code",
            "full_name",
            "commune",
            "old_phone",
            "new_phone",
            "status",
            "requested_at",
            "decided_at",
            "asked_by",
            "checked",
            "refusal",
        )
        export_order = fields

    def dehydrate_old_phone(self, row: PhoneCorrection) -> str:
        return mask_phone(row.old_phone)

    def dehydrate_new_phone(self, row: PhoneCorrection) -> str:
        return mask_phone(row.new_phone)

    def dehydrate_requested_at(self, row: PhoneCorrection) -> str:
        return vn_datetime(row.requested_at)

    def dehydrate_decided_at(self, row: PhoneCorrection) -> str:
        return vn_datetime(row.decided_at)
