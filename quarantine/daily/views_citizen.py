"""Citizens' pages of the daily check, without an account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from citizens.links import viewer_for
from citizens.models import SecretLink
from citizens.phones import mask
from citizens.proving import unproved
from citizens.verified import phone_required, viewer_of
from citizens.views_links import link_required
from citizens.views_proof import ask_for_proof, family_required
from portal.accounts.scoping import CitizenViewer
from portal.records.actors import citizen_actor
from portal.records.refusals import Refused
from portal.ui.formats import vn_time
from portal.ui.refusals import sentence_for
from quarantine.daily.actions import report_day
from quarantine.daily.forms import DailyCheckForm
from quarantine.links import DAILY
from quarantine.models import DailyCheck, Order
from quarantine.models.check import red_signs_of

REPORTED = "quarantine_reported"  # session key: what the page of thanks shows


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@phone_required
@family_required
def daily_home(request: HttpRequest) -> HttpResponse:
    """Show and save today's checks of everybody under a verified phone."""
    viewer = viewer_of(request)
    assert viewer is not None
    return _report(request, viewer)


@require_http_methods(["GET", "HEAD", "POST"])
@link_required(DAILY)
def daily(request: HttpRequest, link: SecretLink, _token: str) -> HttpResponse:
    """Show and save today's checks by the secret link of the message, for the people of its phone."""
    if not link.phone:
        return _report(request, viewer_for(link))
    # A link goes to the phone on record, which an officer may have typed.
    viewer = CitizenViewer(phone=link.phone)
    if unproved(link.phone) and not Order.objects.visible_to(viewer).current().exists():
        return ask_for_proof(request, link.phone)
    return _report(request, viewer)


def _report(request: HttpRequest, viewer: CitizenViewer) -> HttpResponse:
    """Show or save a form for each person. Earlier answers are not shown, since others may read the link."""
    today = timezone.localdate()
    orders = Order.objects.visible_to(viewer).current().filter(starts_on__lte=today).with_people()
    data = request.POST if request.method == "POST" else None
    alone = len(orders) == 1
    forms = [
        (order, DailyCheckForm(data, prefix=f"order{order.pk}", may_be_empty=not alone)) for order in orders
    ]
    valid = data is not None and sum(not form.is_valid() for _order, form in forms) == 0  # validate all
    changed = [(order, form) for order, form in forms if form.has_changed()] if valid else []
    refusal = ""
    if changed:
        try:
            return _save(request, viewer, changed)
        except Refused as error:  # an order ended while the page was open
            refusal = sentence_for(request, error)
    checks = DailyCheck.objects.visible_to(viewer).filter(order__in=orders, on_date=today)
    reported = set(checks.values_list("order_id", flat=True))
    context = {
        "forms": [(order, form, order.pk in reported) for order, form in forms],
        "alone": alone,
        "nobody_filled": valid and not changed,
        "refusal": refusal,
        "today": today,
    }
    return render(request, "quarantine/daily/daily.html", context)


def _save(
    request: HttpRequest, viewer: CitizenViewer, filled: list[tuple[Order, DailyCheckForm]]
) -> HttpResponse:
    names, red = [], []
    for order, form in filled:
        answers: dict[str, Any] = form.cleaned_data
        report_day(order, **answers, by=citizen_actor(mask(viewer.phone or order.person.phone)))
        names.append(order.person.full_name)
        if red_signs_of(answers["temperature"], answers["spo2"], answers["symptoms"]):
            red.append(order.person.full_name)
    request.session[REPORTED] = {"names": names, "red": red, "at": vn_time(timezone.now())}
    return redirect("quarantine:reported")


@never_cache
@login_not_required
@require_GET
def reported(request: HttpRequest) -> HttpResponse:
    """Thank the family, and say what to do now when there is a red sign."""
    report = request.session.get(REPORTED)
    if not report:
        return redirect("quarantine:daily_home")
    return render(request, "quarantine/daily/reported.html", {"said": report})
