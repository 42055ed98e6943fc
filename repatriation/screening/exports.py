"""What a commune is asked about, as a spreadsheet. Numbers stay masked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import mask_phone, vn_datetime
from repatriation.headings import CODE, NAME, PHONE, STATUS
from repatriation.models import Screening


class ScreeningResource(resources.ModelResource):
    """One row a family and commune that was asked."""

    code = Field("registration__code", CODE)
    head = Field(column_name=NAME)
    people = Field("registration__people", gettext_lazy("Số người"))
    address = Field("registration__home_address", gettext_lazy("Địa chỉ ở quê"))
    commune = Field("commune__name", gettext_lazy("Xã, phường được hỏi"))
    origin = Field("registration__origin__name", gettext_lazy("Đang ở"))
    phone = Field(column_name=PHONE)
    status = Field("get_status_display", STATUS)
    due_at = Field(column_name=gettext_lazy("Hạn xác nhận"))
    question = Field("question", gettext_lazy("Câu hỏi"))
    answer = Field("answer", gettext_lazy("Trả lời"))
    reason = Field("reason", gettext_lazy("Lý do"))
    suggested = Field("suggested__name", gettext_lazy("Nơi được đề nghị"))
    decided_at = Field(column_name=gettext_lazy("Trả lời lúc"))

    class Meta:
        model = Screening
        fields = [
            "code",
            "head",
            "people",
            "address",
            "commune",
            "origin",
            "phone",
            "status",
            "due_at",
            "question",
            "answer",
            "reason",
            "suggested",
            "decided_at",
        ]
        export_order = fields

    def dehydrate_head(self, row: Screening) -> str:
        return row.registration.head.person.full_name

    def dehydrate_phone(self, row: Screening) -> str:
        return mask_phone(row.registration.phone)

    def dehydrate_due_at(self, row: Screening) -> str:
        return vn_datetime(row.due_at)

    def dehydrate_decided_at(self, row: Screening) -> str:
        return vn_datetime(row.decided_at)
