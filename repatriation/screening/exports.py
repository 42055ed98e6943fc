"""The export of screenings. Phone numbers are masked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from citizens.phones import mask
from portal.accounts.models import User
from portal.reporting.resources import ListResource, MomentField
from repatriation.headings import CODE, NAME, PHONE, STATUS
from repatriation.models import Screening
from repatriation.screening.seen import family_seen, is_live


class ScreeningResource(ListResource):
    """One row for each screening: a family and a commune that was asked about it."""

    code = Field("registration__code", CODE)
    head = Field(column_name=NAME)
    people = Field(column_name=gettext_lazy("Số người"))
    address = Field(column_name=gettext_lazy("Địa chỉ ở quê"))
    commune = Field("commune__name", gettext_lazy("Xã, phường được hỏi"))
    origin = Field(column_name=gettext_lazy("Đang ở"))
    phone = Field(column_name=PHONE)
    status = Field("get_status_display", STATUS)
    due_at = MomentField("due_at", gettext_lazy("Hạn xác nhận"))
    question = Field("question", gettext_lazy("Câu hỏi"))
    answer = Field("answer", gettext_lazy("Trả lời"))
    reason = Field("reason", gettext_lazy("Lý do"))
    suggested = Field("suggested__name", gettext_lazy("Nơi được đề nghị"))
    decided_at = MomentField("decided_at", gettext_lazy("Trả lời lúc"))

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def dehydrate_head(self, row: Screening) -> str:
        return family_seen(row, self.user).head

    def dehydrate_people(self, row: Screening) -> int | str:
        return family_seen(row, self.user).people

    def dehydrate_address(self, row: Screening) -> str:
        return family_seen(row, self.user).address

    def dehydrate_origin(self, row: Screening) -> str:
        return family_seen(row, self.user).origin

    def dehydrate_phone(self, row: Screening) -> str:
        return mask(row.registration.phone) if is_live(row, self.user) else ""
