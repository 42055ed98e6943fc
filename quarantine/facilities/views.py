"""The facility manager's first screen: who is expected, who is inside, whose alert is not settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.ui.pagination import paginate
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_add_error, run_or_flash
from quarantine.alerts.worklists import loaded
from quarantine.facilities import stays as actions
from quarantine.facilities.forms import FacilityForm
from quarantine.facilities.worklists import (
    add_orders,
    alerts_here,
    by_order_alone,
    expected,
    here_or_left_today,
    inside,
    leaving,
    left_today,
)
from quarantine.models import Facility, Stay
from quarantine.rules import may_run

SOON = dt.timedelta(days=3)
SHOWN = 100  # expected people and alerts; who has more works them off from the top


@require_GET
@officer(Permission.SEE_FACILITY)
def facility(request: OfficerRequest) -> HttpResponse:
    """Show whose alert is not settled, who is expected, who is inside, and how many leave soon."""
    user, today = request.user, timezone.localdate()
    by_order = by_order_alone(user)
    page = paginate(request, inside(user))
    add_orders(list(page.rows))
    arriving = list(expected(user)[:SHOWN])
    alerts = alerts_here(user)
    context = {
        "today": today,
        "facilities": Facility.objects.filter(place__in=user.place_ids(Permission.RUN_FACILITY))
        .select_related("place")
        .order_by("pk"),
        "without_beds": Place.objects.active()
        .filter(kind=Place.Kind.FACILITY, pk__in=user.place_ids(Permission.RUN_FACILITY), facility=None)
        .by_name(),
        "alerts": loaded(alerts).most_urgent_first()[:SHOWN],
        "expected": arriving,
        "page": page,
        "left": left_today(user)[:SHOWN],
        "orders": by_order.select_related("person", "place").order_by("ends_on", "person__sort_key", "pk")[
            :SHOWN
        ],
        "inside": page.total + by_order.count(),
        "out_today": by_order.at_end(today).count() + leaving(user, until=today),
        "out_soon": by_order.filter(ends_on__gt=today, ends_on__lte=today + SOON).count()
        + leaving(user, after=today, until=today + SOON),
        "red": alerts.count(),
        "runs": user.may(Permission.RUN_FACILITY),
    }
    return render(request, "quarantine/facilities/facility.html", context)


@require_POST
@officer(Permission.SEE_FACILITY)
def stay_admit(request: OfficerRequest, pk: int) -> HttpResponse:
    """Write down that an expected person has come."""
    return _act(request, pk, actions.admit, _("Đã ghi: %(name)s đã đến."))


@require_POST
@officer(Permission.SEE_FACILITY)
def stay_undo_admit(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take an admission back."""
    return _act(request, pk, actions.undo_admit, _("Đã bỏ ghi. %(name)s lại là người sắp đến."))


@require_POST
@officer(Permission.SEE_FACILITY)
def stay_leave(request: OfficerRequest, pk: int) -> HttpResponse:
    """Write down that a person has left."""
    return _act(request, pk, actions.leave, _("Đã ghi: %(name)s đã rời. Giường đã trống."))


@require_POST
@officer(Permission.SEE_FACILITY)
def stay_undo_leave(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a departure back, today, by the facility that wrote it down."""
    return _act(request, pk, actions.undo_leave, _("Đã bỏ ghi. %(name)s lại đang ở đây."))


def _act(request: OfficerRequest, pk: int, act: Callable[..., Stay], words: str) -> HttpResponse:
    stay = _mine(request, pk)
    done = run_or_flash(request, lambda: act(stay, by=request.user))
    if done is not None:
        messages.success(request, words % {"name": stay.person.full_name})
    return redirect_next(request, "quarantine:facility")


def _mine(request: OfficerRequest, pk: int) -> Stay:
    """Return a stay of the user's facility: 404 for one elsewhere, 403 for who may only look.

    Who left today counts too, for an undo.
    """
    user = request.user
    stay: Stay = get_object_or_404(
        here_or_left_today(user).select_related("person", "facility__place"), pk=pk
    )
    demand(may_run(user, stay.facility))
    return stay


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.RUN_FACILITY)
def facility_edit(request: OfficerRequest, place_id: int) -> HttpResponse:
    """Say how many beds a facility has, its phone, and whether it takes people in."""
    places = Place.objects.filter(
        kind=Place.Kind.FACILITY, pk__in=request.user.place_ids(Permission.RUN_FACILITY)
    )
    place = get_object_or_404(places, pk=place_id)
    row = Facility.objects.filter(place=place).first() or Facility(place=place)
    form = FacilityForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_valid() and run_or_add_error(
        request, form, lambda: actions.set_beds(place, **form.cleaned_data, by=request.user), "beds"
    ):
        messages.success(request, _("Đã lưu. Chốt và tỉnh thấy ngay số chỗ còn trống."))
        return redirect("quarantine:facility")
    return render(
        request,
        "quarantine/facilities/facility_edit.html",
        {"form": form, "place": place},
        status=422 if form.is_bound else 200,
    )
