"""The calendar of how many people each commune takes in, and the form that sets the limits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from citizens.matching import fold
from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import PlaceQuerySet
from portal.places.order import vietnamese
from portal.reporting.export import export_response
from portal.ui.formats import vn_weekday
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.intake.actions import set_limits
from repatriation.intake.calendar import days_from, lines
from repatriation.intake.exports import IntakeResource
from repatriation.intake.forms import IntakeFilter, IntakeForm, first_days
from repatriation.models import Intake
from repatriation.views_shared import communes_of, officer_of

PER_PAGE = 20


@require_GET
@officer(Permission.SEE_INTAKE)
def intake(request: HttpRequest) -> HttpResponse:
    user = officer_of(request)
    first = _first_day(request)
    if "export" in request.GET:
        days = days_from(first)
        rows = Intake.objects.visible_to(user).filter(day__range=(days[0], days[-1]))
        rows = rows.filter(commune__in=_filtered_communes(request, user)).select_related("commune")
        return export_response(
            request,
            IntakeResource(),
            rows.order_by("day", *vietnamese("commune__short_name")),
            _("Sức tiếp nhận"),
            IntakeFilter(request.GET),
        )
    return _page(request, user)


def _page(request: HttpRequest, user: User, form: IntakeForm | None = None) -> HttpResponse:
    first = _first_day(request)
    may_set = user.may(Permission.SET_INTAKE)
    page = paginate(request, _filtered_communes(request, user), per_page=PER_PAGE)
    settable = communes_of(user, Permission.SET_INTAKE)
    unbound = IntakeForm(communes=settable, initial=first_days(timezone.localdate())) if may_set else None
    context = {
        "form": IntakeFilter(request.GET),
        "page": page,
        "lines": lines(page.rows, first, user),
        "days": [vn_weekday(day).rpartition(", ")[::2] for day in days_from(first)],
        "set_form": form or unbound,
        "setting": form is not None,
        "ticked": set(request.POST.getlist("communes")),
        "one_commune": may_set and len(settable[:2]) == 1,
    }
    status = 422 if form is not None else 200
    return render(request, "repatriation/intake/intake.html", context, status=status)


def _first_day(request: HttpRequest) -> dt.date:
    form = IntakeFilter(request.GET)
    day: dt.date | None = form.cleaned_data["first"] if form.is_valid() else None
    return day or timezone.localdate()


def _filtered_communes(request: HttpRequest, user: User) -> PlaceQuerySet:
    """Return the communes of the officer that the filter leaves, by name."""
    rows = communes_of(user, Permission.SEE_INTAKE)
    form = IntakeFilter(request.GET)
    filters: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    if text := filters.get("q", "").strip():
        rows = rows.search(text) if fold(text) else rows.none()
    if filters.get("only"):
        days = days_from(_first_day(request))
        limits = Intake.objects.visible_to(user).filter(day__range=(days[0], days[-1]))
        if filters["only"] == "full":
            limits = limits.filter(taken__gte=F("people_limit"))
        rows = rows.filter(pk__in=limits.values("commune"))
    return rows


@require_POST
@officer(Permission.SET_INTAKE)
def intake_set(request: HttpRequest) -> HttpResponse:
    """Set one limit for the ticked communes and the days; a coordinator sets any, a commune its own."""
    user = officer_of(request)
    form = IntakeForm(request.POST, communes=communes_of(user, Permission.SET_INTAKE))
    if not form.is_valid():
        return _page(request, user, form)
    data = form.cleaned_data
    limit = data["people_limit"]
    changed = run_or_flash(
        request,
        lambda: set_limits(list(data["communes"]), data["first_day"], data["last_day"], limit, by=user),
    )
    if changed is None:
        return _page(request, user, form)
    if not changed:
        messages.info(request, _("Không có gì thay đổi: các ngày đó đã đặt như vậy."))
    else:
        text = (
            ngettext("Đã bỏ giới hạn ở %(count)d ô.", "Đã bỏ giới hạn ở %(count)d ô.", changed)
            if limit is None
            else ngettext("Đã đặt giới hạn ở %(count)d ô.", "Đã đặt giới hạn ở %(count)d ô.", changed)
        )
        messages.success(request, text % {"count": changed})
    return redirect("repatriation:intake")
