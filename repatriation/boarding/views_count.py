"""The count of a trip: every person with their outcome, splitting a family, settling a boarding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.records.transitions import allowed
from portal.reporting.export import filters_in_words
from portal.reporting.workbook import sheet, workbook_response
from portal.ui.asking import Question
from portal.ui.formats import vn_datetime
from portal.ui.refusals import run_or_flash
from repatriation.boarding.count import Count, CountLine, count_of
from repatriation.boarding.forms import CountFilter, PartForm, SettleBoardingForm
from repatriation.boarding.settling import settle_boarding
from repatriation.models import Boarding, Registration, Trip
from repatriation.rules import may_plan_family, may_plan_trip
from repatriation.seats.splitting import part_absent
from repatriation.views_shared import officer_of


@require_GET
@officer(Permission.SEE_QUEUE, Permission.RECORD_ARRIVALS)
def reconciliation(request: HttpRequest, code: str) -> HttpResponse:
    """Show who was expected and who came, person by person."""
    return _page(request, _trip_of(officer_of(request), code))


def _trip_of(user: User, code: str) -> Trip:
    rows = Trip.objects.visible_to(user, Permission.SEE_QUEUE, Permission.RECORD_ARRIVALS).select_related(
        "pickup", "gateway", "campaign"
    )
    return get_object_or_404(rows, code=code)


def _page(request: HttpRequest, trip: Trip, refused: Mapping[str, PartForm] | None = None) -> HttpResponse:
    """Show the count, with each refused form (by the family's code) where it was typed."""
    user = officer_of(request)
    count = count_of(trip)
    form = CountFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {"outcome": "", "q": ""}
    lines = count.narrowed(data["outcome"], data["q"])
    if "export" in request.GET:
        return _export(request, count, lines, form)
    record_read(
        user,
        "page",
        subject_type="citizens.person",
        subject_ids=[line.person_id for line in lines],
        request=request,
        place=trip.gateway,
    )
    context = {
        "trip": trip,
        "count": count,
        "lines": lines,
        "form": form,
        "may_settle": may_plan_trip(user, trip) and allowed(trip, "reconcile"),
        "parted": _parted(user, count, refused or {}),
    }
    return render(
        request, "repatriation/boarding/reconciliation.html", context, status=422 if refused else 200
    )


def _parted(user: User, count: Count, refused: Mapping[str, PartForm]) -> list[dict[str, Any]]:
    """Return the families of which a part came: who did not, and the form that splits them, where allowed."""
    families: dict[str, list[str]] = {}
    for line in count.parted:
        families.setdefault(line.code, []).append(line.name)
    arrived = count.trip.status in {Trip.Status.ARRIVED, Trip.Status.RECONCILED}
    may_part = arrived and may_plan_trip(user, count.trip)
    return [
        {
            "code": code,
            "names": names,
            "form": (refused.get(code) or PartForm(prefix=code)) if may_part else None,
            "open": code in refused,
        }
        for code, names in families.items()
    ]


@require_POST
@officer(Permission.PLAN_TRIPS)
def part(request: HttpRequest, code: str, family: str) -> HttpResponse:
    """Split off those of the family who did not come."""
    user = officer_of(request)
    trip = _trip_of(user, code)
    row = get_object_or_404(
        Registration.objects.visible_to(user).filter(offers__trip=trip).distinct(), code=family
    )
    demand(may_plan_trip(user, trip) and may_plan_family(user, row))
    form = PartForm(request.POST, prefix=row.code)
    if not form.is_valid():
        return _page(request, trip, {row.code: form})
    new = run_or_flash(
        request,
        lambda: part_absent(trip, row, by=user, reason=form.cleaned_data["reason"]),
        question=Question(
            _("Tách người không đến của gia đình %(code)s?") % {"code": row.code},
            _("Tách người không đến"),
            lines=[_("Đã tách thì không ghép lại được.")],
            always=True,
        ),
    )
    if new is None:
        return redirect("repatriation:reconciliation", trip.code)
    text = _(
        "Đã tách người không đến thành đăng ký %(code)s và nhắn cho gia đình. "
        "Gia đình vẫn muốn về: vui lòng bấm “Đưa lại hàng chờ”."
    )
    messages.success(request, text % {"code": new.code})
    return redirect("repatriation:family", new.code)


@require_http_methods(["GET", "POST"])
@officer(Permission.PLAN_TRIPS)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person who got on and passed no checkpoint, and record where they are."""
    user = officer_of(request)
    rows = Boarding.objects.visible_to(user).standing().filter(trip__status=Trip.Status.RECONCILED)
    rows = rows.select_related(
        "person__home_commune", "registration", "trip__gateway", "trip__pickup", "settled_by"
    )
    row = get_object_or_404(rows, pk=pk)
    demand(may_plan_trip(user, row.trip))
    open_case = Boarding.objects.visible_to(user).not_arrived().filter(pk=pk).exists()
    form = SettleBoardingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if run_or_flash(
            request,
            lambda: settle_boarding(row, found=data["found"], reason=data["reason"], by=user),
            question=Question(
                _("Khép lại việc tìm %(name)s?") % {"name": row.person.full_name}, _("Khép lại"), always=True
            ),
        ):
            messages.success(request, _("Đã khép lại: %(name)s.") % {"name": row.person.full_name})
        return redirect("repatriation:boarding_settle", pk)
    record_read(
        user,
        "page",
        subject_type="citizens.person",
        subject_ids=[row.person_id],
        request=request,
        place=row.trip.gateway,
    )
    context = {"row": row, "form": form, "open_case": open_case}
    status = 422 if request.method == "POST" else 200
    return render(request, "repatriation/boarding/settle.html", context, status=status)


def _export(request: HttpRequest, count: Count, lines: list[CountLine], form: CountFilter) -> HttpResponse:
    headers = [
        _("Họ và tên"),
        _("Năm sinh"),
        _("Mã đăng ký"),
        _("Về xã, phường"),
        _("Trong bản chốt"),
        _("Lên xe lúc"),
        _("Đi thêm, lý do"),
        _("Đến lúc"),
        _("Đến chốt"),
        _("Kết quả"),
    ]
    rows = [
        (
            line.name,
            line.birth_year,
            line.code,
            line.home,
            _("có") if line.listed else "",
            vn_datetime(line.boarding.at) if line.boarding else "",
            line.boarding.reason if line.boarding else "",
            vn_datetime(line.arrival.at) if line.arrival else "",
            line.arrival.checkpoint.name if line.arrival else "",
            line.outcome_label,
        )
        for line in lines
    ]
    sums = [(label, number) for _key, label, _tone, number in count.by_outcome()]
    totals = [
        (_("Trong bản chốt"), count.listed),
        (_("Đã lên xe"), count.boarded),
        (_("Đi thêm"), count.walk_ons),
        (_("Đã đến"), count.arrived),
    ]
    return workbook_response(
        request,
        [
            sheet(_("Đối chiếu"), headers, rows),
            sheet(
                _("Tổng hợp"), [_("Kết quả"), _("Số người")], [(str(label), n) for label, n in totals + sums]
            ),
        ],
        _("Đối chiếu %(trip)s") % {"trip": count.trip.code},
        subject_type="citizens.person",
        subject_ids=[line.person_id for line in lines],
        reason=filters_in_words(form),
        place=count.trip.gateway,
    )
