"""The officers' pages of campaigns: the list, adding and editing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import history
from portal.reporting.export import export_response
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.campaigns import actions
from repatriation.campaigns.exports import CampaignResource
from repatriation.campaigns.forms import AdmitsFormSet, CampaignFilter, CampaignForm, lines_of
from repatriation.models import Campaign
from repatriation.models.registration import Status
from repatriation.queue.admission import for_whom
from repatriation.rules import may_set_rules
from repatriation.views_shared import officer_of

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_GET
@officer(Permission.PUBLISH_RULES)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """List every campaign, the newest first, with the number of waiting families."""
    user = officer_of(request)
    form = CampaignFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = _filtered(filters).prefetch_related("origins", "gateways")
    waiting = Count("registrations", filter=Q(registrations__status=Status.WAITING))
    rows = rows.annotate(waiting=waiting).order_by("-starts_on", "-pk")
    if "export" in request.GET:
        return export_response(request, CampaignResource(), rows, _("Đợt đón công dân"), form)
    page = paginate(request, rows, per_page=30)
    for row in page:
        row.whom = for_whom(row)
    context = {"form": form, "page": page, "may_set": may_set_rules(user)}
    return render(request, "repatriation/campaigns/campaign_list.html", context)


def _filtered(filters: dict[str, Any]) -> QuerySet[Campaign]:
    today = timezone.localdate()
    rows = Campaign.objects.all()
    if text := filters.get("q", "").strip():
        rows = rows.filter(name__icontains=text)
    match filters.get("state"):
        case "open":
            rows = rows.open()
        case "coming":
            rows = rows.filter(starts_on__gt=today, is_open=True)
        case "over":
            rows = rows.filter(Q(ends_on__lt=today) | Q(is_open=False))
    return rows


@require_http_methods(FORM_METHODS)
@officer(Permission.PUBLISH_RULES)
def campaign_add(request: HttpRequest) -> HttpResponse:
    user = _setter(request)
    data = request.POST if request.method == "POST" else None
    form: Any = CampaignForm(data)
    lines: Any = AdmitsFormSet(data, prefix="admits")
    if data is not None and all([form.is_valid(), lines.is_valid()]):
        values = form.values() | {"admits": lines.conditions()}
        created = run_or_flash(request, lambda: actions.add_campaign(values, by=user))
        if created is not None:
            messages.success(request, _("Đã lập đợt. Bà con xem được ở trang của đợt."))
            return redirect("repatriation:campaign_edit", created.pk)
    return _form_page(request, form, lines, None)


@require_http_methods(FORM_METHODS)
@officer(Permission.PUBLISH_RULES)
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the campaign, with its history beside the form."""
    user = _setter(request)
    campaign = get_object_or_404(Campaign.objects.select_related("rule_set"), pk=pk)
    data = request.POST if request.method == "POST" else None
    form: Any = CampaignForm(data, campaign=campaign)
    lines: Any = AdmitsFormSet(data, initial=None if data else lines_of(campaign), prefix="admits")
    if data is not None and all([form.is_valid(), lines.is_valid()]):
        values = form.values() | {"admits": lines.conditions()}
        if run_or_flash(request, lambda: actions.edit_campaign(campaign, values, by=user)):
            messages.success(request, _("Đã lưu."))
            return redirect("repatriation:campaign_edit", pk)
    return _form_page(request, form, lines, campaign)


def _form_page(request: HttpRequest, form: Any, lines: Any, campaign: Campaign | None) -> HttpResponse:
    context = {
        "form": form,
        "lines": lines,
        "campaign": campaign,
        "steps": _steps(campaign) if campaign else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "repatriation/campaigns/campaign_edit.html", context, status=status)


def _steps(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the campaign's changes and who made them, oldest first, for `ui/_steps.html`."""
    return [
        {
            "title": event.verb_label,
            "time": event.at,
            "text": " · ".join([event.who, *_labels(event.data.get("after", {}))]),
            "state": "done",
        }
        for event in history(campaign)
    ]


def _labels(changed: dict[str, Any]) -> list[str]:
    fields = [*Campaign._meta.fields, *Campaign._meta.many_to_many]
    names = {field.name: str(field.verbose_name) for field in fields}
    return [names[name] for name in changed]


def _setter(request: HttpRequest) -> User:
    """Return the officer; 403 unless they hold the right over the whole home province."""
    user = officer_of(request)
    demand(may_set_rules(user))
    return user
