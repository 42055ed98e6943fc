"""The daily check entered by an officer, and red flags marked as seen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.guards import OfficerRequest, demand
from portal.ui.asking import AtOnce
from portal.ui.redirects import redirect_next, safe_next
from portal.ui.refusals import run_or_add_error
from quarantine.daily.actions import report_day, see_red_flag
from quarantine.daily.forms import DailyCheckForm
from quarantine.models import DailyCheck
from quarantine.orders.views import SEES, visible_order
from quarantine.rules import may_work_on

RED_SIGNS_FIRST = AtOnce("officers read of a red sign before anybody is asked anything")


@require_http_methods(["GET", "HEAD", "POST"])
@SEES
def order_report(request: OfficerRequest, pk: int) -> HttpResponse:
    """Enter today's check of a person whom the officer visits or calls."""
    order = visible_order(request, pk)
    demand(may_work_on(request.user, order))
    form = DailyCheckForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answers = form.cleaned_data
        act = lambda: report_day(order, **answers, by=request.user)  # noqa: E731
        if run_or_add_error(request, form, act, question=RED_SIGNS_FIRST):
            messages.success(
                request, _("Đã ghi sức khỏe hôm nay của %(name)s.") % {"name": order.person.full_name}
            )
            return redirect_next(request, "quarantine:order", pk)
    context = {"order": order, "form": form, "next": safe_next(request)}
    return render(request, "quarantine/daily/order_report.html", context)


@require_POST
@SEES
def check_seen(request: OfficerRequest, pk: int) -> HttpResponse:
    """Mark a red flag as seen."""
    checks = DailyCheck.objects.visible_to(request.user).select_related("order__place", "order__person")
    check = get_object_or_404(checks, pk=pk)
    demand(may_work_on(request.user, check.order))
    see_red_flag(check, by=request.user)
    name = check.order.person.full_name
    messages.success(request, _("Đã ghi: anh/chị đang xử lý trường hợp của %(name)s.") % {"name": name})
    return redirect_next(request, "quarantine:order", check.order_id)
