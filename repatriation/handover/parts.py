"""Handovers in "Hôm nay", and the way home on a person's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.handover.parties import RELATED, Party, grouped, parties, with_flags
from repatriation.handover.timeline import Beside, beside, row_steps
from repatriation.handover.transferring import may_transfer
from repatriation.handover.words import needs_of, sender_of
from repatriation.models import Handover, HandoverException
from repatriation.models.handover import HandoverQuerySet
from repatriation.rules import may_read_people, may_see_health_of_handover

WORKLIST_TEMPLATE = "repatriation/handover/_worklist.html"


def _to_accept(user: User) -> HandoverQuerySet:
    """Return the open handovers to the user's own places.

    Those that only leave a checkpoint of the user are other officers' work.
    """
    return Handover.objects.open().filter(to_place__in=user.place_ids(P.SEE_HANDOVERS))


def _to_confirm_home(user: User) -> HandoverQuerySet:
    """Return the handovers accepted by the user's places whose people nobody has confirmed at home yet."""
    rows = Handover.objects.on_the_way_home()
    return rows.filter(to_place__in=user.place_ids(P.DECIDE_HANDOVERS))


def _sent_back_to_us(user: User) -> HandoverQuerySet:
    """Return the transfers that the user's commune asked for, and that were refused."""
    rows = Handover.objects.sent_back().filter(kind=Handover.Kind.TRANSFER)
    return rows.filter(from_place__in=user.place_ids(P.DECIDE_HANDOVERS))


def _overdue(user: User) -> HandoverQuerySet:
    return Handover.objects.visible_to(user, P.ROUTE_HANDOVERS).overdue()


def _late_home(user: User) -> HandoverQuerySet:
    return Handover.objects.visible_to(user, P.ROUTE_HANDOVERS).late_home()


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
    """Return the person's chains of handovers, newest first, what they were sent with, and whether they have left;
    None for somebody who was never handed over."""
    visible = set(Handover.objects.visible_to(user).filter(person=person).values_list("pk", flat=True))
    left = HandoverException.objects.visible_to(user).standing().filter(person=person).first()
    transfers = may_transfer(user, person) and left is None
    if not visible and left is None:
        return {"chains": [], "transfers": True} if transfers else None
    rows = with_flags(Handover.objects.filter(person=person)).select_related(*RELATED).order_by("pk")
    chains: dict[UUID, list[Handover]] = {}
    for row in rows:
        chains.setdefault(row.party, []).append(row)
    # A chain is shown whole to whoever may see a link of it and read the person: both sides read the same.
    shown = [chain for chain in chains.values() if any(row.pk in visible for row in chain)]
    happened = beside(row for chain in shown for row in chain)
    newest_first = sorted(shown, key=lambda chain: -chain[0].pk)
    open_now = any(row.status == Handover.Status.SENT for row in rows)
    return {
        "chains": [_chain(chain, happened, visible, user) for chain in newest_first],
        "left": left,
        "transfers": transfers and not open_now,
    }


def _chain(chain: list[Handover], happened: Beside, visible: set[int], user: User) -> dict[str, Any]:
    seen = [row for row in chain if row.pk in visible]
    may_read = any(may_read_people(user, row) for row in seen)
    last = seen[-1]
    return {
        "key": last.party,
        "steps": row_steps(
            chain if may_read else seen, happened, shows_health=may_see_health_of_handover(user, last)
        ),
        "may_read": may_read,
        "needs": needs_of(user, last) if may_read else [],
        "sender": sender_of(last) if may_read else "",
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
    "transfers_refused",
    11,
    P.DECIDE_HANDOVERS,
    _sent_back_to_us,
    _("Chuyển đi bị trả lại"),
    _("Người mà nơi đến chưa nhận hiện ở đây, tới khi được chuyển nơi khác hoặc giữ lại."),
)


_worklist_part(
    "home_late",
    9,
    P.ROUTE_HANDOVERS,
    _late_home,
    _("Quá hạn về nhà"),
    _("Ai được tiếp nhận mà sau 24 giờ chưa được xác nhận về nhà sẽ hiện ở đây."),
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
