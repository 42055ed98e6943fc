"""The campaigns as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import vn_date
from repatriation.models import Campaign
from repatriation.queue.admission import for_whom


class CampaignResource(resources.ModelResource):
    """One row a campaign."""

    name = Field("name", gettext_lazy("Tên đợt"))
    starts_on = Field(column_name=gettext_lazy("Từ ngày"))
    ends_on = Field(column_name=gettext_lazy("Đến ngày"))
    is_open = Field(column_name=gettext_lazy("Đang nhận đăng ký"))
    origins = Field(column_name=gettext_lazy("Đón từ"))
    gateways = Field(column_name=gettext_lazy("Chốt cửa ngõ"))
    admits = Field(column_name=gettext_lazy("Ai đăng ký được"))
    waiting = Field("waiting", gettext_lazy("Gia đình đang chờ"))

    class Meta:
        model = Campaign
        fields = ["name", "starts_on", "ends_on", "is_open", "origins", "gateways", "admits", "waiting"]
        export_order = fields

    def dehydrate_starts_on(self, row: Campaign) -> str:
        return vn_date(row.starts_on)

    def dehydrate_ends_on(self, row: Campaign) -> str:
        return vn_date(row.ends_on)

    def dehydrate_is_open(self, row: Campaign) -> str:
        return _("có") if row.is_open else ""

    def dehydrate_origins(self, row: Campaign) -> str:
        return ", ".join(place.name for place in row.origins.all())

    def dehydrate_gateways(self, row: Campaign) -> str:
        return ", ".join(place.name for place in row.gateways.all())

    def dehydrate_admits(self, row: Campaign) -> str:
        return "; ".join(for_whom(row)) or _("Mọi gia đình")
