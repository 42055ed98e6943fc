"""The facility manager's first screen."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from portal.ui.pagination import paginate
from quarantine.models import DailyCheck, Order
from quarantine.models.protocol import Mode

SOON = dt.timedelta(days=3)


@require_GET
@officer(Permission.SEE_FACILITY)
def facility(request: HttpRequest) -> HttpResponse:
    """Show who is in quarantine here, how many leave soon, and how many red flags are unseen."""
    today = timezone.localdate()
    inside = (
        Order.objects.visible_to(request.user, Permission.SEE_FACILITY).current().filter(mode=Mode.FACILITY)
    )
    red = DailyCheck.objects.visible_to(request.user, Permission.SEE_FACILITY).red_unseen()
    context = {
        "today": today,
        "inside": inside.count(),
        "out_today": inside.at_end(today).count(),
        "out_soon": inside.filter(ends_on__gt=today, ends_on__lte=today + SOON).count(),
        "red": red.filter(order__mode=Mode.FACILITY).count(),
        "page": paginate(
            request,
            inside.select_related("person", "place").order_by("ends_on", "person__sort_key", "pk"),
        ),
    }
    return render(request, "quarantine/facilities/facility.html", context)
