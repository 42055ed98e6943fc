"""The communes' limits as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import DateField, ListResource


class IntakeResource(ListResource):
    """One row for each commune and day with a limit."""

    commune = Field("commune__name", gettext_lazy("Xã, phường"))
    day = DateField("day", gettext_lazy("Ngày"))
    people_limit = Field("people_limit", gettext_lazy("Nhận tối đa"))
    taken = Field("taken", gettext_lazy("Đã xếp"))
    room = Field("room", gettext_lazy("Còn nhận"))
