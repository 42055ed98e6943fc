"""What the province does with handovers: send people on, open an answer again, record who left by another way."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.reporting.export import export_response
from portal.ui.asking import Question
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.forms import ReasonForm
from repatriation.handover import excepting, routing, undoing
from repatriation.handover.exports import ExceptionResource
from repatriation.handover.fetching import back, mine_to_route, party_of
from repatriation.handover.forms import ExceptionFilter, ExceptionForm, RerouteForm
from repatriation.handover.views import party_page
from repatriation.handover.words import acceptance_lines
from repatriation.models import Handover, HandoverException
from repatriation.views_shared import officer_of

ROUTABLE = frozenset({Handover.Status.SENT, Handover.Status.REFUSED})


@require_POST
@officer(Permission.ROUTE_HANDOVERS)
def reroute(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send the party on, or again to the same place."""
    user = officer_of(request)
    mine = mine_to_route(user, key)
    mine = [row for row in mine if row.status in ROUTABLE] or mine
    form = RerouteForm(request.POST, prefix="reroute")
    if not form.is_valid():
        return party_page(request, party_of(user, key), reroute_form=form)
    to_place = form.cleaned_data["to_place"]
    question = Question(
        _("Chuyển %(name)s đến %(place)s?") % {"name": mine[0].person.full_name, "place": to_place.name},
        _("Chuyển và báo"),
        lines=acceptance_lines(user, [mine]),
        always=True,
    )
    done = run_or_add_error(
        request,
        form,
        lambda: routing.reroute(mine, to_place=to_place, by=user, reason=form.cleaned_data["reason"]),
        question=question,
    )
    if not done:
        return party_page(request, party_of(user, key), reroute_form=form)
    messages.success(request, _("Đã chuyển đến %(place)s và báo cho gia đình.") % {"place": to_place.name})
    return back(request, key)


@require_POST
@officer(Permission.ROUTE_HANDOVERS)
def correct(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open a commune's answer again, with a reason."""
    user = officer_of(request)
    mine = mine_to_route(user, key)
    answered = [row for row in mine if row.status in undoing.VERBS] or mine
    form = ReasonForm(request.POST, prefix="correct")
    if not form.is_valid():
        return party_page(request, party_of(user, key), correct_form=form)
    question = Question(
        _("Mở lại câu trả lời về %(name)s?") % {"name": mine[0].person.full_name},
        _("Mở lại và báo"),
        lines=[_("Gia đình trở lại trạng thái chờ tiếp nhận, nơi gửi lo cho họ trong lúc chờ.")],
        always=True,
    )
    reason = form.cleaned_data["reason"]
    if not run_or_add_error(
        request, form, lambda: undoing.correct(answered, by=user, reason=reason), question=question
    ):
        return party_page(request, party_of(user, key), correct_form=form)
    messages.success(request, _("Đã mở lại. Gia đình đang chờ tiếp nhận."))
    return back(request, key)


@require_POST
@officer(Permission.ROUTE_HANDOVERS)
def record_exception(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record that people of the party left by another way."""
    user = officer_of(request)
    mine = mine_to_route(user, key)
    form = ExceptionForm(request.POST, prefix="except", people=[row.person for row in mine])
    if not form.is_valid():
        return party_page(request, party_of(user, key), except_form=form)
    rows = [row for row in mine if row.person_id in form.chosen()]
    names = ", ".join(row.person.full_name for row in rows)
    question = Question(
        _("Ghi %(names)s là trường hợp riêng?") % {"names": names},
        _("Ghi và báo hai nơi"),
        lines=[
            _("Không xã nào phải tiếp nhận nữa, không còn hạn nào chạy; tỉnh phụ trách từ lúc này."),
            _("Quyết định cách ly còn hiệu lực sẽ được hủy."),
        ],
        always=True,
        is_grave=True,
    )
    if not run_or_add_error(
        request,
        form,
        lambda: excepting.record_exception(rows, by=user, **form.values()),
        question=question,
    ):
        return party_page(request, party_of(user, key), except_form=form)
    messages.success(request, _("Đã ghi trường hợp riêng: %(names)s.") % {"names": names})
    return redirect("repatriation:handover_exceptions")


@require_GET
@officer(Permission.SEE_HANDOVERS)
def exceptions(request: HttpRequest) -> HttpResponse:
    """List who left by another way, the newest first."""
    user = officer_of(request)
    form = ExceptionFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = HandoverException.objects.visible_to(user).standing().named(filters.get("q", ""))
    if filters.get("kind"):
        rows = rows.filter(kind=filters["kind"])
    rows = rows.select_related("person", "left_from", "place", "recorded_by", "handover")
    if "export" in request.GET:
        return export_response(request, ExceptionResource(), rows, _("Trường hợp riêng"), form)
    page = paginate(request, rows)
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=[row.person_id for row in page.rows],
        request=request,
        place=user.main_place,
    )
    mine = user.place_ids(Permission.ROUTE_HANDOVERS)
    for row in page.rows:
        row.may_end = row.place_id in mine
    return render(request, "repatriation/handover/exceptions.html", {"form": form, "page": page})


@require_POST
@officer(Permission.ROUTE_HANDOVERS)
def end_exception(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an exception back: the place that answered before answers again."""
    user = officer_of(request)
    rows = HandoverException.objects.visible_to(user)
    row = get_object_or_404(rows.select_related("person", "place", "handover__to_place", "left_from"), pk=pk)
    demand(user.may(Permission.ROUTE_HANDOVERS, row.place))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Vui lòng ghi lý do."))
        return redirect("repatriation:handover_exceptions")
    question = Question(
        _("Bỏ ghi trường hợp riêng của %(name)s?") % {"name": row.person.full_name},
        _("Bỏ ghi và báo"),
        lines=[_("%(place)s lại phụ trách người này.") % {"place": row.left_from.name}],
        always=True,
    )
    reason = form.cleaned_data["reason"]
    if run_or_flash(request, lambda: excepting.end_exception(row, by=user, reason=reason), question=question):
        messages.success(request, _("Đã bỏ ghi trường hợp riêng của %(name)s.") % {"name": row.person})
    return redirect("repatriation:handover_exceptions")
