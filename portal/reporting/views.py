"""The pages of an officer's worklist, “Hôm nay”, and of the leaders' figures."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.reporting.worklist import how_many
from portal.ui import parts

ROWS = 100  # a worklist longer than this is worked from its list page


@require_GET
@officer(Permission.SEE_WORKLIST)
def today(request: OfficerRequest) -> HttpResponse:
    """Show what waits for this officer, by kind; the tab is in the address."""
    user = request.user
    assert isinstance(user, User)
    mine = parts.worklist.all_for(user)
    demand(bool(mine))
    tabs = list(zip(mine, how_many(mine, user), strict=True))
    first_with_work = next((part for part, count in tabs if count), mine[0])
    current = next((part for part in mine if part.key == request.GET.get("tab")), first_with_work)
    context = {
        "tabs": tabs,
        "part": current,
        "rows": current.rows(user, ROWS),
        "day": timezone.localtime(),
        "limit": ROWS,
    }
    return render(request, "reporting/today.html", context)


@require_GET
@officer(Permission.SEE_FIGURES)
def figures(request: OfficerRequest) -> HttpResponse:
    """Show today's figures of the places that this leader answers for."""
    user = request.user
    shown = [(part, part.value(user)) for part in parts.figures.all_for(user)]
    return render(request, "reporting/figures.html", {"figures": shown, "now": timezone.localtime()})
