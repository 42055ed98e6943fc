from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from citizens import phones
from portal.reporting.resources import DateField, ListResource, ShownField, TimeOfDayField


class BookingResource(ListResource):
    """The list of bookings as a spreadsheet: dates, phones and states as people read them."""

    day = DateField("slot__starts_at", _("Ngày"))
    time = TimeOfDayField("slot__starts_at", _("Giờ"))
    code = Field("code", _("Mã lịch hẹn"))
    full_name = Field("full_name", _("Họ và tên"))
    phone = ShownField("phone", _("Điện thoại"), show=phones.display)
    procedure = Field("procedure__name", _("Thủ tục"))
    office = Field("slot__office__place__name", _("Nơi làm thủ tục"))
    status = Field("get_status_display", _("Tình trạng"))
