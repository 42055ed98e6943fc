"""Families passed over when a trip was filled, as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import ListResource, MomentField
from repatriation.headings import PEOPLE


class PassedOverResource(ListResource):
    """One row for each family that got no seat on a trip, with the reason."""

    at = MomentField("filling__at", gettext_lazy("Lúc xếp"))
    code = Field("registration__code", gettext_lazy("Mã đăng ký"))
    head = Field("registration__head__person__full_name", gettext_lazy("Họ và tên"))
    people = Field("people", PEOPLE)
    home_commune = Field("registration__home_commune__name", gettext_lazy("Về xã, phường"))
    why = Field("sentence", gettext_lazy("Vì sao chưa xếp"))
