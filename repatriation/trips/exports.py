"""Lists of trips, of limits and of who was passed over, as spreadsheets."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import vn_date, vn_datetime
from repatriation.models import Intake, PassedOver, Trip

PEOPLE = gettext_lazy("Số người")


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
