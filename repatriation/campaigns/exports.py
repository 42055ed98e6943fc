"""The export of the campaigns."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import DateField, ListResource, PlacesField, YesField
from repatriation.models import Campaign
from repatriation.queue.admission import for_whom


class CampaignResource(ListResource):
    """One row a campaign."""

    name = Field("name", gettext_lazy("Tên đợt"))
    starts_on = DateField("starts_on", gettext_lazy("Từ ngày"))
    ends_on = DateField("ends_on", gettext_lazy("Đến ngày"))
    is_open = YesField("is_open", gettext_lazy("Đang nhận đăng ký"))
    origins = PlacesField("origins", gettext_lazy("Đón từ"))
    gateways = PlacesField("gateways", gettext_lazy("Chốt cửa ngõ"))
    admits = Field(column_name=gettext_lazy("Ai đăng ký được"))
    waiting = Field("waiting", gettext_lazy("Gia đình đang chờ"))

    def dehydrate_admits(self, row: Campaign) -> str:
        return "; ".join(for_whom(row)) or _("Mọi gia đình")
