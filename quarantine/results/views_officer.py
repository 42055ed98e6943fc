"""Results, doses and certificates, as officers enter and hand them out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.ui.pdf import pdf_response
from quarantine.certificates.actions import revoke_certificate
from quarantine.certificates.paper import certificate_pdf
from quarantine.forms import DoseForm, RevokeForm, TestResultForm
from quarantine.models import Certificate, TestResult
from quarantine.orders.views import SEES, back_to, order_page, visible_order
from quarantine.refusals import Refused
from quarantine.results.actions import record_dose, record_test_result, see_positive
from quarantine.rules import may_add_health_record, may_revoke


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.EDIT_HEALTH)
def test_result_add(request: HttpRequest, person_id: int) -> HttpResponse:
    """Enter a result. The citizen gets a message that there is one, never the result itself."""
    user, person = _user(request), _person(request, person_id)
    form = TestResultForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record_test_result(person, **form.cleaned_data, place=user.main_place, by=user)
        messages.success(
            request, _("Đã ghi kết quả của %(name)s và nhắn tin cho người dân.") % {"name": person.full_name}
        )
        return back_to(request, "citizens:person", person.pk)
    return render(request, "quarantine/test_result_add.html", _form_context(request, person, form))


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.EDIT_HEALTH)
def dose_add(request: HttpRequest, person_id: int) -> HttpResponse:
    """Enter a vaccination dose."""
    user, person = _user(request), _person(request, person_id)
    next_number = min(person.doses.count() + 1, 5)
    form = DoseForm(request.POST if request.method == "POST" else None, initial={"number": next_number})
    if form.is_valid():
        try:
            record_dose(person, **form.cleaned_data, by=user)
        except Refused as refusal:
            form.add_error("number", str(refusal))
        else:
            messages.success(request, _("Đã ghi mũi tiêm của %(name)s.") % {"name": person.full_name})
            return back_to(request, "citizens:person", person.pk)
    return render(request, "quarantine/dose_add.html", _form_context(request, person, form))


@require_POST
@officer(Permission.SEE_HEALTH)
def result_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """A positive result is in hand."""
    results = TestResult.objects.visible_to(request.user).select_related(
        "person__responsible_place", "person__home_commune"
    )
    result = get_object_or_404(results, pk=pk)
    demand(may_add_health_record(_user(request), result.person))
    see_positive(result, by=_user(request))
    name = result.person.full_name
    messages.success(request, _("Đã ghi: anh/chị đang xử lý trường hợp của %(name)s.") % {"name": name})
    return back_to(request, "citizens:person", result.person_id)


@require_GET
@SEES
def officer_certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    certificates = Certificate.objects.visible_to(request.user).for_paper()
    certificate = get_object_or_404(certificates, pk=pk)
    record_read(_user(request), "page", subject=certificate, request=request, place=certificate.order.place)
    return pdf_response(certificate_pdf(certificate), f"giay-xac-nhan-{certificate.pk}.pdf")


@require_POST
@SEES
def certificate_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    certificates = Certificate.objects.visible_to(request.user).select_related("order__place")
    certificate = get_object_or_404(certificates, pk=pk)
    demand(may_revoke(_user(request), certificate))
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return order_page(request, visible_order(request, certificate.order_id), revoke_form=form)
    try:
        revoke_certificate(certificate, **form.cleaned_data, by=_user(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Đã thu hồi giấy xác nhận số %(number)s.") % {"number": certificate.number}
        )
    return redirect("quarantine:order", certificate.order_id)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _person(request: HttpRequest, pk: int) -> Person:
    """Somebody whom this officer sees (404) and may write about (403)."""
    people = Person.objects.visible_to(request.user).select_related("home_commune", "responsible_place")
    person: Person = get_object_or_404(people, pk=pk)
    demand(may_add_health_record(_user(request), person))
    return person


def _form_context(request: HttpRequest, person: Person, form: object) -> dict[str, object]:
    return {
        "person": person,
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
