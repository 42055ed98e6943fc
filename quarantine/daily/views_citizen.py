"""What citizens do about their quarantine, without an account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from citizens.links import LinkRefused, find_link, viewer_for
from citizens.phones import mask
from citizens.verified import phone_required, viewer_of
from citizens.views_links import refused
from portal.accounts.scoping import CitizenViewer
from portal.records.actors import citizen_actor
from portal.ui.pdf import pdf_response
from quarantine.certificates.paper import certificate_pdf as make_pdf
from quarantine.certificates.paper import find_certificate
from quarantine.daily.actions import report_day
from quarantine.forms import DailyCheckForm
from quarantine.health_book import health_book
from quarantine.messages import DAILY
from quarantine.models import Certificate, DailyCheck, Order
from quarantine.models.check import red_signs_of
from quarantine.refusals import Refused

REPORTED = "quarantine_reported"  # session: what the page of thanks says


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@phone_required
def daily_home(request: HttpRequest) -> HttpResponse:
    """Today's report for everybody under a proved phone."""
    viewer = viewer_of(request)
    assert viewer is not None
    return _report(request, viewer)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def daily(request: HttpRequest, token: str) -> HttpResponse:
    """The same by the link of the message: whoever got it reports for the people of that phone."""
    try:
        link = find_link(token, DAILY)
    except LinkRefused as error:
        return refused(request, error)
    return _report(request, CitizenViewer(phone=link.phone) if link.phone else viewer_for(link))


def _report(request: HttpRequest, viewer: CitizenViewer) -> HttpResponse:
    """One page, a form for each person; nothing said earlier is shown, for the link may be read by others."""
    today = timezone.localdate()
    orders = Order.objects.visible_to(viewer).current().filter(starts_on__lte=today).with_people()
    data = request.POST if request.method == "POST" else None
    alone = len(orders) == 1
    forms = [
        (order, DailyCheckForm(data, prefix=f"order{order.pk}", may_be_empty=not alone)) for order in orders
    ]
    valid = data is not None and sum(not form.is_valid() for _order, form in forms) == 0  # reads them all
    changed = [(order, form) for order, form in forms if form.has_changed()] if valid else []
    refusal = ""
    if changed:
        try:
            return _save(request, viewer, changed)
        except Refused as error:  # ended while the page was open
            refusal = str(error)
    said = DailyCheck.objects.visible_to(viewer).filter(order__in=orders, on_date=today)
    reported = set(said.values_list("order_id", flat=True))
    context = {
        "forms": [(order, form, order.pk in reported) for order, form in forms],
        "alone": alone,
        "nobody_filled": valid and not changed,
        "refusal": refusal,
        "today": today,
    }
    return render(request, "quarantine/daily.html", context)


def _save(
    request: HttpRequest, viewer: CitizenViewer, filled: list[tuple[Order, DailyCheckForm]]
) -> HttpResponse:
    names, red = [], []
    for order, form in filled:
        said: dict[str, Any] = form.cleaned_data
        report_day(order, **said, by=citizen_actor(mask(viewer.phone or order.person.phone)))
        names.append(order.person.full_name)
        if red_signs_of(said["temperature"], said["spo2"], said["symptoms"]):
            red.append(order.person.full_name)
    request.session[REPORTED] = {"names": names, "red": red, "at": timezone.localtime().strftime("%H:%M")}
    return redirect("quarantine:reported")


@never_cache
@login_not_required
@require_GET
def reported(request: HttpRequest) -> HttpResponse:
    """Thanks, and what to do now when a sign is grave."""
    said = request.session.get(REPORTED)
    if not said:
        return redirect("quarantine:daily_home")
    return render(request, "quarantine/reported.html", {"said": said})


@never_cache
@require_GET
@phone_required
def results(request: HttpRequest) -> HttpResponse:
    """Results, doses and certificates of the people of a proved phone."""
    viewer = viewer_of(request)
    assert viewer is not None
    return render(request, "quarantine/results.html", {"people": health_book(viewer), "viewer": viewer})


@require_GET
@phone_required
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Certificate.objects.visible_to(viewer_of(request)).for_paper()
    certificate = get_object_or_404(mine, pk=pk)
    return pdf_response(make_pdf(certificate), f"giay-xac-nhan-{certificate.pk}.pdf")


@login_not_required
@never_cache
@require_GET
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Anybody who holds a certificate learns whether it is true: no more than stands on the paper."""
    certificate = find_certificate(code)
    status = 200 if certificate is not None else 404
    response = render(request, "quarantine/verify.html", {"certificate": certificate}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
