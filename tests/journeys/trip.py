"""A trip as the coordinator plans it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.journeys.family import today, vietnamese
from tests.journeys.visitor import Visitor
from tests.live import LiveStack


@dataclass(frozen=True)
class PlannedTrip:
    code: str

    @property
    def page(self) -> str:
        return f"/officer/trips/{self.code}/"

    def leave_now(self, stack: LiveStack) -> None:
        """Its day has come: it left an hour ago."""
        stack.sql(
            "UPDATE repatriation_trip SET departs_at = now() - interval '1 hour' WHERE code = %s", self.code
        )


def plan_and_fill(coordinator: Visitor, *, seats: int = 45) -> PlannedTrip:
    """Seats from An Sương tomorrow at eight, offered to the families first in the queue."""
    coordinator.open("/officer/queue/")
    coordinator.press("Lập chuyến")
    coordinator.fill("Ngày đi", vietnamese(today() + dt.timedelta(days=1)))
    coordinator.fill("Giờ xuất phát", "08:00")
    for label, wanted in (("Điểm đón", "Bến xe An Sương"), ("Chốt cửa ngõ", "Chốt Suối Sâu")):
        box = coordinator.page.get_by_label(label).first
        value = box.locator("option").filter(has_text=wanted).first.get_attribute("value")
        box.select_option(value)
    coordinator.fill("Số chỗ", str(seats))
    coordinator.press("Lưu chuyến")
    trip = PlannedTrip(coordinator.page.url.rstrip("/").rpartition("/")[2])
    coordinator.sees("Chưa mời gia đình nào")
    coordinator.press_and_agree("Mở và xếp chỗ")
    coordinator.sees("Đã mời")
    return trip
