"""Lists of trips, of limits and of who was passed over, as spreadsheets."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import vn_datetime
from repatriation.models import Trip


class TripResource(resources.ModelResource):
    """Trips with how full they are."""

    departs_at = Field(column_name=gettext_lazy("Khởi hành"))
    code = Field("code", gettext_lazy("Mã chuyến"))
    pickup = Field("pickup__name", gettext_lazy("Điểm đón"))
    gateway = Field("gateway__name", gettext_lazy("Chốt"))
    vehicle_plate = Field("vehicle_plate", gettext_lazy("Biển số"))
    seats = Field("seats", gettext_lazy("Số chỗ"))
    seats_taken = Field("seats_taken", gettext_lazy("Đã có người"))
    has_escort = Field(column_name=gettext_lazy("Có người đi kèm trẻ em"))
    status = Field("get_status_display", gettext_lazy("Trạng thái"))

    class Meta:
        model = Trip
        fields = [
            "departs_at",
            "code",
            "pickup",
            "gateway",
            "vehicle_plate",
            "seats",
            "seats_taken",
            "has_escort",
            "status",
        ]
        export_order = fields

    def dehydrate_departs_at(self, row: Trip) -> str:
        return vn_datetime(row.departs_at)

    def dehydrate_has_escort(self, row: Trip) -> str:
        return _("có") if row.has_escort else ""
