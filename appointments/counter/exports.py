from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export import fields, resources

from appointments.models import Booking
from citizens import phones
from portal.ui.formats import vn_date, vn_time


class BookingResource(resources.ModelResource):
    """The day's list as a sheet: dates, phones and states as people read them."""

    day = fields.Field(column_name=_("Ngày"))
    time = fields.Field(column_name=_("Giờ"))
    code = fields.Field(column_name=_("Mã lịch hẹn"), attribute="code")
    full_name = fields.Field(column_name=_("Họ và tên"), attribute="full_name")
    phone = fields.Field(column_name=_("Điện thoại"))
    procedure = fields.Field(column_name=_("Thủ tục"), attribute="procedure__name")
    office = fields.Field(column_name=_("Nơi làm thủ tục"), attribute="slot__office__place__name")
    status = fields.Field(column_name=_("Tình trạng"))

    class Meta:
        model = Booking
        fields = export_order = ("day", "time", "code", "full_name", "phone", "procedure", "office", "status")

    def dehydrate_day(self, booking: Booking) -> str:
        return vn_date(booking.slot.starts_at)

    def dehydrate_time(self, booking: Booking) -> str:
        return vn_time(booking.slot.starts_at)

    def dehydrate_phone(self, booking: Booking) -> str:
        return phones.display(booking.phone)

    def dehydrate_status(self, booking: Booking) -> str:
        return booking.get_status_display()
