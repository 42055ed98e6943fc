"""Handovers: the list, one party, and the decisions about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.reporting.export import export_response
from portal.ui.asking import Question
from portal.ui.pagination import paginate
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_flash
from repatriation.forms import ReasonForm
from repatriation.handover import actions as handovers
from repatriation.handover.exports import HandoverResource
from repatriation.handover.forms import HandoverFilter, RerouteForm
from repatriation.handover.parties import declared_by, grouped, load, row_steps
from repatriation.models import Handover
from repatriation.models.handover import HandoverQuerySet
from repatriation.rules import may_decide, may_read_people, may_route, may_see_health_of_handover
from repatriation.views_shared import communes_of, officer_of

ROUTABLE = frozenset({Handover.Status.SENT, Handover.Status.REFUSED})


@require_GET
@officer(Permission.SEE_HANDOVERS)
def handover_list(request: HttpRequest) -> HttpResponse:
    """List the parties of the user's places, those still open and most urgent first."""
    user = officer_of(request)
    form = HandoverFilter(request.GET, communes=communes_of(user, Permission.SEE_HANDOVERS))
    filters = form.cleaned_data if form.is_valid() else {}
    status = filters.get("status") or Handover.Status.SENT
    rows = Handover.objects.visible_to(user).named(filters.get("q", ""))
    if status != "all":
        rows = rows.filter(status=status)
    if filters.get("overdue"):
        rows = rows.overdue()
    if filters.get("commune"):
        rows = rows.filter(to_place=filters["commune"])
    if "export" in request.GET:
        rows = rows.select_related("person", "from_place", "to_place")
        return export_response(
            request, HandoverResource(user), rows.order_by("person__sort_key", "pk"), _("Bàn giao"), form
        )
    page = paginate(request, grouped(rows, newest_first=status != Handover.Status.SENT))
    context = {"form": form, "page": page, "parties": load(page.rows, user)}
    return render(request, "repatriation/handover/handover_list.html", context)


