"""The officers' page of the queue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from portal.places.tree import ids_under
from portal.reporting.export import export_response
from portal.ui.pagination import Page, paginate
from repatriation.forms import CampaignChoice
from repatriation.models import Campaign, Registration, Trip
from repatriation.models.registration import RegistrationQuerySet
from repatriation.queue.exports import QueueResource
from repatriation.queue.forms import QueueFilter
from repatriation.queue.outlook import outlook
from repatriation.queue.positions import positions, reason_sentence, search
from repatriation.views_shared import communes_of, officer_of, sees_whole_province

TRIPS_SHOWN = 12


@require_GET
@officer(Permission.SEE_QUEUE)
def queue(request: HttpRequest) -> HttpResponse:
    """List the families in order with their reasons, beside the trips that still take families."""
    user = officer_of(request)
    params = request.GET.copy()
    campaigns = list(Campaign.objects.all())
    default = _current_of(campaigns)
    if default is None:
        return render(request, "repatriation/queue/queue.html")
    params.setdefault("campaign", str(default.pk))
    form = QueueFilter(params, campaigns=campaigns, communes=communes_of(user, Permission.SEE_QUEUE))
    filters = form.cleaned_data if form.is_valid() else {}
    campaign = filters.get("campaign") or default
    status = filters.get("status") or Registration.Status.WAITING
    rows = Registration.objects.visible_to(user, Permission.SEE_QUEUE).filter(
        campaign=campaign, status=status
    )
    rows = _filtered(rows, filters).select_related("home_commune", "origin__parent__parent").with_members()
    waiting = status == Registration.Status.WAITING
    rows = rows.in_queue_order() if waiting else rows.order_by("-registered_at", "pk")
    if "export" in request.GET:
        return export_response(request, QueueResource(), rows, _("Hàng chờ"), form)
    ahead = outlook(user, campaign) if waiting else None
    total = ahead.families if ahead is not None and not _narrowed(filters) else None
    page = paginate(request, rows, per_page=30, total=total)
    if waiting:
        whole = sees_whole_province(user, Permission.SEE_QUEUE) and not _narrowed(filters)
        _number(page, campaign, counted_from_page=whole)
    for row in page:
        row.why = reason_sentence(row)
        row.tells_positive = any(member.declares_positive for member in row.members.all())
    upcoming = Trip.objects.visible_to(user, Permission.SEE_QUEUE).filter(
        campaign=campaign, status__in=[Trip.Status.PLANNED, Trip.Status.OPEN, Trip.Status.CLOSED]
    )
    context = {
        "form": form,
        "page": page,
        "campaign": campaign,
        "waiting": waiting,
        "outlook": ahead,
        "trips": upcoming.select_related("pickup", "gateway")[:TRIPS_SHOWN],
        "may_plan": user.may(Permission.PLAN_TRIPS),
    }
    return render(request, "repatriation/queue/queue.html", context)


@require_GET
@officer(Permission.SEE_QUEUE)
def places(request: HttpRequest) -> HttpResponse:
    """Show how many wait in every province and for every commune, against seats and limits to come."""
    form = CampaignChoice(request.GET)
    campaign = form.cleaned_data.get("campaign") if form.is_valid() else None
    campaign = campaign or _current_of(Campaign.objects.all())
    if campaign is None:
        return redirect("repatriation:queue")
    context = {
        "campaign": campaign,
        "outlook": outlook(officer_of(request), campaign),
        "queue_query": f"?campaign={campaign.pk}",
    }
    return render(request, "repatriation/queue/places.html", context)


def _current_of(campaigns: Iterable[Campaign]) -> Campaign | None:
    """Return the newest campaign that is open today, else the newest."""
    rows = list(campaigns)
    return next((row for row in rows if row.takes_registrations), rows[0] if rows else None)


def _filtered(rows: RegistrationQuerySet, filters: dict[str, Any]) -> RegistrationQuerySet:
    if filters.get("origin"):
        rows = rows.filter(origin_id__in=ids_under([filters["origin"].path]))
    if filters.get("commune"):
        rows = rows.filter(home_commune=filters["commune"])
    if filters.get("channel"):
        rows = rows.filter(channel=filters["channel"])
    if filters.get("held"):
        rows = rows.exclude(held_at=None)
    return search(rows, filters.get("q", ""))


def _narrowed(filters: dict[str, Any]) -> bool:
    return any(filters.get(name) for name in ("q", "origin", "commune", "channel", "held"))


def _number(page: Page, campaign: Campaign, *, counted_from_page: bool) -> None:
    """Give each row its place: counted from the page's first row, or by a query when the list is filtered."""
    if counted_from_page:
        places = {row.pk: number for number, row in enumerate(page, start=page.first)}
    else:
        places = positions(campaign, [row.pk for row in page])
    for row in page:
        row.place = places.get(row.pk)
