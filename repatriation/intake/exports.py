"""The communes' limits as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import vn_date
from repatriation.models import Intake


class IntakeResource(resources.ModelResource):
    """The limits of communes and days."""

    commune = Field("commune__name", gettext_lazy("Xã, phường"))
    day = Field(column_name=gettext_lazy("Ngày"))
    people_limit = Field("people_limit", gettext_lazy("Nhận tối đa"))
    taken = Field("taken", gettext_lazy("Đã xếp"))
    room = Field("room", gettext_lazy("Còn nhận"))

    class Meta:
        model = Intake
        fields = ["commune", "day", "people_limit", "taken", "room"]
        export_order = fields

    def dehydrate_day(self, row: Intake) -> str:
        return vn_date(row.day)
