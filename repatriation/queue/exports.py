"""The queue as a spreadsheet. Numbers stay masked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.ui.formats import mask_phone, vn_date, vn_datetime
from repatriation.headings import CODE, HOME, NAME, PHONE, STATUS
from repatriation.models import Registration
from repatriation.queue.positions import reason_sentence


class QueueResource(resources.ModelResource):
    """The queue in its order."""

    code = Field("code", CODE)
    head = Field(column_name=NAME)
    people = Field("people", gettext_lazy("Số người"))
    status = Field("get_status_display", STATUS)
    score = Field("score", gettext_lazy("Điểm"))
    reasons = Field(column_name=gettext_lazy("Vì sao"))
    origin = Field("origin__name", gettext_lazy("Đang ở"))
    home_commune = Field("home_commune__name", HOME)
    phone = Field(column_name=PHONE)
    travel_from = Field(column_name=gettext_lazy("Đi được từ ngày"))
    travel_until = Field(column_name=gettext_lazy("Đi được đến hết ngày"))
    channel = Field("get_channel_display", gettext_lazy("Cách đăng ký"))
    registered_at = Field(column_name=gettext_lazy("Đăng ký lúc"))

    class Meta:
        model = Registration
        fields = [
            "code",
            "head",
            "people",
            "status",
            "score",
            "reasons",
            "origin",
            "home_commune",
            "phone",
            "travel_from",
            "travel_until",
            "channel",
            "registered_at",
        ]
        export_order = fields

    def dehydrate_head(self, row: Registration) -> str:
        return row.head.person.full_name

    def dehydrate_reasons(self, row: Registration) -> str:
        return reason_sentence(row)

    def dehydrate_phone(self, row: Registration) -> str:
        return mask_phone(row.phone)

    def dehydrate_travel_from(self, row: Registration) -> str:
        return vn_date(row.travel_from)

    def dehydrate_travel_until(self, row: Registration) -> str:
        return vn_date(row.travel_until)

    def dehydrate_registered_at(self, row: Registration) -> str:
        return vn_datetime(row.registered_at)
