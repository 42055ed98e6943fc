"""What the way home shows to officers: navigation, worklist, a person's panel, figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui import parts
from repatriation.handover.parties import Party, grouped, parties, row_steps
from repatriation.models import Arrival, Boarding, Handover, ManifestPart, Registration, Trip
from repatriation.models.handover import HandoverQuerySet
from repatriation.models.registration import LIVE, Status

P = Permission
WORKLIST_TEMPLATE = "repatriation/handover/_worklist.html"

for _key, _label, _url, _permission, _order in (
    ("checkpoint", _("Nhập người đến"), "checkpoint", P.RECORD_ARRIVALS, 5),
    ("arrivals", _("Người đã đến"), "arrival_list", P.RECORD_ARRIVALS, 6),
    ("callers", _("Người gọi đến"), "callers", P.ANSWER_CALLERS, 18),
    ("entries", _("Đăng ký hộ"), "entry_list", P.REGISTER_OTHERS, 20),
    ("own_imports", _("Nhập danh sách"), "import_list", P.REGISTER_OTHERS, 21),
    ("queue", _("Hàng chờ"), "queue", P.SEE_QUEUE, 22),
    ("trips", _("Chuyến xe"), "trip_list", P.SEE_QUEUE, 24),
    ("handovers", _("Bàn giao"), "handover_list", P.SEE_HANDOVERS, 25),
    ("screening", _("Xác nhận quê"), "screening_list", P.SEE_SCREENING, 31),
    ("manifests", _("Danh sách chuyến"), "manifest_list", P.SEE_MANIFESTS, 45),
    ("intake", _("Sức tiếp nhận"), "intake", P.SEE_INTAKE, 46),
    ("imports", _("Nhập danh sách"), "import_list", P.PLAN_TRIPS, 47),
    ("campaigns", _("Đợt đón"), "campaign_list", P.PUBLISH_RULES, 48),
    ("rules", _("Quy tắc ưu tiên"), "rule_list", P.PUBLISH_RULES, 49),
):
    parts.navigation.register(
        parts.NavigationItem(
            key=_key, label=_label, url_name=f"repatriation:{_url}", permission=_permission, order=_order
        )
    )


# The worklist: families, the most urgent first.


def _to_accept(user: User) -> HandoverQuerySet:
    """On the way to a place of mine; what only passes a checkpoint there is others' work."""
    return Handover.objects.open().filter(to_place__in=user.place_ids(P.SEE_HANDOVERS))


def _to_confirm_home(user: User) -> HandoverQuerySet:
    """Taken in by a place of mine, and nobody has said yet that they came home."""
    return Handover.objects.filter(
        status=Handover.Status.ACCEPTED, home_safe_at=None, to_place__in=user.place_ids(P.DECIDE_HANDOVERS)
    )


def _overdue(user: User) -> HandoverQuerySet:
    return Handover.objects.visible_to(user).overdue()


def _refused(user: User) -> HandoverQuerySet:
    """Sent back, and not yet sent on."""
    return Handover.objects.visible_to(user).sent_back()


def _worklist_part(
    key: str,
    order: int,
    permission: Permission,
    rows: Callable[[User], HandoverQuerySet],
    title: Any,
    empty: Any,
) -> None:
    def waits(user: User) -> list[QuerySet[Any]]:
        return [grouped(rows(user))]

    def first(user: User, limit: int) -> list[Party]:
        return parties(rows(user), user, limit)

    parts.worklist.register(
        parts.WorklistPart(
            key=key,
            order=order,
            permission=permission,
            title=title,
            waits=waits,
            rows=first,
            template=WORKLIST_TEMPLATE,
            empty_text=empty,
        )
    )


