"""Pages of a wave of trips: planned with a preview, filled and closed as a whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.ended import tell_who_cancelled
from portal.reporting.export import export_response
from portal.ui.asking import ask_with_rehearsal
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.models import Trip, Wave
from repatriation.rules import may_plan_wave
from repatriation.trips import questions, waves
from repatriation.trips.exports import TripResource
from repatriation.trips.forms_waves import (
    PickupFormSet,
    PlannedTrip,
    VehicleFormSet,
    WaveForm,
    digest,
    plans_of,
)
from repatriation.trips.previews import outlook_for, preview_wave
from repatriation.views_shared import officer_of


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.PLAN_TRIPS)
def wave_add(request: HttpRequest) -> HttpResponse:
    """Show the form; when it is sent, preview its trips; when it is sent with the preview, make the wave."""
    user = officer_of(request)
    data = request.POST or None
    form = WaveForm(data, user=user)
    pickups: Any = PickupFormSet(data, prefix="pickups")
    vehicles: Any = VehicleFormSet(data, prefix="vehicles")
    context = {"form": form, "pickups": pickups, "vehicles": vehicles, "planned": None}
    is_valid = data is not None and all([form.is_valid(), pickups.is_valid(), vehicles.is_valid()])
    context |= outlook_for(user, form)
    if data is None:
        return render(request, "repatriation/trips/wave_add.html", context)
    if not is_valid:
        return render(request, "repatriation/trips/wave_add.html", context, status=422)
    try:
        planned = plans_of(form.cleaned_data, pickups.filled(), vehicles.filled())
    except ValidationError as error:
        form.add_error("first_day", error)
        return render(request, "repatriation/trips/wave_add.html", context, status=422)
    seen = digest(form.cleaned_data, planned)
    if "make" in data and data.get("seen") == seen:
        wave = run_or_flash(request, lambda: _make(form.cleaned_data, planned, data.getlist("keep"), user))
        if wave is not None:
            messages.success(request, _("Đã lập đợt xe. Mở và xếp chỗ để mời các gia đình."))
            return redirect("repatriation:wave", wave.pk)
    elif "make" in data:
        messages.info(request, _("Thông tin vừa thay đổi. Vui lòng xem lại danh sách chuyến rồi lập."))
    kept = set(data.getlist("keep")) if data.get("seen") == seen else {one.key for one in planned}
    context |= {"planned": planned, "kept": kept, "seen": seen, "seats": _seats(planned)}
    context["preview"] = preview = preview_wave(form.cleaned_data, planned, kept)
    context["lines"] = [(one, preview.of_trips.get(one.key)) for one in planned]
    return render(request, "repatriation/trips/wave_add.html", context)


def _make(data: dict[str, Any], planned: list[PlannedTrip], keep: list[str], user: User) -> Wave:
    wanted = set(keep)
    return waves.plan_wave(
        data["campaign"],
        [one.plan for one in planned if one.key in wanted],
        name=data["name"],
        gateway=data["gateway"],
        client_key=data["client_key"],
        destinations=list(data["destinations"]),
        by=user,
    )


def _seats(planned: list[PlannedTrip]) -> int:
    return sum(one.plan.vehicle_seats for one in planned)


@require_GET
@officer(Permission.SEE_QUEUE)
def wave_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the trips of a wave in the order in which they leave, how full they are, and the steps for all."""
    user = officer_of(request)
    wave = _wave(user, pk)
    rows = (
        Trip.objects.visible_to(user, Permission.SEE_QUEUE)
        .filter(wave=wave)
        .select_related("pickup", "gateway", "campaign")
    )
    rows = rows.order_by("departs_at", "pk")
    if "export" in request.GET:
        return export_response(request, TripResource(), rows, _("Đợt xe %(name)s") % {"name": wave.name})
    totals = rows.order_by().aggregate(
        trips=Count("pk"),
        seats=Sum("seats"),
        taken=Sum("seats_taken"),
        asked=Count("pk", filter=~Q(asked_step="")),
        to_fill=Count("pk", filter=Q(status__in=waves.STEPS["fill"])),
        to_close=Count("pk", filter=Q(status__in=waves.STEPS["close"])),
    )
    page = paginate(request, rows)
    tell_who_cancelled(page.rows, names=True)
    context = {
        "wave": wave,
        "page": page,
        "totals": totals,
        "done": totals["trips"] - totals["asked"],
        "may_plan": may_plan_wave(user, wave),
    }
    return render(request, "repatriation/trips/wave.html", context)


@require_POST
@officer(Permission.PLAN_TRIPS)
def wave_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Fill or close all trips of a wave: a few at once; more by the worker, with progress on the page."""
    user = officer_of(request)
    if step not in waves.STEPS:
        raise Http404
    wave = _wave(user, pk)
    demand(may_plan_wave(user, wave))
    trips = waves.trips_to_step(wave, step)
    if trips:
        question = questions.before_wave_step(wave, step, trips, waves.REHEARSED)
        ask_with_rehearsal(request, lambda: waves.rehearse_step(trips, step, by=user), question)
    count = waves.ask_step(wave, step, by=user)
    if not count:
        messages.info(request, _("Không có chuyến nào cần làm bước này."))
    elif count > waves.DONE_AT_ONCE:
        text = ngettext("Đang làm %(count)d chuyến.", "Đang làm %(count)d chuyến.", count)
        messages.success(request, text % {"count": count})
    else:
        waves.take_asked_steps(wave)
        texts = {"fill": _("Đã mở và xếp chỗ cả đợt."), "close": _("Đã chốt cả đợt.")}
        messages.success(request, texts[step])
    return redirect("repatriation:wave", pk)


def _wave(user: User, pk: int) -> Wave:
    rows = Wave.objects.visible_to(user).select_related("campaign", "gateway", "planned_by")
    return get_object_or_404(rows, pk=pk)
