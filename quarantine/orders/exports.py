"""Orders as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from portal.reporting.resources import DateField, ListResource, MaskedPhoneField


class OrderResource(ListResource):
    """The filtered list under the headings of the page. Phones are masked, as on the page."""

    full_name = Field("person__full_name", _("Họ và tên"))
    birth_year = Field("person__birth_year", _("Năm sinh"))
    phone = MaskedPhoneField("person__phone", _("Điện thoại"))
    number = Field("number", _("Số quyết định"))
    mode = Field("get_mode_display", _("Hình thức"))
    place = Field("place__name", _("Nơi quản lý"))
    address = Field("address", _("Địa chỉ"))
    starts_on = DateField("starts_on", _("Từ ngày"))
    ends_on = DateField("ends_on", _("Đến hết ngày"))
    status = Field("get_status_display", _("Tình trạng"))
