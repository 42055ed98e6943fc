"""When a departure and an arrival can be recorded.

A press on the wrong day told a family that its bus had left. The windows are wide enough for every real trip:
a vehicle leaves a little early when everybody is there, and late by a night when a road is closed.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.records.refusals import Refused
from portal.ui.formats import vn_datetime
from repatriation.models import Trip

EARLIEST_DEPARTURE = dt.timedelta(hours=-3)  # from the planned time of departure, as all of these
LATEST_DEPARTURE = dt.timedelta(days=3)
EARLIEST_ARRIVAL = dt.timedelta(hours=-2)
LATEST_ARRIVAL = dt.timedelta(days=5)


def departure_window(trip: Trip) -> tuple[dt.datetime, dt.datetime]:
    """Return the first and the last moment at which the departure can be recorded."""
    return trip.departs_at + EARLIEST_DEPARTURE, trip.departs_at + LATEST_DEPARTURE


def departure_is_possible(trip: Trip) -> bool:
    """Return whether a press now would be accepted."""
    first, last = departure_window(trip)
    return first <= timezone.now() <= last


def require_departure_possible(trip: Trip) -> None:
    """Raise `Refused`, with the reason and what to do, outside the window of departure."""
    first, last = departure_window(trip)
    now = timezone.now()
    params = {"planned": vn_datetime(trip.departs_at), "first": vn_datetime(first)}
    if now < first:
        raise Refused(
            _(
                "Chuyến này khởi hành lúc %(planned)s, từ %(first)s mới ghi xe chạy được. Nếu xe đi sớm hơn, "
                "vui lòng mở lại danh sách và sửa giờ để các gia đình biết."
            )
            % params
        )
    if now > last:
        raise Refused(
            _(
                "Chuyến này lẽ ra khởi hành từ %(planned)s. Nếu xe không chạy, vui lòng hủy chuyến. Nếu xe đã "
                "chạy, vui lòng ghi từng gia đình tại chốt."
            )
            % params
        )


def require_arrival_possible(trip: Trip) -> None:
    """Raise `Refused`, with the reason and what to do, outside the window of arrival."""
    now = timezone.now()
    params = {"planned": vn_datetime(trip.departs_at)}
    if now < trip.departs_at + EARLIEST_ARRIVAL:
        raise Refused(
            _("Chuyến này khởi hành lúc %(planned)s nên chưa thể đến chốt. Vui lòng xem lại chuyến.") % params
        )
    if now > trip.departs_at + LATEST_ARRIVAL:
        raise Refused(
            _(
                "Chuyến này khởi hành từ %(planned)s, quá lâu để ghi vừa đến chốt. Vui lòng ghi từng gia đình "
                "tại chốt, hoặc gọi tỉnh."
            )
            % params
        )
