"""The way home of a family as steps, for its own page and for a caller."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citizens.phones import mask
from portal.records.log import history
from portal.ui.formats import vn_datetime
from repatriation.models import Offer, Registration, Screening
from repatriation.models.registration import Status
from repatriation.screening.words import step_of

WAY = (Status.WAITING, Status.OFFERED, Status.CONFIRMED, Status.DEPARTED, Status.ARRIVED, Status.CLOSED)
ENDED = (Status.WITHDRAWN, Status.DECLINED, Status.NO_SHOW, Status.DUPLICATE)


def steps_of(
    registration: Registration, offer: Offer | None, screening: Screening | None = None
) -> list[dict[str, Any]]:
    """Return the steps for `ui/_steps.html`. `offer` is the live or last one, with its trip and pick-up
    point; `screening` is the last one."""
    times = {event.to_status: event.at for event in history(registration) if event.to_status}
    people = ngettext("%(count)d người", "%(count)d người", registration.people) % {
        "count": registration.people
    }
    steps = [{"title": _("Đã đăng ký"), "state": "done", "time": registration.registered_at, "text": people}]
    if registration.status in ENDED:
        last = {
            "title": registration.get_status_display(),
            "state": "wrong",
            "time": times.get(registration.status),
        }
        return [*steps, last]
    if screening is not None:
        steps.append(step_of(screening, awaited=registration.campaign.awaits_screening))
    now = WAY.index(Status(registration.status))
    titles = (
        _("Chờ xếp chuyến"),
        _("Trả lời nhận chỗ"),
        _("Lên xe"),
        _("Qua chốt"),
        _("Về đến xã, phường"),
    )
    for index, title in enumerate(titles):
        state = "done" if index < now else "now" if index == now else "todo"
        step: dict[str, Any] = {"title": title, "state": state}
        if state == "done":
            step["time"] = _left_at(times, index)
        elif state == "now":
            step["text"] = _current_text(registration, offer)
        steps.append(step)
    return steps


def _left_at(times: dict[str, dt.datetime], index: int) -> dt.datetime | None:
    """Return when the step was left: the time of the first later status in the log."""
    return next((times[status] for status in WAY[index + 1 :] if status in times), None)


def _current_text(registration: Registration, offer: Offer | None) -> str:
    if registration.status == Status.WAITING:
        return _("Có chỗ sẽ nhắn tới %(phone)s") % {"phone": mask(registration.phone)}
    if registration.status == Status.OFFERED and offer is not None:
        return _("Vui lòng trả lời trước %(deadline)s") % {"deadline": vn_datetime(offer.deadline)}
    if registration.status == Status.CONFIRMED and offer is not None:
        return _("%(time)s, tại %(pickup)s") % {
            "time": vn_datetime(offer.trip.departs_at),
            "pickup": offer.trip.pickup.name,
        }
    if registration.status == Status.DEPARTED:
        return _("Đến chốt, vui lòng đưa mã QR cho cán bộ")
    return _("Xã, phường đã được báo và đang tiếp nhận")
