"""Figures of the way home for leaders: numbers of the places in their scope, no names."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.models import Arrival, Handover, Registration
from repatriation.models.registration import LIVE, Status


def _registrations(user: User, *statuses: str) -> int:
    rows = Registration.objects.filter(home_commune__in=user.place_ids(P.SEE_FIGURES))
    return rows.filter(status__in=statuses).count()


def _registered(user: User) -> int:
    return _registrations(user, *LIVE, Status.CLOSED)


def _arrived_today(user: User) -> int:
    start = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time.min))
    return (
        Arrival.objects.standing()
        .filter(destination__in=user.place_ids(P.SEE_FIGURES), at__gte=start)
        .count()
    )


def _accepted(user: User) -> int:
    rows = Handover.objects.filter(to_place__in=user.place_ids(P.SEE_FIGURES))
    return rows.filter(status=Handover.Status.ACCEPTED).count()


def _late(user: User) -> int:
    return Handover.objects.overdue().filter(to_place__in=user.place_ids(P.SEE_FIGURES)).count()


for _key, _label, _value, _tone, _order in (
    ("registered", _("Gia đình đã đăng ký"), _registered, "plain", 10),
    ("waiting", _("Gia đình đang chờ"), lambda user: _registrations(user, Status.WAITING), "wait", 11),
    (
        "on_the_way",
        _("Gia đình đang trên đường"),
        lambda user: _registrations(user, Status.DEPARTED),
        "info",
        12,
    ),
    ("arrived_today", _("Người đến hôm nay"), _arrived_today, "info", 13),
    ("accepted", _("Người đã được tiếp nhận"), _accepted, "good", 14),
    ("handovers_overdue", _("Người quá hạn tiếp nhận"), _late, "bad", 15),
):
    parts.figures.register(
        parts.Figure(key=_key, label=_label, value=_value, tone=_tone, order=_order, permission=P.SEE_FIGURES)
    )