@require_GET
@officer(Permission.SEE_HANDOVERS)
def party(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the people who came together, what was seen of them, and where their handover stands."""
    user = officer_of(request)
    return _party_page(request, _party(user, key))


@dataclass(frozen=True)
class PartyLine:
    """One person of the party, with the last link, and what the reader may know of their health."""

    row: Handover
    shows_health: bool
    declared: list[str]


def _health_of(user: User, row: Handover, declared: Mapping[int, list[str]]) -> tuple[bool, list[str]]:
    shows = may_see_health_of_handover(user, row)
    return shows, declared.get(row.person_id, []) if shows else []


def _party_page(
    request: HttpRequest,
    rows: list[Handover],
    *,
    refuse_form: ReasonForm | None = None,
    reroute_form: RerouteForm | None = None,
) -> HttpResponse:
    user = officer_of(request)
    latest = _latest(rows)
    people = [row.person_id for row in latest]
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=people,
        request=request,
        place=latest[0].to_place,
    )
    mine = [row for row in latest if may_decide(user, row)]
    declared = declared_by(latest)
    lines = [PartyLine(row, *_health_of(user, row, declared)) for row in latest]
    context = {
        "lines": lines,
        "shows_health": any(line.shows_health for line in lines),
        "first": latest[0],
        "steps": row_steps([row for row in rows if row.person_id == latest[0].person_id]),
        "open_to_me": set(Person.objects.visible_to(user).filter(pk__in=people).values_list("pk", flat=True)),
        "may_decide": any(row.status == Handover.Status.SENT for row in mine),
        "may_route": any(row.status in ROUTABLE and may_route(user, row) for row in latest),
        "may_confirm_home": any(row.status == "accepted" and not row.home_safe_at for row in mine),
        "refuse_form": refuse_form or ReasonForm(prefix="refuse"),
        "reroute_form": reroute_form
        or RerouteForm(prefix="reroute", initial={"to_place": latest[0].to_place_id}),
        "refusing": refuse_form is not None,
        "rerouting": reroute_form is not None,
    }
    status = 422 if refuse_form is not None or reroute_form is not None else 200
    return render(request, "repatriation/handover/party.html", context, status=status)


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def accept(request: HttpRequest, key: UUID) -> HttpResponse:
    """Accept everybody of the party."""
    user = officer_of(request)
    rows = _mine(user, key)
    question = Question(
        _("Tiếp nhận %(name)s và gia đình?") % {"name": rows[0].person.full_name}
        if len(rows) > 1
        else _("Tiếp nhận %(name)s?") % {"name": rows[0].person.full_name},
        _("Tiếp nhận"),
        lines=_acceptance_lines(user, rows),
        always=True,
    )
    taken = run_or_flash(request, lambda: handovers.accept(rows, by=user), question=question)
    if taken is not None:
        messages.success(
            request,
            _("Đã tiếp nhận %(name)s (%(count)d người). Quyết định cách ly đã được lập.")
            % {"name": rows[0].person.full_name, "count": len(taken)},
        )
    return _back(request, key)


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """Refuse the party; the sending place and the province read the reason."""
    user = officer_of(request)
    rows = _mine(user, key)
    form = ReasonForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return _party_page(request, _party(user, key), refuse_form=form)
    reason = form.cleaned_data["reason"]
    question = Question(
        _("Trả lại %(name)s cho nơi gửi?") % {"name": rows[0].person.full_name}, _("Trả lại"), always=True
    )
    if run_or_flash(request, lambda: handovers.refuse(rows, by=user, reason=reason), question=question):
        messages.success(
            request, _("Đã trả lại. Nơi gửi vẫn lo cho gia đình, tỉnh đã được báo để thu xếp nơi khác.")
        )
    return _back(request, key)


@require_POST
@officer(Permission.ROUTE_HANDOVERS)
def reroute(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send the party on, or again to the same place."""
    user = officer_of(request)
    rows = _party(user, key)
    mine = [row for row in _latest(rows) if may_route(user, row)]
    demand(bool(mine))
    form = RerouteForm(request.POST, prefix="reroute")
    if not form.is_valid():
        return _party_page(request, rows, reroute_form=form)
    to_place = form.cleaned_data["to_place"]
    reason = form.cleaned_data["reason"]
    question = Question(
        _("Chuyển %(name)s đến %(place)s?") % {"name": mine[0].person.full_name, "place": to_place.name},
        _("Chuyển và báo"),
        always=True,
    )
    if run_or_flash(
        request,
        lambda: handovers.reroute(mine, to_place=to_place, by=user, reason=reason),
        question=question,
    ):
        messages.success(
            request, _("Đã chuyển đến %(place)s và báo cho gia đình.") % {"place": to_place.name}
        )
    return _back(request, key)


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def confirm_home(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm that the party reached home."""
    user = officer_of(request)
    rows = _mine(user, key)
    question = Question(
        _("%(name)s đã về nhà an toàn?") % {"name": rows[0].person.full_name},
        _("Đã về nhà an toàn"),
        always=True,
    )
    if run_or_flash(request, lambda: handovers.confirm_home(rows, by=user), question=question):
        messages.success(request, _("Đã xác nhận về nhà an toàn."))
    return _back(request, key)


def _acceptance_lines(user: User, rows: list[Handover]) -> list[str]:
    """Say how many people are accepted, and first of all who came with a positive test, a fever or symptoms."""
    lines = []
    for row in rows:
        arrival = row.arrival
        if may_see_health_of_handover(user, row) and arrival.is_alarming:
            lines.append(_("Cần chú ý sức khỏe: %(name)s.") % {"name": row.person.full_name})
    text = ngettext("%(count)d người.", "%(count)d người.", len(rows))
    return [*lines, text % {"count": len(rows)}]


def _visible(user: User) -> HandoverQuerySet:
    rows: HandoverQuerySet = Handover.objects.visible_to(user)
    return rows.select_related(
        "person", "arrival__registration", "arrival__trip", "from_place", "to_place", "decided_by"
    )


def _links(user: User, key: UUID) -> list[Handover]:
    """Return every link of the party's chains that the user may see, oldest first; 404 when there is none."""
    rows = list(_visible(user).filter(arrival__client_key=key).order_by("pk"))
    if not rows:
        raise Http404
    return rows


def _readable(user: User, key: UUID) -> list[Handover]:
    """Return the links of the people whom the user may read: a place that sent them back has its answer alone."""
    rows = _links(user, key)
    people = {row.person_id for row in rows if may_read_people(user, row)}
    return [row for row in rows if row.person_id in people]


def _party(user: User, key: UUID) -> list[Handover]:
    """Return the links that the party's page shows; 404 when there is none."""
    rows = _readable(user, key)
    if not rows:
        raise Http404
    return rows


def _latest(rows: list[Handover]) -> list[Handover]:
    """Return the last visible link of each person's chain."""
    return list({row.person_id: row for row in rows}.values())


def _mine(user: User, key: UUID) -> list[Handover]:
    """Return the links that this officer may decide: the open ones, else the last of each chain.

    The action refuses links that are decided already.
    """
    rows = [row for row in _latest(_links(user, key)) if may_decide(user, row)]
    demand(bool(rows))
    return [row for row in rows if row.status == Handover.Status.SENT] or rows


def _back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Redirect to the list that the button was in, else to the party's page while the user may read it."""
    if _readable(officer_of(request), key):
        return redirect_next(request, "repatriation:party", key)
    return redirect_next(request, "repatriation:handover_list")
