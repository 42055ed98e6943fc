"""The counter's pages: the day's bookings, the search for a code, one booking, and its outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from appointments import rules
from appointments.counter import actions
from appointments.counter.exports import BookingResource
from appointments.counter.forms import DayFilter
from appointments.models import Booking, Office, Slot
from appointments.models.booking import CODE_PREFIX
from appointments.offices.calendar import OfficeCalendar, day_bounds
from citizens import codes, phones
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.ended import tell_who_cancelled
from portal.records.log import history, record_read
from portal.records.models import Event
from portal.reporting.export import export_response
from portal.ui.formats import vn_date
from portal.ui.pagination import paginate
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_flash


@require_GET
@officer(Permission.SEE_APPOINTMENTS)
def day(request: HttpRequest) -> HttpResponse:
    """List the bookings of a day, by default today. With a search and an empty day, search all days."""
    assert isinstance(request.user, User)
    user, filters = request.user, request.GET.copy()
    filters.setdefault("day", vn_date(timezone.localdate()))
    form = DayFilter(filters)
    chosen = form.cleaned_data if form.is_valid() else {}
    on: dt.date | None = chosen.get("day") or (None if chosen.get("q") else timezone.localdate())
    rows = filtered(Booking.objects.visible_to(user), on, chosen)
    if "export" in request.GET:
        return export_response(request, BookingResource(), rows, _("Lịch hẹn"), form)
    page = paginate(request, rows)
    tell_who_cancelled(page.rows, names=True)
    context = {"form": form, "page": page, "on": on}
    context |= figures(user, on) | {"everywhere": "?" + urlencode({"day": "", "q": chosen.get("q", "")})}
    served = request.user.place_ids(Permission.SERVE_APPOINTMENTS)
    context |= {"here": request.get_full_path(), "served": served}
    context |= {"today": timezone.localdate(), "now": timezone.now()}
    return render(request, "appointments/counter/day.html", context)


def filtered(rows: Any, on: dt.date | None, chosen: dict[str, Any]) -> Any:
    """Return the bookings that match the filter, in order of time; over all days, the latest first."""
    if on:
        first, last = day_bounds(on)
        rows = rows.filter(slot__starts_at__gte=first, slot__starts_at__lt=last)
    if chosen.get("status"):
        rows = rows.filter(status=chosen["status"])
    if chosen.get("procedure"):
        rows = rows.filter(procedure=chosen["procedure"])
    if chosen.get("q"):
        rows = rows.search(chosen["q"])
    return rows.with_details().order_by("slot__starts_at" if on else "-slot__starts_at", "pk")


def figures(user: User, on: dt.date | None) -> dict[str, Any]:
    """Return what stands above the list: the day's counts, the days beside it, why the office is closed."""
    if on is None:
        return {}
    first, last = day_bounds(on)
    slots = Slot.objects.visible_to(user).filter(starts_at__gte=first, starts_at__lt=last)
    bookings = Booking.objects.visible_to(user).filter(slot__starts_at__gte=first, slot__starts_at__lt=last)
    status = Booking.Status
    counts = bookings.aggregate(
        booked=Count("pk", filter=Q(status=status.BOOKED)),
        done=Count("pk", filter=Q(status=status.DONE)),
        no_show=Count("pk", filter=Q(status=status.NO_SHOW)),
    )
    free = slots.open_after(timezone.now()).aggregate(free=Sum(F("capacity") - F("taken")))["free"]
    office = Office.objects.visible_to(user).prefetch_related("opening_hours").first()
    closed = OfficeCalendar(office, on, on).why_closed(on) if office else ""
    days = {"before": on - dt.timedelta(days=1), "after": on + dt.timedelta(days=1)}
    return {
        "counts": counts,
        "free": free or 0,
        "closed": closed,
        "is_today": on == timezone.localdate(),
        **days,
    }


@require_GET
@officer(Permission.SEE_APPOINTMENTS)
def find(request: HttpRequest) -> HttpResponse:
    """Redirect from a scanned or typed code to its booking."""
    try:
        code = codes.parse(request.GET.get("code", ""), CODE_PREFIX)
    except codes.CodeError as error:
        messages.error(request, str(error))
        return redirect("appointments:day")
    if not Booking.objects.visible_to(request.user).filter(code=code).exists():
        messages.error(request, _("Không có lịch hẹn %(code)s ở nơi này.") % {"code": code})
        return redirect("appointments:day")
    return redirect("appointments:officer_booking", code=code)


@require_GET
@officer(Permission.SEE_APPOINTMENTS)
def booking(request: HttpRequest, code: str) -> HttpResponse:
    assert isinstance(request.user, User)
    booking = fetch(request, code)
    record_read(request.user, "page", subject=booking, request=request, place=booking.slot.office.place)
    tell_who_cancelled([booking], names=True)
    context = {
        "booking": booking,
        "steps": [step(event) for event in history(booking)],
        "phone": phones.display(booking.phone),
        "may_serve": rules.may_serve(request.user, booking),
        "is_finishable": rules.is_finishable(booking),
        "is_missable": rules.is_missable(booking),
        "may_be_taken_back": rules.may_be_taken_back(booking),
        "next": reverse("appointments:day") + "?" + urlencode({"day": booking.slot.day.isoformat()}),
    }
    return render(request, "appointments/counter/officer_booking.html", context)


def step(event: Event) -> dict[str, Any]:
    """Return one event of the log as a step of the timeline."""
    state = "wrong" if event.verb in {"cancel", "miss"} else "done"
    return {
        "title": event.verb_label,
        "time": event.at,
        "text": event.who,
        "state": state,
    }


def fetch(request: HttpRequest, code: str) -> Booking:
    booking: Booking = get_object_or_404(Booking.objects.visible_to(request.user).with_details(), code=code)
    return booking


def run_on_booking(
    request: HttpRequest, code: str, act: Callable[..., Booking], success: str
) -> HttpResponse:
    """Run an action on a booking, show `success`, and go back to the list as it was filtered."""
    assert isinstance(request.user, User)
    booking = fetch(request, code)
    demand(rules.may_serve(request.user, booking))
    officer = request.user
    if run_or_flash(request, lambda: act(booking, by=officer)):
        messages.success(request, success % {"code": booking.code, "name": booking.full_name})
    return redirect_next(request, "appointments:day")


@require_POST
@officer(Permission.SEE_APPOINTMENTS)
def finish(request: HttpRequest, code: str) -> HttpResponse:
    return run_on_booking(request, code, actions.finish, _("Đã ghi: %(name)s (%(code)s) làm xong."))


@require_POST
@officer(Permission.SEE_APPOINTMENTS)
def no_show(request: HttpRequest, code: str) -> HttpResponse:
    return run_on_booking(request, code, actions.mark_no_show, _("Đã ghi: %(name)s (%(code)s) không đến."))


@require_POST
@officer(Permission.SEE_APPOINTMENTS)
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    return run_on_booking(request, code, actions.take_back, _("Đã sửa: %(name)s (%(code)s) chờ tiếp."))
