"""Handovers and exceptions as spreadsheets. Numbers stay masked."""

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
    kind = Field("get_kind_display", gettext_lazy("Loại"))
    from_place = Field("from_place__name", CHECKPOINT)
    to_place = Field("to_place__name", gettext_lazy("Nơi nhận"))
    status = Field("get_status_display", STATUS)
    sent_at = MomentField("sent_at", gettext_lazy("Gửi lúc"))
    sent_because = Field("sent_because", gettext_lazy("Lý do chuyển"))
    deadline = MomentField("deadline", gettext_lazy("Hạn nhận"))
    overdue = YesField("is_overdue", gettext_lazy("Quá hạn"))
    decided_at = MomentField("decided_at", gettext_lazy("Trả lời lúc"))
    reason = Field("reason", gettext_lazy("Lý do"))
    proposed_place = Field("proposed_place__name", gettext_lazy("Nơi nhận đúng"))
    home_by = MomentField("home_by", gettext_lazy("Hạn về nhà"))
    home_safe_at = MomentField("home_safe_at", gettext_lazy("Về nhà lúc"))

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def dehydrate_birth_year(self, row: Handover) -> Any:
        return row.person.birth_year if may_read_people(self.user, row) else ""

    def dehydrate_identity_number(self, row: Handover) -> str:
        return mask_identity(row.person.identity_number or "") if may_read_people(self.user, row) else ""


class ExceptionResource(ListResource):
    """One row for each person who left by another way."""

    full_name = Field("person__full_name", NAME)
    birth_year = Field("person__birth_year", BIRTH_YEAR)
    kind = Field("get_kind_display", gettext_lazy("Trường hợp"))
    left_from = Field("left_from__name", gettext_lazy("Rời từ"))
    where = Field("where", gettext_lazy("Đang ở đâu"))
    taken_over_by = Field("taken_over_by", gettext_lazy("Ai đã nhận"))
    at = MomentField("at", gettext_lazy("Từ lúc"))
    reason = Field("reason", gettext_lazy("Lý do"))
    recorded_at = MomentField("recorded_at", gettext_lazy("Ghi lúc"))
    recorded_by = Field("recorded_by__full_name", gettext_lazy("Người ghi"))
