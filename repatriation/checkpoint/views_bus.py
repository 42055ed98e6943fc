"""The list of a trip at the checkpoint: one family, several, or the whole vehicle at a press."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.ui.refusals import run_or_flash
from repatriation.checkpoint.bus import Bus, BusResult, bus_of, record_bus
from repatriation.checkpoint.forms import BusForm
from repatriation.checkpoint.pages import LAST_TEST, ON_THE_ROAD
from repatriation.models import Arrival, Trip
from repatriation.rules import may_record_at
from repatriation.views_shared import officer_of

RECORDABLE = frozenset(
    {Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED, Trip.Status.RECONCILED}
)


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.RECORD_ARRIVALS)
def bus(request: HttpRequest, code: str) -> HttpResponse:
    """Show the trip's families; record one, or ask with numbers and record everybody who is on the vehicle."""
    user = officer_of(request)
    trip = _trip(user, code)
    demand(may_record_at(user, trip.gateway))
    lines = bus_of(trip)
    if request.method != "POST":
        return _page(request, lines, asks="ask" in request.GET)
    form = BusForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Trang đã cũ. Vui lòng tải lại trang rồi gửi lần nữa."))
        return redirect("repatriation:checkpoint_bus", code)
    data = form.cleaned_data
    wanted = data["line"]
    chosen = [line for line in lines.to_record if not wanted or line.key == wanted]
    if not chosen:
        messages.info(request, _("Mọi người trên xe đã được ghi nhận. Không có gì thay đổi."))
        return redirect("repatriation:checkpoint_bus", code)
    if not wanted and sum(line.to_record for line in chosen) != data["people"]:
        messages.warning(request, _("Danh sách vừa thay đổi. Vui lòng xem lại số người rồi ghi nhận."))
        return _page(request, lines, asks=True)
    result = run_or_flash(
        request,
        lambda: record_bus(
            chosen,
            checkpoint=trip.gateway,
            trip=trip,
            form_key=data["client_key"],
            by=user,
            rapid_test=data["rapid_test"],
        ),
        question=ON_THE_ROAD,
    )
    if result is not None:
        request.session[LAST_TEST] = data["rapid_test"]
        _flash(request, result)
    return redirect("repatriation:checkpoint_bus", code)


def _trip(user: User, code: str) -> Trip:
    trips = Trip.objects.visible_to(user, Permission.RECORD_ARRIVALS).filter(status__in=RECORDABLE)
    return get_object_or_404(trips.select_related("pickup", "gateway", "campaign"), code=code)


def _page(request: HttpRequest, lines: Bus, *, asks: bool = False) -> HttpResponse:
    user = officer_of(request)
    trip = lines.trip
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=[seat.person.pk for line in lines.lines for seat in line.board.seats],
        request=request,
        place=trip.gateway,
    )
    remembered = request.session.get(LAST_TEST, Arrival.RapidTest.NONE)
    context = {
        "bus": lines,
        "trip": trip,
        "form": BusForm(initial={"rapid_test": remembered, "people": lines.people, "client_key": uuid4()}),
        "asks": asks and bool(lines.people),
        "desk": f"{reverse('repatriation:checkpoint')}?at={trip.gateway_id}",
    }
    return render(request, "repatriation/checkpoint/bus.html", context)


def _flash(request: HttpRequest, result: BusResult) -> None:
    text = ngettext(
        "Đã ghi nhận %(people)d người của %(families)d gia đình.",
        "Đã ghi nhận %(people)d người của %(families)d gia đình.",
        result.people,
    )
    if result.recorded:
        messages.success(request, text % {"people": result.people, "families": len(result.recorded)})
    for name, sentence in result.refused:
        messages.warning(request, _("%(name)s: %(why)s") % {"name": name, "why": sentence})
