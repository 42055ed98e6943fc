"""Handovers in "Hôm nay", and the way home on a person's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.handover.parties import Party, grouped, parties, row_steps
from repatriation.models import Handover
from repatriation.models.handover import HandoverQuerySet
from repatriation.rules import may_read_people

WORKLIST_TEMPLATE = "repatriation/handover/_worklist.html"


def _to_accept(user: User) -> HandoverQuerySet:
    """Return the open handovers to the user's own places.

    Those that only leave a checkpoint of the user are other officers' work.
    """
    return Handover.objects.open().filter(to_place__in=user.place_ids(P.SEE_HANDOVERS))


def _to_confirm_home(user: User) -> HandoverQuerySet:
    """Return the handovers accepted by the user's places whose people nobody has confirmed at home yet."""
    return Handover.objects.filter(
        status=Handover.Status.ACCEPTED, home_safe_at=None, to_place__in=user.place_ids(P.DECIDE_HANDOVERS)
    )


def _overdue(user: User) -> HandoverQuerySet:
    return Handover.objects.visible_to(user, P.ROUTE_HANDOVERS).overdue()


def _refused(user: User) -> HandoverQuerySet:
    """Return the handovers that were refused and not yet sent on."""
    return Handover.objects.visible_to(user, P.ROUTE_HANDOVERS).sent_back()


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


def way_home(person: Person, user: User) -> Mapping[str, Any] | None:
    """Return the person's chains of handovers, newest first; None for somebody who passed no checkpoint."""
    rows = Handover.objects.visible_to(user).filter(person=person)
    chains: dict[int, list[Handover]] = {}
    for row in rows.select_related("arrival", "from_place", "to_place", "decided_by").order_by("pk"):
        chains.setdefault(row.arrival_id, []).append(row)
    if not chains:
        return None
    newest_first = sorted(chains.values(), key=lambda chain: -chain[0].pk)
    return {
        "chains": [
            {
                "key": chain[0].arrival.client_key,
                "steps": row_steps(chain),
                "may_read": any(may_read_people(user, row) for row in chain),
            }
            for chain in newest_first
        ]
    }


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


parts.person_panels.register(
    parts.PersonPanel(
        key="way_home",
        order=10,
        permission=P.SEE_HANDOVERS,
        context=way_home,
        template="repatriation/handover/_person.html",
    )
)
