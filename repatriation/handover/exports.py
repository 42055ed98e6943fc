"""Handovers as a spreadsheet. Numbers stay masked."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import mask_identity, vn_datetime
from repatriation.headings import BIRTH_YEAR, CHECKPOINT, NAME, NUMBER, STATUS
from repatriation.models import Handover


class HandoverResource(resources.ModelResource):
    """One row a person and link of a chain."""

    full_name = Field("person__full_name", NAME)
    birth_year = Field("person__birth_year", BIRTH_YEAR)
    identity_number = Field(column_name=NUMBER)
    from_place = Field("from_place__name", CHECKPOINT)
    to_place = Field("to_place__name", gettext_lazy("Nơi nhận"))
    status = Field("get_status_display", STATUS)
    sent_at = Field(column_name=gettext_lazy("Gửi lúc"))
    deadline = Field(column_name=gettext_lazy("Hạn nhận"))
    overdue = Field(column_name=gettext_lazy("Quá hạn"))
    decided_at = Field(column_name=gettext_lazy("Trả lời lúc"))
    reason = Field("reason", gettext_lazy("Lý do"))
    home_safe_at = Field(column_name=gettext_lazy("Về nhà lúc"))

    class Meta:
        model = Handover
        fields = [
            "full_name",
            "birth_year",
            "identity_number",
            "from_place",
            "to_place",
            "status",
            "sent_at",
            "deadline",
            "overdue",
            "decided_at",
            "reason",
            "home_safe_at",
        ]
        export_order = fields

    def dehydrate_identity_number(self, row: Handover) -> str:
        return mask_identity(row.person.identity_number)

    def dehydrate_overdue(self, row: Handover) -> str:
        return _("có") if row.is_overdue else ""

    def dehydrate_sent_at(self, row: Handover) -> str:
        return vn_datetime(row.sent_at)

    def dehydrate_deadline(self, row: Handover) -> str:
        return vn_datetime(row.deadline)

    def dehydrate_decided_at(self, row: Handover) -> str:
        return vn_datetime(row.decided_at)

    def dehydrate_home_safe_at(self, row: Handover) -> str:
        return vn_datetime(row.home_safe_at)
