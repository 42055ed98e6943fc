"""Arrivals as a spreadsheet. Numbers stay masked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.accounts.models import User
from portal.reporting.resources import ListResource, MaskedIdentityField, MomentField
from repatriation.headings import BIRTH_YEAR, CHECKPOINT, HOME, NAME, NUMBER
from repatriation.models import Arrival
from repatriation.rules import may_see_health_of_arrival, may_see_health_of_some_arrival

HIDDEN = gettext_lazy("không được xem")  # an empty cell would read as "no symptoms"


class ArrivalResource(ListResource):
    """One row for each person who passed a checkpoint, with health where `user` may see it."""

    HEALTH = ("temperature", "has_symptoms", "rapid_test")

    at = MomentField("at", gettext_lazy("Đến lúc"))
    full_name = Field("person__full_name", NAME)
    birth_year = Field("person__birth_year", BIRTH_YEAR)
    identity_number = MaskedIdentityField("person__identity_number", NUMBER)
    checkpoint = Field("checkpoint__name", CHECKPOINT)
    trip = Field("trip__code", gettext_lazy("Chuyến xe"))
    means = Field("get_means_display", gettext_lazy("Đi bằng"))
    destination = Field("destination__name", HOME)
    address = Field("address", gettext_lazy("Địa chỉ sẽ ở"))
    temperature = Field("temperature", gettext_lazy("Nhiệt độ (°C)"))
    has_symptoms = Field(column_name=gettext_lazy("Có triệu chứng"))
    rapid_test = Field("get_rapid_test_display", gettext_lazy("Test nhanh"))
    decision = Field("get_decision_display", gettext_lazy("Hướng xử lý"))

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def get_export_fields(self, selected_fields: Any = None) -> list[Field]:
        """Leave out the columns of health for a user who may see nobody's."""
        fields: list[Field] = super().get_export_fields(selected_fields)
        if may_see_health_of_some_arrival(self.user):
            return fields
        return [field for field in fields if field not in [self.fields[name] for name in self.HEALTH]]

    def _shows_health(self, row: Arrival) -> bool:
        destination = None if row.is_sent_back else row.destination  # type: ignore[attr-defined]
        return may_see_health_of_arrival(self.user, row.checkpoint, destination)

    def dehydrate_temperature(self, row: Arrival) -> Any:
        return row.temperature if self._shows_health(row) else str(HIDDEN)

    def dehydrate_rapid_test(self, row: Arrival) -> str:
        return row.get_rapid_test_display() if self._shows_health(row) else str(HIDDEN)

    def dehydrate_has_symptoms(self, row: Arrival) -> str:
        if not self._shows_health(row):
            return str(HIDDEN)
        return _("có") if row.has_symptoms else ""
