"""Say what a family is to the checkpoint, and the one next step: the head of the card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.places.models import Place
from portal.ui.formats import vn_date, vn_datetime, vn_time
from quarantine.models import Order
from repatriation.models import Arrival, Member, Registration, Trip
from repatriation.registration.lookup import EXPECTED_AFTER, EXPECTED_BEFORE, Family


@dataclass(frozen=True)
class StandingNote:
    """One thing to know before recording, with a page to open where there is one."""

    tone: str
    text: str
    url: str = ""
    link: str = ""


@dataclass
class FamilyStanding:
    """What a family is to a checkpoint. `key` names the state, `label` and `tone` are its pill."""

    key: str
    label: str
    tone: str
    next_step: str = ""
    notes: list[StandingNote] = field(default_factory=list)
    other_codes: list[str] = field(default_factory=list)  # live registrations in which people of it stand


def standing_of(family: Family, checkpoint: Place) -> FamilyStanding:
    """Return what the family is to this checkpoint now."""
    found = _state(family, checkpoint)
    if family.arrived:
        found.notes.append(_arrived_note(family, checkpoint))
    found.notes += _quarantine_notes(family)
    found.other_codes = _other_codes(family)
    return found


def _state(family: Family, checkpoint: Place) -> FamilyStanding:
    row = family.registration
    if family.arrived and not family.expected_here:
        step = _("Không cần nhập lại. Quét mã tiếp theo.")
        return FamilyStanding("arrived", _("Đã đến"), "good", step)
    if row is None:
        return FamilyStanding("unregistered", _("Không có đăng ký"), "plain", _("Ghi nhận như người tự về."))
    if family.offer is not None:
        return _of_trip(family.offer.trip, checkpoint)
    if row.status in _STEPS:
        key, tone, words = _STEPS[row.status]
        return FamilyStanding(key, str(row.get_status_display()), tone, words())
    return FamilyStanding(
        "unexpected", _("Không chờ ở đây"), "wait", _("Gia đình tự về. Ghi nhận như mọi người.")
    )


def _of_trip(trip: Trip, checkpoint: Place) -> FamilyStanding:
    if trip.gateway_id != checkpoint.pk:
        return FamilyStanding(
            "other_checkpoint",
            _("Chuyến này về %(name)s") % {"name": trip.gateway.name},
            "wait",
            _("Vẫn ghi nhận ở đây được. %(name)s sẽ thấy gia đình đã đến.") % {"name": trip.gateway.name},
        )
    if _is_about_now(trip) or trip.status in {Trip.Status.DEPARTED, Trip.Status.ARRIVED}:
        return FamilyStanding("expected", _("Đúng chuyến %(code)s") % {"code": trip.code}, "good")
    return FamilyStanding(
        "other_trip",
        _("Chuyến khác: %(code)s, %(time)s") % {"code": trip.code, "time": vn_datetime(trip.departs_at)},
        "wait",
        _("Gia đình tự về trước chuyến. Ghi nhận ở đây, chỗ trên chuyến đó được mời gia đình khác."),
    )


def _is_about_now(trip: Trip) -> bool:
    now = timezone.now()
    return now - EXPECTED_BEFORE <= trip.departs_at <= now + EXPECTED_AFTER


def _by_itself() -> str:
    return _("Đăng ký này không dùng nữa. Ghi nhận như người tự về.")


_STEPS: dict[str, tuple[str, str, Callable[[], str]]] = {
    Registration.Status.WITHDRAWN: ("withdrawn", "plain", _by_itself),
    Registration.Status.DECLINED: ("declined", "plain", _by_itself),
    Registration.Status.DUPLICATE: (
        "duplicate",
        "plain",
        lambda: _("Đăng ký này trùng với đăng ký khác. Vui lòng mở đăng ký kia."),
    ),
    Registration.Status.NO_SHOW: (
        "missed",
        "wait",
        lambda: _("Gia đình đã ghi vắng, nay tự đến. Ghi nhận như mọi người."),
    ),
    Registration.Status.DEPARTED: (
        "late",
        "info",
        lambda: _("Chuyến của gia đình đã đối chiếu xong. Ghi nhận như mọi người."),
    ),
    Registration.Status.CLOSED: (
        "closed",
        "good",
        lambda: _("Địa phương đã tiếp nhận. Chỉ ghi nhận nếu gia đình vừa qua chốt lần nữa."),
    ),
}


def moment(at: dt.datetime) -> str:
    """Return the time alone for today, else with its day."""
    return vn_time(at) if timezone.localdate(at) == timezone.localdate() else vn_datetime(at)


def _arrived_note(family: Family, checkpoint: Place) -> StandingNote:
    first: Arrival = min(family.arrived.values(), key=lambda row: row.at)
    text = ngettext(
        "%(n)d người đã được ghi nhận, đã đến lúc %(time)s tại %(place)s, %(officer)s ghi.",
        "%(n)d người đã được ghi nhận, đã đến lúc %(time)s tại %(place)s, %(officer)s ghi.",
        len(family.arrived),
    ) % {
        "n": len(family.arrived),
        "time": moment(first.at),
        "place": first.checkpoint.name,
        "officer": first.entered_by.full_name,
    }
    if first.checkpoint_id != checkpoint.pk:
        return StandingNote("warning", text)
    url = reverse("repatriation:arrival", args=[first.client_key])
    return StandingNote("warning", text, url, _("Xem, sửa hoặc bỏ lượt ghi này"))


def _quarantine_notes(family: Family) -> list[StandingNote]:
    """Warn of people who are in quarantine at a place now."""
    ids = [person.pk for person in family.expected_here]
    orders = Order.objects.current().filter(person__in=ids).select_related("person", "place")
    return [
        StandingNote(
            "error",
            _(
                "%(name)s đang cách ly ở %(place)s, từ %(from)s đến hết %(until)s. Vui lòng gọi nơi đó trước khi "
                "cho đi tiếp."
            )
            % {
                "name": order.person.full_name,
                "place": order.place.name,
                "from": vn_date(order.starts_on),
                "until": vn_date(order.ends_on),
            },
        )
        for order in orders.order_by("pk")
    ]


def _other_codes(family: Family) -> list[str]:
    """Return the codes of other live registrations in which people of the family stand."""
    ids = [person.pk for person in family.people]
    members = Member.objects.filter(person__in=ids, live=True)
    if family.registration is not None:
        members = members.exclude(registration=family.registration)
    return sorted(set(members.values_list("registration__code", flat=True)))
