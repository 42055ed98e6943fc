"""Alerts as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from portal.reporting.resources import ListResource, MaskedPhoneField, MomentField
from quarantine.models import Alert


class AlertResource(ListResource):
    """The filtered list under the headings of the page. Phones are masked, as on the page."""

    full_name = Field("person__full_name", _("Họ và tên"))
    birth_year = Field("person__birth_year", _("Năm sinh"))
    phone = MaskedPhoneField("person__phone", _("Điện thoại"))
    signs = Field(column_name=_("Dấu hiệu"))
    raised_at = MomentField("raised_at", _("Báo lúc"))
    place = Field("place__name", _("Nơi xử lý"))
    status = Field("get_status_display", _("Tình trạng"))
    due_at = MomentField("due_at", _("Hạn xử lý"))
    taken_by = Field("taken_by__full_name", _("Người xử lý"))
    taken_at = MomentField("taken_at", _("Nhận lúc"))
    settled_by = Field("settled_by__full_name", _("Người ghi xong"))
    settled_at = MomentField("settled_at", _("Xong lúc"))
    note = Field("note", _("Đã xử lý thế nào"))

    def dehydrate_signs(self, row: Alert) -> str:
        return "; ".join(row.labels)
