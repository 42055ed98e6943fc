"""The count of a trip: every person, what became of them, and the press that settles it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.records.transitions import allowed
from portal.reporting.export import filters_as_text
from portal.reporting.workbook import sheet, workbook_response
from portal.ui.formats import vn_datetime
from repatriation.forms_manifest import CountFilter
from repatriation.models import Trip
from repatriation.reconciliation import Count, Line, count_of
from repatriation.rules import may_plan_trip
from repatriation.views_officer.common import officer_of


@require_GET
@officer(Permission.SEE_QUEUE, Permission.RECORD_ARRIVALS)
def reconciliation(request: HttpRequest, code: str) -> HttpResponse:
    """Expected and come, person by person."""
    user = officer_of(request)
    rows = Trip.objects.visible_to(user).select_related("pickup", "gateway", "campaign")
    trip = get_object_or_404(rows, code=code)
    count = count_of(trip)
    form = CountFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {"outcome": "", "q": ""}
    lines = count.narrowed(data["outcome"], data["q"])
    if "export" in request.GET:
        return _export(request, count, lines)
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
    }
    return render(request, "repatriation/officer/reconciliation.html", context)


def _export(request: HttpRequest, count: Count, lines: list[Line]) -> HttpResponse:
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
        f"reconciliation-{count.trip.code}",
        subject_type="citizens.person",
        subject_ids=[line.person_id for line in lines],
        reason=filters_as_text(request),
        place=count.trip.gateway,
    )
