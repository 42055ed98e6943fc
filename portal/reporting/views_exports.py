"""The pages of export jobs: order a file, wait for it, download it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.models import User
from portal.records.log import record_read
from portal.reporting import actions
from portal.reporting.export import FORMATS
from portal.reporting.forms import ExportFilter
from portal.reporting.models import ExportJob
from portal.ui.downloads import attach
from portal.ui.pagination import paginate
from portal.ui.refusals import flash_refusal, run_or_flash


@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """List the user's files: those that are being made, and those that can be downloaded."""
    form = ExportFilter(request.GET)
    rows = ExportJob.objects.visible_to(request.user)
    if form.is_valid() and form.cleaned_data["status"]:
        rows = rows.filter(status=form.cleaned_data["status"])
    page = paginate(request, rows, per_page=30)
    context = {"form": form, "page": page, "in_work": any(job.is_in_work for job in page)}
    return render(request, "reporting/export_list.html", context)


@require_POST
def export_add(request: HttpRequest) -> HttpResponse:
    """Order the file of a list. The address is the list's own, with its filters."""
    assert isinstance(request.user, User)
    address = request.POST.get("address", "")[:4_000]
    user, language = request.user, get_language() or "vi"
    if run_or_flash(request, lambda: actions.order_export(address, by=user, language=language)):
        messages.success(request, _("Đang lập tệp. Khi xong, tệp hiện ở đây để tải trong một ngày."))
    return redirect("reporting:export_list")


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a finished file to its owner alone, while they have the roles with which it was made."""
    assert isinstance(request.user, User)
    job = get_object_or_404(ExportJob.objects.visible_to(request.user), pk=pk)
    if job.status != ExportJob.Status.READY:
        raise Http404
    try:
        actions.require_roles(job, request.user)
    except actions.RolesEnded as refusal:
        flash_refusal(request, refusal)
        return redirect("reporting:export_list")
    record_read(request.user, "export", subject=job, request=request, place=job.place, reason=job.filters)
    response = StreamingHttpResponse(actions.pieces(job), content_type=FORMATS[job.kind]().get_content_type())
    attach(response, job.file_name)
    response["Content-Length"] = str(job.size)
    return response
