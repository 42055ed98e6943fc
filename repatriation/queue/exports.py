"""The export of the queue. Phone numbers are masked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import DateField, ListResource, MaskedPhoneField, MomentField
from repatriation.headings import CODE, HOME, NAME, PHONE, STATUS
from repatriation.models import Registration
from repatriation.queue.positions import reason_sentence


class QueueResource(ListResource):
    """One row a family, in the order of the queue."""

    code = Field("code", CODE)
    head = Field("head__person__full_name", NAME)
    people = Field("people", gettext_lazy("Số người"))
    status = Field("get_status_display", STATUS)
    score = Field("score", gettext_lazy("Điểm"))
    reasons = Field(column_name=gettext_lazy("Vì sao"))
    origin = Field("origin__name", gettext_lazy("Đang ở"))
    home_commune = Field("home_commune__name", HOME)
    phone = MaskedPhoneField("phone", PHONE)
    travel_from = DateField("travel_from", gettext_lazy("Đi được từ ngày"))
    travel_until = DateField("travel_until", gettext_lazy("Đi được đến hết ngày"))
    channel = Field("get_channel_display", gettext_lazy("Cách đăng ký"))
    registered_at = MomentField("registered_at", gettext_lazy("Đăng ký lúc"))

    def dehydrate_reasons(self, row: Registration) -> str:
        return reason_sentence(row)
