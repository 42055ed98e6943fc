"""Handovers: the list, and one party."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citizens.models import Person
from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.reporting.export import export_response
from portal.ui.pagination import paginate
from quarantine.alerts.worklists import alerts_of, contacts_of
from quarantine.models import Alert, Contact
from repatriation.editing import may_edit
from repatriation.forms import ReasonForm
from repatriation.handover.exports import HandoverResource
from repatriation.handover.fetching import latest, next_party, party_of
from repatriation.handover.forms import ExceptionForm, HandoverFilter, RefuseForm, RerouteForm
from repatriation.handover.parties import declared_by, grouped, load
from repatriation.handover.shared import by_party
from repatriation.handover.timeline import row_steps, whole_chain
from repatriation.handover.undoing import just_refused_by, may_still_undo
from repatriation.handover.words import needs_of, sender_of
from repatriation.models import Handover
from repatriation.models.handover import HandoverQuerySet
from repatriation.rules import may_decide, may_see_health_of_handover
from repatriation.views_shared import communes_of, officer_of

WITHDRAWN_FOR = dt.timedelta(hours=24)  # a commune reads above its list who is not handed over any more
WITHDRAWN_SHOWN = 5


@require_GET
@officer(Permission.SEE_HANDOVERS)
def handover_list(request: HttpRequest) -> HttpResponse:
    """List the parties of the user's places: those that need somebody at once, then the most urgent."""
    user = officer_of(request)
    form = HandoverFilter(request.GET, communes=communes_of(user, Permission.SEE_HANDOVERS))
    filters = form.cleaned_data if form.is_valid() else {}
    status = filters.get("status") or Handover.Status.SENT
    rows = _filtered(Handover.objects.visible_to(user), filters, status)
    if "export" in request.GET:
        rows = rows.select_related("person", "from_place", "to_place", "proposed_place")
        return export_response(
            request, HandoverResource(user), rows.order_by("person__sort_key", "pk"), _("Bàn giao"), form
        )
    page = paginate(request, grouped(rows, newest_first=status != Handover.Status.SENT))
    found = load(page.rows, user)
    context = {
        "form": form,
        "page": page,
        "parties": found,
        "may_tick": any(party.may_decide and party.first.status == Handover.Status.SENT for party in found),
        "withdrawn": _lately_withdrawn(user) if status == Handover.Status.SENT else [],
        "just_refused": by_party(just_refused_by(user)),
    }
    return render(request, "repatriation/handover/handover_list.html", context)


def _filtered(rows: HandoverQuerySet, filters: Mapping[str, Any], status: str) -> HandoverQuerySet:
    rows = rows.named(filters.get("q", ""))
    if status != "all":
        rows = rows.filter(status=status)
    if filters.get("overdue"):
        rows = rows.overdue()
    if filters.get("kind"):
        rows = rows.filter(kind=filters["kind"])
    if filters.get("commune"):
        rows = rows.filter(to_place=filters["commune"])
    return rows


def _lately_withdrawn(user: User) -> list[Handover]:
    """Return whom the user's communes do not have to accept any more, so that nobody looks for a row that went."""
    rows = Handover.objects.visible_to(user).filter(
        status=Handover.Status.WITHDRAWN,
        decided_at__gte=timezone.now() - WITHDRAWN_FOR,
        to_place__in=user.place_ids(Permission.DECIDE_HANDOVERS),
    )
    return list(rows.select_related("person", "from_place").order_by("-decided_at")[:WITHDRAWN_SHOWN])


@require_GET
@officer(Permission.SEE_HANDOVERS)
def party(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the people who came together, what they need, and where their handover stands."""
    return party_page(request, party_of(officer_of(request), key))


@dataclass(frozen=True)
class PartyLine:
    """One person of the party, with the last link, and what the reader may know of their health.

    `needs`: why somebody has to act at once, and where the person goes, in words. `alert`: what is not settled of the
    person's health, and `contacts`: of whom they are a contact, as far as the reader sees it.
    """

    row: Handover
    shows_health: bool
    declared: list[str]
    needs: list[str]
    alert: Alert | None = None
    contacts: Sequence[Contact] = ()

    @property
    def is_urgent(self) -> bool:
        return bool(self.needs or self.alert or self.contacts)


def party_page(request: HttpRequest, rows: list[Handover], **forms: Any) -> HttpResponse:
    """Render a party's page; with a form of it that was refused, as it was filled in."""
    user = officer_of(request)
    last = latest(rows)
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=[row.person_id for row in last],
        request=request,
        place=last[0].to_place,
    )
    context = _facts(user, last) | _acts(user, last) | _forms(last, forms)
    return render(request, "repatriation/handover/party.html", context, status=422 if forms else 200)


def _facts(user: User, last: list[Handover]) -> dict[str, Any]:
    people = [row.person_id for row in last]
    declared = declared_by(last)
    alerts, contacts = alerts_of(user, people), contacts_of(user, people)
    lines = []
    for row in last:
        shows = may_see_health_of_handover(user, row)
        words = declared.get(row.person_id, []) if shows else []
        alert, near = (alerts.get(row.person_id), contacts.get(row.person_id, [])) if shows else (None, [])
        lines.append(PartyLine(row, shows, words, needs_of(user, row), alert, near))
    first = last[0]
    chain = whole_chain(first)
    return {
        "lines": lines,
        "first": first,
        "sender": sender_of(first),
        "shows_health": any(line.shows_health for line in lines),
        "urgent": [line for line in lines if line.is_urgent],
        "steps": row_steps(chain, shows_health=lines[0].shows_health),
        "open_to_me": set(Person.objects.visible_to(user).filter(pk__in=people).values_list("pk", flat=True)),
    }


def _acts(user: User, last: list[Handover]) -> dict[str, Any]:
    """Return which buttons the page has."""

    def may(key: str) -> bool:
        return any(may_edit(user, key, row) for row in last)

    mine = [row for row in last if may_decide(user, row)]
    waits = may("accept")
    return {
        "may_decide": waits,
        "may_route": may("reroute"),
        "may_correct": any(may_edit(user, "correct_answer", row) and not row.settled_at for row in last),
        "may_except": may("record_exception"),
        "may_withdraw": may("withdraw"),
        "may_keep": any(may_edit(user, "keep", row) and not row.settled_at for row in last),
        "may_undo": bool(last) and all(may_still_undo(user, row) for row in last),
        "may_confirm_home": any(row.waits_for_home for row in mine),
        "next_party": None if waits else next_party(user, last[0].party),
    }


def _forms(last: list[Handover], refused: dict[str, Any]) -> dict[str, Any]:
    """Return the page's forms. Where people are sent on is never filled in with who refused them."""
    proposed = next((row.proposed_place_id for row in last if row.proposed_place_id), None)
    return {
        "refuse_form": RefuseForm(prefix="refuse"),
        "reroute_form": RerouteForm(prefix="reroute", initial={"to_place": proposed}),
        "correct_form": ReasonForm(prefix="correct"),
        "withdraw_form": ReasonForm(prefix="withdraw"),
        "except_form": ExceptionForm(prefix="except", people=[row.person for row in last]),
        "failed": next(iter(refused), ""),
        **refused,
    }