_worklist_part(
    "handovers_overdue",
    8,
    P.ROUTE_HANDOVERS,
    _overdue,
    _("Bàn giao quá hạn"),
    _("Xã nào chậm tiếp nhận sẽ hiện ở đây, tới khi có người nhận hoặc được chuyển nơi khác."),
)
_worklist_part(
    "handovers_refused",
    9,
    P.ROUTE_HANDOVERS,
    _refused,
    _("Bàn giao bị từ chối"),
    _("Gia đình bị trả lại sẽ hiện ở đây, tới khi được chuyển nơi khác."),
)
_worklist_part(
    "handovers",
    10,
    P.SEE_HANDOVERS,
    _to_accept,
    _("Bàn giao chờ nhận"),
    _("Khi chốt ghi nhận người về, gia đình hiện ở đây cùng thời hạn tiếp nhận."),
)
_worklist_part(
    "home_safe",
    12,
    P.DECIDE_HANDOVERS,
    _to_confirm_home,
    _("Chờ về đến nhà"),
    _("Gia đình đã tiếp nhận hiện ở đây tới khi được xác nhận về nhà an toàn."),
)


def _expected(user: User) -> QuerySet[ManifestPart]:
    """Closed lists that bring people to a commune of mine, until the trip is counted."""
    on_the_way = (Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED)
    return ManifestPart.objects.filter(
        commune__in=user.place_ids(P.SEE_PEOPLE), manifest__trip__status__in=on_the_way
    )


def _expected_rows(user: User, limit: int) -> list[ManifestPart]:
    rows = _expected(user).select_related("commune", "manifest__trip__gateway")
    return list(rows.order_by("manifest__expected_at", "pk")[:limit])


parts.worklist.register(
    parts.WorklistPart(
        key="manifests",
        order=11,
        permission=P.SEE_MANIFESTS,
        title=_("Chuyến sắp về"),
        waits=lambda user: [_expected(user)],
        rows=_expected_rows,
        template="repatriation/manifests/_manifests.html",
        empty_text=_("Khi một chuyến xe có người về địa phương mình được chốt, danh sách hiện ở đây."),
    )
)


def _not_arrived(user: User) -> QuerySet[Boarding]:
    return Boarding.objects.visible_to(user).not_arrived()


def _not_arrived_rows(user: User, limit: int) -> list[Boarding]:
    rows = _not_arrived(user).select_related("person__home_commune", "registration", "trip__gateway")
    return list(rows.order_by("at", "pk")[:limit])


parts.worklist.register(
    parts.WorklistPart(
        key="not_arrived",
        order=9,
        permission=P.PLAN_TRIPS,
        title=_("Lên xe, chưa qua chốt"),
        waits=lambda user: [_not_arrived(user)],
        rows=_not_arrived_rows,
        template="repatriation/boarding/_not_arrived.html",
        empty_text=_("Ai đã lên xe mà chưa chốt nào ghi nhận sẽ hiện ở đây sau khi chuyến được đối chiếu."),
    )
)


# A person's page


def way_home(person: Person, user: User) -> Mapping[str, Any] | None:
    """The person's chains of handovers, the newest first; None for somebody who came by no checkpoint."""
    rows = Handover.objects.visible_to(user).filter(person=person)
    chains: dict[int, list[Handover]] = {}
    for row in rows.select_related("arrival", "from_place", "to_place", "decided_by").order_by("pk"):
        chains.setdefault(row.arrival_id, []).append(row)
    if not chains:
        return None
    newest_first = sorted(chains.values(), key=lambda chain: -chain[0].pk)
    return {
        "chains": [{"key": chain[0].arrival.client_key, "steps": row_steps(chain)} for chain in newest_first]
    }


parts.person_panels.register(
    parts.PersonPanel(
        key="way_home",
        order=10,
        permission=P.SEE_HANDOVERS,
        context=way_home,
        template="repatriation/handover/_person.html",
    )
)


# Figures: numbers of the places that a leader answers for; no names


def _registrations(user: User, *statuses: str) -> int:
    rows = Registration.objects.filter(home_commune__in=user.place_ids(P.SEE_FIGURES))
    return rows.filter(status__in=statuses).count()


def _registered(user: User) -> int:
    return _registrations(user, *LIVE, Status.CLOSED)


def _arrived_today(user: User) -> int:
    start = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time.min))
    return Arrival.objects.filter(destination__in=user.place_ids(P.SEE_FIGURES), at__gte=start).count()


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
