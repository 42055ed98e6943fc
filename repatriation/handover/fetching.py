"""What the pages of handovers fetch: the links of a party that an officer may see, and what is next in their list."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from portal.accounts.guards import demand
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui.pagination import COUNT_CAP
from portal.ui.redirects import redirect_next
from repatriation.handover.parties import RELATED, grouped, with_flags
from repatriation.models import Handover
from repatriation.models.handover import HandoverQuerySet
from repatriation.rules import may_decide, may_read_people, may_route
from repatriation.views_shared import officer_of


def links_of(user: User, key: UUID) -> list[Handover]:
    """Return every link of the party's chains that the user may see, oldest first; 404 when there is none."""
    rows: HandoverQuerySet = Handover.objects.visible_to(user).filter(party=key)
    found = list(with_flags(rows).select_related(*RELATED).order_by("pk"))
    if not found:
        raise Http404
    return found


def readable(user: User, key: UUID) -> list[Handover]:
    """Return the links of the people whom the user may read: a place that sent them back has its answer alone."""
    rows = links_of(user, key)
    people = {row.person_id for row in rows if may_read_people(user, row)}
    return [row for row in rows if row.person_id in people]


def party_of(user: User, key: UUID) -> list[Handover]:
    """Return the links that the party's page shows; 404 when there is none."""
    rows = readable(user, key)
    if not rows:
        raise Http404
    return rows


def latest(rows: list[Handover]) -> list[Handover]:
    """Return the last visible link of each person's chain."""
    return list({row.person_id: row for row in rows}.values())


def mine_to_decide(user: User, key: UUID) -> list[Handover]:
    """Return the links that this officer may decide: the open ones, else the last of each chain.

    The action refuses links that are decided already.
    """
    rows = [row for row in latest(links_of(user, key)) if may_decide(user, row)]
    demand(bool(rows))
    return [row for row in rows if row.status == Handover.Status.SENT] or rows


def mine_to_route(user: User, key: UUID) -> list[Handover]:
    """Return the last links of a party that this officer of the province may send on, correct or except."""
    rows = [row for row in latest(party_of(user, key)) if may_route(user, row)]
    demand(bool(rows))
    return rows


def mine_as_sender(user: User, key: UUID) -> list[Handover]:
    """Return the last links of a transfer that this officer's commune has sent."""
    rows = latest(links_of(user, key))
    rows = [row for row in rows if user.may(Permission.DECIDE_HANDOVERS, row.from_place)]
    demand(bool(rows))
    return rows


@dataclass(frozen=True)
class NextParty:
    """The next family that waits for the officer's answer. `count`: how many wait, capped at COUNT_CAP."""

    key: UUID
    count: int


def waiting_for(user: User) -> HandoverQuerySet:
    """Return the open handovers that the user may answer."""
    rows: HandoverQuerySet = Handover.objects.visible_to(user, Permission.DECIDE_HANDOVERS).open()
    return rows.filter(to_place__in=user.place_ids(Permission.DECIDE_HANDOVERS))


def next_party(user: User, after: UUID) -> NextParty | None:
    """Return who comes next in the officer's list, in its order; None when nobody waits or decides."""
    if not user.place_ids(Permission.DECIDE_HANDOVERS):
        return None
    left = grouped(waiting_for(user).exclude(party=after))
    first = left.first()
    return NextParty(first["party"], left.order_by()[:COUNT_CAP].count()) if first else None


def back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Redirect to the list that the button was in, else to the party's page while the user may read it."""
    if readable(officer_of(request), key):
        return redirect_next(request, "repatriation:party", key)
    return redirect_next(request, "repatriation:handover_list")
