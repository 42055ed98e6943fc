"""The certificate as a PDF for its owner, and the page on which anybody verifies one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from citizens.verified import phone_required, viewer_of
from portal.ui.downloads import file_name
from portal.ui.pdf import pdf_response
from quarantine.certificates.paper import certificate_pdf as make_pdf
from quarantine.certificates.paper import find_certificate
from quarantine.models import Certificate


@require_GET
@phone_required
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Certificate.objects.visible_to(viewer_of(request)).for_paper()
    certificate = get_object_or_404(mine, pk=pk)
    return pdf_response(
        make_pdf(certificate),
        file_name(_("Giấy xác nhận %(number)s") % {"number": certificate.number}, "pdf"),
    )


@login_not_required
@never_cache
@require_GET
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Show anybody who has the code whether the certificate is valid, and no more than is on the paper."""
    certificate = find_certificate(code)
    status = 200 if certificate is not None else 404
    response = render(
        request, "quarantine/certificates/verify.html", {"certificate": certificate}, status=status
    )
    response["X-Robots-Tag"] = "noindex"
    return response
