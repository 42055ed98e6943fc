"""The list of trips as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import ListResource, MomentField, YesField


class TripResource(ListResource):
    """Trips with the seats that are taken."""

    departs_at = MomentField("departs_at", gettext_lazy("Khởi hành"))
    code = Field("code", gettext_lazy("Mã chuyến"))
    pickup = Field("pickup__name", gettext_lazy("Điểm đón"))
    gateway = Field("gateway__name", gettext_lazy("Chốt"))
    vehicle_plate = Field("vehicle_plate", gettext_lazy("Biển số"))
    seats = Field("seats", gettext_lazy("Số chỗ"))
    seats_taken = Field("seats_taken", gettext_lazy("Đã có người"))
    has_escort = YesField("has_escort", gettext_lazy("Có người đi kèm trẻ em"))
    status = Field("get_status_display", gettext_lazy("Trạng thái"))
