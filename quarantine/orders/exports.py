"""Orders as a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export import fields, resources

from portal.ui.formats import mask_phone, vn_date
from quarantine.models import Order


class OrderResource(resources.ModelResource):
    """The list as it is filtered, under the words of the page. Numbers stay masked, as on the page."""

    full_name = fields.Field("person__full_name", _("Họ và tên"))
    birth_year = fields.Field("person__birth_year", _("Năm sinh"))
    phone = fields.Field("person__phone", _("Điện thoại"))
    number = fields.Field("number", _("Số quyết định"))
    mode = fields.Field("mode", _("Hình thức"))
    place = fields.Field("place__name", _("Nơi quản lý"))
    address = fields.Field("address", _("Địa chỉ"))
    starts_on = fields.Field("starts_on", _("Từ ngày"))
    ends_on = fields.Field("ends_on", _("Đến hết ngày"))
    status = fields.Field("status", _("Tình trạng"))

    class Meta:
        model = Order
        fields = [
            "full_name", "birth_year", "phone", "number", "mode", "place", "address", "starts_on", "ends_on",
            "status",
        ]  # fmt: skip
        export_order = fields

    def get_export_headers(self, *args: Any, **kwargs: Any) -> list[str]:
        return [str(header) for header in super().get_export_headers(*args, **kwargs)]

    def dehydrate_phone(self, order: Any) -> str:
        return mask_phone(order.person.phone)

    def dehydrate_mode(self, order: Any) -> str:
        return str(order.get_mode_display())

    def dehydrate_status(self, order: Any) -> str:
        return str(order.get_status_display())

    def dehydrate_starts_on(self, order: Any) -> str:
        return vn_date(order.starts_on)

    def dehydrate_ends_on(self, order: Any) -> str:
        return vn_date(order.ends_on)
