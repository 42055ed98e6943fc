"""The auditor's pages of the two logs. Exports are themselves logged."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.guards import OfficerRequest, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.export import EventResource, ReadResource
from portal.records.forms import EventFilter, ReadFilter
from portal.records.models import Event, Read
from portal.reporting.export import export_response
from portal.ui.pagination import paginate


@require_GET
@officer(Permission.READ_LOG)
def events(request: OfficerRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = EventFilter(request.GET)
    rows = Event.objects.visible_to(request.user).select_related("place", "user").order_by("-at", "-id")
    if form.is_valid():
        subject_type, _colon, verb = form.cleaned_data["verb"].partition(":")
        rows = rows.matching(
            form.cleaned_data["day"],
            actor_label__icontains=form.cleaned_data["q"],
            subject_type=subject_type,
            verb=verb,
            actor_kind=form.cleaned_data["actor_kind"],
        )
    if "export" in request.GET:
        return export_response(request, EventResource(), rows, _("Nhật ký thay đổi"), form)
    return render(request, "records/events.html", {"form": form, "page": paginate(request, rows)})


@require_GET
@officer(Permission.READ_LOG)
def reads(request: OfficerRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = ReadFilter(request.GET)
    rows = Read.objects.visible_to(request.user).select_related("place", "user").order_by("-at", "-id")
    if form.is_valid():
        rows = rows.matching(
            form.cleaned_data["day"],
            user__full_name__icontains=form.cleaned_data["q"],
            kind=form.cleaned_data["kind"],
        )
    if "export" in request.GET:
        return export_response(request, ReadResource(), rows, _("Nhật ký lượt xem"), form)
    return render(request, "records/reads.html", {"form": form, "page": paginate(request, rows)})
