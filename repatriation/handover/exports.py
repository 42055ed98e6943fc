"""Handovers as a spreadsheet. Numbers stay masked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.accounts.models import User
from portal.reporting.resources import ListResource, MaskedIdentityField, MomentField, YesField
from portal.ui.formats import mask_identity
from repatriation.headings import BIRTH_YEAR, CHECKPOINT, NAME, NUMBER, STATUS
from repatriation.models import Handover
from repatriation.rules import may_read_people


class HandoverResource(ListResource):
    """One row for each person and link of a chain; whom `user`'s place sent back, by name and answer alone."""

    full_name = Field("person__full_name", NAME)
    birth_year = Field("person__birth_year", BIRTH_YEAR)
    identity_number = MaskedIdentityField("person__identity_number", NUMBER)
    from_place = Field("from_place__name", CHECKPOINT)
    to_place = Field("to_place__name", gettext_lazy("Nơi nhận"))
    status = Field("get_status_display", STATUS)
    sent_at = MomentField("sent_at", gettext_lazy("Gửi lúc"))
    deadline = MomentField("deadline", gettext_lazy("Hạn nhận"))
    overdue = YesField("is_overdue", gettext_lazy("Quá hạn"))
    decided_at = MomentField("decided_at", gettext_lazy("Trả lời lúc"))
    reason = Field("reason", gettext_lazy("Lý do"))
    home_safe_at = MomentField("home_safe_at", gettext_lazy("Về nhà lúc"))

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def dehydrate_birth_year(self, row: Handover) -> Any:
        return row.person.birth_year if may_read_people(self.user, row) else ""

    def dehydrate_identity_number(self, row: Handover) -> str:
        return mask_identity(row.person.identity_number or "") if may_read_people(self.user, row) else ""
