"""Families passed over when a trip was filled, as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import vn_datetime
from repatriation.headings import PEOPLE
from repatriation.models import PassedOver


class PassedOverResource(resources.ModelResource):
    """Who got no seat of a trip, and why."""

    at = Field(column_name=gettext_lazy("Lúc xếp"))
    code = Field("registration__code", gettext_lazy("Mã đăng ký"))
    head = Field(column_name=gettext_lazy("Họ và tên"))
    people = Field("people", PEOPLE)
    home_commune = Field("registration__home_commune__name", gettext_lazy("Về xã, phường"))
    why = Field("sentence", gettext_lazy("Vì sao chưa xếp"))

    class Meta:
        model = PassedOver
        fields = ["at", "code", "head", "people", "home_commune", "why"]
        export_order = fields

    def dehydrate_at(self, row: PassedOver) -> str:
        return vn_datetime(row.filling.at)

    def dehydrate_head(self, row: PassedOver) -> str:
        return row.registration.head.person.full_name
