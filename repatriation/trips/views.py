"""Pages of trips: the list, a new trip, and one trip with its families and its next steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizens.matching import fold
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.records.ended import tell_who_cancelled
from portal.records.log import record_read
from portal.records.transitions import allowed
from portal.reporting.export import export_response
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.forms import ReasonForm
from repatriation.models import Filling, Offer, PassedOver, Trip, Wave
from repatriation.rules import may_call_family, may_plan_trip
from repatriation.seats.filling import FillResult
from repatriation.trips import actions as trips
from repatriation.trips import questions, waves
from repatriation.trips.exports import TripResource
from repatriation.trips.forms import TripFilter, TripForm
from repatriation.trips.previews import outlook_for, preview_trip
from repatriation.trips.windows import departure_is_possible, departure_window
from repatriation.views_shared import officer_of

PASSED_SHOWN = 8
STEPS = {
    "open": trips.open_trip,
    "close": trips.close_trip,
    "depart": trips.depart_trip,
    "arrive": trips.arrive_trip,
    "reconcile": trips.reconcile_trip,
    "reopen": trips.reopen_trip,
}


@require_GET
@officer(Permission.SEE_QUEUE)
def trip_list(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    form = TripFilter(request.GET, waves=Wave.objects.visible_to(user))
    rows = Trip.objects.visible_to(user, Permission.SEE_QUEUE).by_what_comes_next()
    rows = rows.select_related("pickup", "gateway", "campaign")
    if form.is_valid():
        if form.cleaned_data["status"]:
            rows = rows.filter(status=form.cleaned_data["status"])
        if form.cleaned_data["day"]:
            rows = rows.filter(departs_at__date=form.cleaned_data["day"])
        if form.cleaned_data.get("campaign"):
            rows = rows.filter(campaign=form.cleaned_data["campaign"])
        if form.cleaned_data["wave"]:
            rows = rows.filter(wave=form.cleaned_data["wave"])
        if text := form.cleaned_data["q"].strip():
            named = Q(code__icontains=text) | Q(vehicle_plate__icontains=text)
            rows = rows.filter(named | Q(pickup__in=Place.objects.search(text)) if fold(text) else named)
    if "export" in request.GET:
        return export_response(request, TripResource(), rows, _("Chuyến xe"), form)
    page = paginate(request, rows)
    tell_who_cancelled(page.rows, names=True)
    context = {"form": form, "page": page, "may_plan": user.may(Permission.PLAN_TRIPS)}
    return render(request, "repatriation/trips/trip_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.PLAN_TRIPS)
def trip_add(request: HttpRequest) -> HttpResponse:
    """Plan a trip, or show first whom it would invite."""
    user = officer_of(request)
    form = TripForm(request.POST or None, user=user)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid() and "preview" in request.POST:
        context["preview"] = preview_trip(request, form)
    elif form.is_bound and form.is_valid():
        data = form.cleaned_data
        names = ("departs_at", "pickup", "gateway", "seats", "vehicle_plate", "has_escort", "destinations")
        values = {name: data[name] for name in names}
        trip = run_or_flash(request, lambda: trips.plan_trip(data["campaign"], by=user, **values))
        if trip is not None:
            text = _("Đã lập chuyến %(code)s. Mở chuyến để mời các gia đình.") % {"code": trip.code}
            messages.success(request, text)
            return redirect("repatriation:trip", trip.code)
    context |= outlook_for(user, form)
    status = 422 if form.is_bound and "preview" not in context else 200
    return render(request, "repatriation/trips/trip_add.html", context, status=status)


@require_GET
@officer(Permission.SEE_QUEUE)
def trip_page(request: HttpRequest, code: str) -> HttpResponse:
    return _trip_page(request, trip_of(officer_of(request), code))


def _trip_page(request: HttpRequest, trip: Trip, *, cancel_form: ReasonForm | None = None) -> HttpResponse:
    user = officer_of(request)
    seated = trip.offers.select_related("registration__home_commune").prefetch_related(
        "registration__members__person"
    )
    offers = list(seated.order_by("-registration__score", "registration__registered_at", "pk"))
    for rows in (offers, [trip]):
        tell_who_cancelled(rows, names=True)
    families = [offer.registration for offer in offers]
    filling = trip.fillings.select_related("by").first()
    passed = _passed(user, filling)
    families += [row.registration for row in passed]
    record_read(
        user,
        "page",
        subject_type="repatriation.registration",
        subject_ids=[family.pk for family in families],
        request=request,
        place=trip.gateway,
    )
    context = {
        "trip": trip,
        "offers": offers,
        "counts": {
            status: sum(o.people for o in offers if o.status == status) for status in Offer.Status.values
        },
        "may_plan": may_plan_trip(user, trip),
        "call_ids": {family.pk for family in families if may_call_family(user, family)},
        "next_step": next((verb for verb in STEPS if allowed(trip, verb)), ""),
        "may_depart": departure_is_possible(trip),
        "departs_from": departure_window(trip)[0],
        "may_cancel": allowed(trip, "cancel"),
        "may_edit": trip.status in {Trip.Status.PLANNED, Trip.Status.OPEN},
        "needs_escort": [
            offer
            for offer in offers
            if offer.status in Offer.LIVE and offer.registration.needs_escort and not trip.has_escort
        ],
        "destinations": trip.destinations.by_name(),
        "filling": filling,
        "passed": passed,
        "cancel_form": cancel_form or ReasonForm(),
        "cancelling": cancel_form is not None,
    }
    status = 422 if cancel_form is not None else 200
    return render(request, "repatriation/trips/trip.html", context, status=status)


def _passed(user: User, filling: Filling | None) -> list[PassedOver]:
    """Return the first families that the filling passed over, and one more to tell whether there are more."""
    if filling is None:
        return []
    rows = PassedOver.objects.visible_to(user, Permission.SEE_QUEUE).filter(filling=filling)
    rows = rows.select_related("registration__home_commune").prefetch_related("registration__members__person")
    return list(rows.order_by("pk")[: PASSED_SHOWN + 1])


@require_POST
@officer(Permission.PLAN_TRIPS)
def trip_fill(request: HttpRequest, code: str) -> HttpResponse:
    """Offer the free seats; open the trip first where it is only planned."""
    user = officer_of(request)
    trip = trip_to_plan(user, code)

    question = questions.before_filling(trip)
    result = run_or_flash(request, lambda: waves.fill_planned(trip, by=user), question=question)
    if result is not None:
        _flash_filling(request, result)
    return redirect("repatriation:trip", code)


def _flash_filling(request: HttpRequest, result: FillResult) -> None:
    if not result.seated:
        messages.info(request, _("Không có gia đình nào đang chờ vừa với số chỗ còn trống."))
    else:
        text = ngettext(
            "Đã mời %(count)d gia đình, %(people)d người.",
            "Đã mời %(count)d gia đình, %(people)d người.",
            len(result.seated),
        )
        messages.success(request, text % {"count": len(result.seated), "people": result.people})
    if result.passed:
        text = ngettext(
            "%(count)d gia đình đứng trước chưa xếp được, vẫn giữ thứ tự. Lý do ở cuối trang.",
            "%(count)d gia đình đứng trước chưa xếp được, vẫn giữ thứ tự. Lý do ở cuối trang.",
            len(result.passed),
        )
        messages.info(request, text % {"count": len(result.passed)})


@require_POST
@officer(Permission.PLAN_TRIPS)
def trip_step(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Take one step of `STEPS`: open, close, reopen, depart, arrive or reconcile."""
    user = officer_of(request)
    if verb not in STEPS:
        raise Http404
    trip = trip_to_plan(user, code)
    question = questions.before_step(trip, verb)
    updated = run_or_flash(request, lambda: STEPS[verb](trip, by=user), question=question)
    if updated is not None:
        messages.success(
            request,
            _("Chuyến %(code)s: %(status)s.")
            % {"code": updated.code, "status": updated.get_status_display().lower()},
        )
    return redirect("repatriation:reconciliation" if verb == "reconcile" else "repatriation:trip", code)


@require_POST
@officer(Permission.PLAN_TRIPS)
def trip_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel the trip; its families wait again and read the reason in their message."""
    user = officer_of(request)
    trip = trip_to_plan(user, code)
    form = ReasonForm(request.POST)
    if not form.is_valid() and allowed(trip, "cancel"):
        return _trip_page(request, trip, cancel_form=form)
    reason = form.cleaned_data.get("reason", "")
    question = questions.before_cancelling(trip)
    if run_or_flash(request, lambda: trips.cancel_trip(trip, by=user, reason=reason), question=question):
        messages.success(request, _("Đã hủy chuyến. Các gia đình trở lại hàng chờ và đã được nhắn."))
    return redirect("repatriation:trip", code)


def trip_of(user: User, code: str) -> Trip:
    rows = Trip.objects.visible_to(user, Permission.SEE_QUEUE).select_related(
        "campaign", "pickup__parent__parent", "gateway", "planned_by", "wave"
    )
    return get_object_or_404(rows, code=code)


def trip_to_plan(user: User, code: str) -> Trip:
    """Return a trip that the user may plan; raise `PermissionDenied` for one that they may only see."""
    trip = trip_of(user, code)
    demand(may_plan_trip(user, trip))
    return trip
