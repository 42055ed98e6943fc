"""The certificate as a PDF for the officer, and its revocation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.guards import OfficerRequest, demand
from portal.records.log import record_read
from portal.ui.asking import Question
from portal.ui.downloads import file_name
from portal.ui.pdf import pdf_response
from portal.ui.refusals import run_or_flash
from quarantine.certificates.actions import revoke_certificate
from quarantine.certificates.forms import RevokeForm
from quarantine.certificates.paper import certificate_pdf
from quarantine.models import Certificate
from quarantine.orders.views import SEES, order_page, visible_order
from quarantine.rules import may_revoke


@require_GET
@SEES
def officer_certificate_pdf(request: OfficerRequest, pk: int) -> HttpResponse:
    certificates = Certificate.objects.visible_to(request.user).for_paper()
    certificate = get_object_or_404(certificates, pk=pk)
    record_read(request.user, "page", subject=certificate, request=request, place=certificate.order.place)
    return pdf_response(
        certificate_pdf(certificate),
        file_name(_("Giấy xác nhận %(number)s") % {"number": certificate.number}, "pdf"),
    )


@require_POST
@SEES
def certificate_revoke(request: OfficerRequest, pk: int) -> HttpResponse:
    certificates = Certificate.objects.visible_to(request.user).select_related("order__place")
    certificate = get_object_or_404(certificates, pk=pk)
    demand(may_revoke(request.user, certificate))
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return order_page(request, visible_order(request, certificate.order_id), revoke_form=form)
    question = Question(
        _("Thu hồi giấy xác nhận số %(number)s?") % {"number": certificate.number},
        _("Thu hồi"),
        lines=[_("Giấy đã thu hồi thì không dùng lại được. Ai quét mã sẽ thấy giấy không còn giá trị.")],
        always=True,
        is_grave=True,
    )
    if run_or_flash(
        request,
        lambda: revoke_certificate(certificate, **form.cleaned_data, by=request.user),
        question=question,
    ):
        messages.success(
            request, _("Đã thu hồi giấy xác nhận số %(number)s.") % {"number": certificate.number}
        )
    return redirect("quarantine:order", certificate.order_id)
