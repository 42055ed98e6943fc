"""The officers' pages of orders: the list, one order, and the actions on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.roles import Permission
from portal.records.ended import tell_who_cancelled
from portal.records.log import history, record_read
from portal.reporting.export import export_response
from portal.ui.asking import Question
from portal.ui.formats import vn_date
from portal.ui.pagination import paginate
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_flash
from quarantine.certificates.forms import RevokeForm
from quarantine.models import Certificate, DailyCheck, Order, TestResult
from quarantine.orders.actions import complete_order, extend_order
from quarantine.orders.days import days_of
from quarantine.orders.exports import OrderResource
from quarantine.orders.forms import ExtendForm, OrderFilter
from quarantine.rules import may_add_health_record, may_work_on

SEES = officer(Permission.SEE_HEALTH, Permission.SEE_FACILITY)


@require_GET
@SEES
def order_list(request: OfficerRequest) -> HttpResponse:
    """List the orders of the officer's places by given name; the filters are in the address."""
    form = OrderFilter(request.GET)
    orders = Order.objects.visible_to(request.user)
    if form.is_valid():
        orders = orders.matching(**form.cleaned_data, today=timezone.localdate())
    orders = orders.with_people()
    if "export" in request.GET:
        return export_response(request, OrderResource(), orders, _("Quyết định cách ly"), form)
    page = paginate(request, orders)
    tell_who_cancelled(page.rows, names=True)
    return render(request, "quarantine/orders/order_list.html", {"form": form, "page": page})


@require_GET
@SEES
def order(request: OfficerRequest, pk: int) -> HttpResponse:
    return order_page(request, visible_order(request, pk))


@require_POST
@SEES
def order_complete(request: OfficerRequest, pk: int) -> HttpResponse:
    order = visible_order(request, pk)
    demand(may_work_on(request.user, order))
    name = order.person.full_name
    question = Question(
        _("%(name)s hoàn thành cách ly?") % {"name": name},
        _("Hoàn thành và cấp giấy"),
        lines=[_("Quyết định đến hết ngày %(day)s.") % {"day": vn_date(order.ends_on)}],
        always=True,
    )
    if run_or_flash(request, lambda: complete_order(order, by=request.user), question=question):
        messages.success(request, _("%(name)s đã hoàn thành. Đã cấp giấy xác nhận.") % {"name": name})
    return redirect_next(request, "quarantine:order", pk)


@require_POST
@SEES
def order_extend(request: OfficerRequest, pk: int) -> HttpResponse:
    order = visible_order(request, pk)
    demand(may_work_on(request.user, order))
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return order_page(request, order, extend_form=form)
    new = run_or_flash(
        request,
        lambda: extend_order(order, **form.cleaned_data, by=request.user),
        question=Question(
            _("Gia hạn cách ly của %(name)s?") % {"name": order.person.full_name}, _("Gia hạn"), always=True
        ),
    )
    if new is None:
        return redirect("quarantine:order", pk)
    messages.success(request, _("Đã gia hạn bằng quyết định số %(number)s.") % {"number": new.number})
    return redirect("quarantine:order", new.pk)


def visible_order(request: OfficerRequest, pk: int) -> Order:
    orders = Order.objects.visible_to(request.user).select_related(
        "person__home_commune",
        "person__responsible_place",
        "place",
        "protocol",
        "continues__place",
        "continued_by__place",
    )
    order: Order = get_object_or_404(orders, pk=pk)
    return order


def order_page(
    request: OfficerRequest,
    order: Order,
    *,
    extend_form: ExtendForm | None = None,
    revoke_form: RevokeForm | None = None,
) -> HttpResponse:
    """Show everything about one order. The read is logged, since the page shows health data."""
    user = request.user
    record_read(user, "page", subject=order.person, request=request, place=order.place)
    checks = list(DailyCheck.objects.visible_to(user).filter(order=order).select_related("seen_by"))
    tell_who_cancelled([order], names=True)
    tests = list(order.scheduled_tests.select_related("result"))
    context = {
        "order": order,
        "days": days_of(order, checks, tests),
        "checks": checks,
        "tests": tests,
        "results": TestResult.objects.visible_to(user).filter(person=order.person_id)[:10],
        "certificate": Certificate.objects.visible_to(user).filter(order=order).first(),
        "events": history(order).select_related("place")[:50],
        "may_work": may_work_on(user, order),
        "may_add": may_add_health_record(user, order.person),
        "extend_form": extend_form or ExtendForm(),
        "revoke_form": revoke_form or RevokeForm(),
        "is_over": order.ends_on <= timezone.localdate(),
    }
    return render(
        request, "quarantine/orders/order.html", context, status=422 if extend_form or revoke_form else 200
    )
