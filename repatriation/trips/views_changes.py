"""Pages on which a trip is changed, and of the families that its fillings passed over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.reporting.export import export_response
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.models import PassedOver, Registration, Trip
from repatriation.queue.positions import search
from repatriation.seats.exports import PassedOverResource
from repatriation.trips.changes import edit_trip
from repatriation.trips.forms import EditTripForm, PassedOverFilter
from repatriation.trips.questions import before_editing
from repatriation.trips.views import trip_of, trip_to_plan
from repatriation.views_shared import officer_of


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.PLAN_TRIPS)
def trip_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change time, vehicle, pick-up point and destinations of a planned or open trip."""
    user = officer_of(request)
    trip = trip_to_plan(user, code)
    if trip.status not in {Trip.Status.PLANNED, Trip.Status.OPEN}:
        messages.info(request, _("Chuyến đã chốt hoặc đã hủy nên không sửa được."))
        return redirect("repatriation:trip", code)
    form = EditTripForm(request.POST or None, user=user, trip=trip)
    context: dict[str, Any] = {"form": form, "trip": trip}
    if request.method == "POST" and form.is_valid():
        question = before_editing(trip, form.change())
        saved = run_or_flash(request, lambda: edit_trip(trip, form.change(), by=user), question=question)
        if saved is not None:
            messages.success(request, _("Đã lưu. Các gia đình có chỗ đã được nhắn nếu giờ đi thay đổi."))
            return redirect("repatriation:trip", code)
    status = 422 if form.is_bound else 200
    return render(request, "repatriation/trips/trip_edit.html", context, status=status)


@require_GET
@officer(Permission.SEE_QUEUE)
def trip_passed(request: HttpRequest, code: str) -> HttpResponse:
    """List every family that the trip's fillings passed over, the last filling first."""
    user = officer_of(request)
    trip = trip_of(user, code)
    form = PassedOverFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = PassedOver.objects.visible_to(user, Permission.SEE_QUEUE).filter(filling__trip=trip)
    if filters.get("why"):
        rows = rows.filter(why=filters["why"])
    if filters.get("q"):
        rows = rows.filter(
            registration__in=search(Registration.objects.visible_to(user, Permission.SEE_QUEUE), filters["q"])
        )
    rows = rows.select_related("filling", "registration__home_commune")
    rows = rows.prefetch_related("registration__members__person").order_by("-filling__at", "pk")
    if "export" in request.GET:
        return export_response(
            request, PassedOverResource(), rows, _("Chưa xếp được %(trip)s") % {"trip": trip.code}, form
        )
    page = paginate(request, rows)
    record_read(
        user,
        "page",
        subject_type=Registration._meta.label_lower,
        subject_ids=[row.registration_id for row in page],
        request=request,
        place=trip.gateway,
    )
    context = {"trip": trip, "form": form, "page": page}
    return render(request, "repatriation/trips/trip_passed.html", context)
