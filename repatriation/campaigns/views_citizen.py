"""The public pages of campaigns: days, places, who may apply, and the rules of the queue."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from repatriation.models import Campaign
from repatriation.models.campaign import announcement
from repatriation.queue.admission import for_whom
from repatriation.queue.rule_words import describe


@login_not_required
@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """List campaigns that take registrations now or soon, and the last ones that did."""
    rows = list(Campaign.objects.prefetch_related("origins").order_by("-starts_on", "-pk")[:20])
    today = timezone.localdate()
    context = {
        "now": [(row, announcement(row)) for row in rows if row.takes_registrations],
        "soon": [row for row in rows if row.is_coming],
        "over": [row for row in rows if row.ends_on < today],
    }
    return render(request, "repatriation/campaigns/campaigns.html", context)


@login_not_required
@require_GET
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one campaign, with the groups that may apply and the points of the rules."""
    rows = Campaign.objects.select_related("rule_set").prefetch_related("origins", "gateways")
    row = get_object_or_404(rows, slug=slug)
    rules = sorted(row.rule_set.rules, key=lambda rule: -rule["points"])
    context = {
        "campaign": row,
        "whom": for_whom(row),
        "rules": [(describe(rule), rule["points"]) for rule in rules],
    }
    return render(request, "repatriation/campaigns/campaign.html", context)
