"""The officers' pages of screening: the list, one family, and the decisions of commune and province."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.records.log import history, record_read
from portal.records.transitions import allowed
from portal.reporting.export import export_response
from portal.ui.asking import Question
from portal.ui.pagination import paginate
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_flash
from repatriation.models import Screening
from repatriation.models.screening import DECIDABLE
from repatriation.rules import may_decide_screening, may_settle_screening
from repatriation.screening import actions
from repatriation.screening.exports import ScreeningResource
from repatriation.screening.forms import NotOursForm, QuestionForm, SettleScreeningForm
from repatriation.screening.known_here import known_here
from repatriation.screening.lookalikes import lookalikes
from repatriation.screening.seen import family_seen, is_live
from repatriation.screening.work_list import filter_of, listed, next_family, query_of
from repatriation.views_shared import officer_of

P = Permission
ROW = "row"  # the name of the tick boxes
MOST_TICKED = 200


@require_GET
@officer(P.SEE_SCREENING)
def screening_list(request: HttpRequest) -> HttpResponse:
    """List the screenings of the officer's communes by deadline; ticked ones are confirmed together."""
    user = officer_of(request)
    form = filter_of(request, user)
    rows = listed(user, form).select_related("registration__origin", "commune", "suggested", "decided_by")
    rows = rows.prefetch_related("registration__members__person")
    if "export" in request.GET:
        return export_response(
            request, ScreeningResource(user), rows.order_by("due_at", "pk"), _("Xác nhận quê"), form
        )
    page = paginate(request, rows.order_by("due_at", "pk"), per_page=50)
    mine = user.place_ids(P.DECIDE_SCREENING)
    for row in page:
        row.may_confirm = row.commune_id in mine and _can(row, "confirm")
        row.seen = family_seen(row, user)
    context = {
        "form": form,
        "page": page,
        "may_tick": any(row.may_confirm for row in page),
        "list_query": query_of(request),
    }
    return render(request, "repatriation/screening/screening_list.html", context)


def _can(row: Screening, verb: str) -> bool:
    return allowed(row, verb) and row.registration.status in DECIDABLE


@require_GET
@officer(P.SEE_SCREENING)
def screening(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one family to its commune: people, home, people known already, and the history."""
    return _page(request, _row(officer_of(request), pk))


def _page(request: HttpRequest, row: Screening, **forms: Any) -> HttpResponse:
    user = officer_of(request)
    if not is_live(row, user):
        return _answered_page(request, row, user)
    members = list(row.registration.members.select_related("person"))
    people = [member.person for member in members]
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=[person.pk for person in people],
        request=request,
        place=row.commune,
    )
    mine, province = may_decide_screening(user, row), may_settle_screening(user, row)
    shown = Person.objects.visible_to(user).filter(pk__in=[person.pk for person in people])
    context = {
        "row": row,
        "registration": row.registration,
        "members": members,
        "open_to_me": set(shown.values_list("pk", flat=True)),
        "lookalikes": lookalikes(row.registration, people, user),
        "matches": known_here(people, row.commune, user),
        "steps": _steps(row),
        **_place_in_list(request, row, user),
        "may_confirm": mine and _can(row, "confirm"),
        "may_ask": mine and _can(row, "ask"),
        "may_reject": mine and _can(row, "reject"),
        "may_settle": province and _can(row, "settle"),
        "asking": "question_form" in forms,
        "rejecting": "not_ours_form" in forms,
        "question_form": QuestionForm(prefix="ask"),
        "not_ours_form": NotOursForm(prefix="not", commune=row.commune),
        "settle_form": SettleScreeningForm(
            prefix="settle", initial={"commune": row.suggested_id or row.commune_id}
        ),
        **forms,
    }
    return render(request, "repatriation/screening/screening.html", context, status=422 if forms else 200)


def _answered_page(request: HttpRequest, row: Screening, user: User) -> HttpResponse:
    """Show the commune's answer with the family as it was then: the family belongs elsewhere now."""
    record_read(user, "page", subject=row, request=request, place=row.commune)
    context = {
        "row": row,
        "family": family_seen(row, user),
        "steps": _events(row),
        **_place_in_list(request, row, user),
    }
    return render(request, "repatriation/screening/screening_answered.html", context)


def _place_in_list(request: HttpRequest, row: Screening, user: User) -> dict[str, Any]:
    """Return the filter of the list that the family was opened from, and who comes next in it."""
    return {
        "list_query": query_of(request),
        "next_family": next_family(user, filter_of(request, user), row),
    }


def _steps(row: Screening) -> list[dict[str, Any]]:
    """Return the history of the family's screenings, oldest first, for `ui/_steps.html`."""
    steps = []
    for one in row.registration.screenings.select_related("commune").order_by("pk"):
        steps.append({"title": one.commune.name, "time": one.created_at, "state": "todo"})
        steps += _events(one)
    return steps


def _events(row: Screening) -> list[dict[str, Any]]:
    return [
        {
            "title": event.verb_label,
            "time": event.at,
            "text": " · ".join(filter(None, [event.who, event.reason])),
            "state": "done",
        }
        for event in history(row)
    ]


@require_POST
@officer(P.DECIDE_SCREENING)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that the family belongs to this commune."""
    user = officer_of(request)
    row = _mine(user, pk)
    if run_or_flash(request, lambda: actions.confirm(row, by=user)):
        messages.success(request, _("Đã xác nhận. Gia đình đi tiếp trong hàng chờ."))
    return _back(request, pk)


@require_POST
@officer(P.DECIDE_SCREENING)
def confirm_many(request: HttpRequest) -> HttpResponse:
    """Confirm the ticked families."""
    user = officer_of(request)
    ids = {pk for text in request.POST.getlist(ROW) if (pk := whole_number(text)) is not None}
    rows = list(Screening.objects.visible_to(user, P.DECIDE_SCREENING).filter(pk__in=ids)[:MOST_TICKED])
    if not rows:
        messages.error(request, _("Chưa chọn gia đình nào. Vui lòng đánh dấu rồi bấm lại."))
        return _back(request)
    result = actions.confirm_many(rows, by=user)
    if result.confirmed:
        text = ngettext("Đã xác nhận %(n)d gia đình.", "Đã xác nhận %(n)d gia đình.", result.confirmed)
        messages.success(request, text % {"n": result.confirmed})
    if result.already:
        text = ngettext(
            "%(n)d gia đình đã được người khác trả lời, hoặc đã rút đăng ký.",
            "%(n)d gia đình đã được người khác trả lời, hoặc đã rút đăng ký.",
            result.already,
        )
        messages.info(request, text % {"n": result.already})
    return _back(request)


@require_POST
@officer(P.DECIDE_SCREENING)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the family a question."""
    user = officer_of(request)
    row = _mine(user, pk)
    form = QuestionForm(request.POST, prefix="ask")
    if not form.is_valid():
        return _page(request, row, question_form=form)
    asking = Question(_("Hỏi gia đình %(code)s?") % {"code": row.registration.code}, _("Gửi câu hỏi"))
    text = form.cleaned_data["question"]
    if run_or_flash(request, lambda: actions.ask(row, by=user, question=text), question=asking):
        messages.success(request, _("Đã nhắn cho gia đình. Có trả lời, gia đình hiện lại trong danh sách."))
    return _back(request, pk)


@require_POST
@officer(P.DECIDE_SCREENING)
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject the family; the suggested commune is asked next."""
    user = officer_of(request)
    row = _mine(user, pk)
    form = NotOursForm(request.POST, prefix="not", commune=row.commune)
    if not form.is_valid():
        return _page(request, row, not_ours_form=form)
    data = form.cleaned_data
    rejected = run_or_flash(
        request,
        lambda: actions.reject(row, by=user, reason=data["reason"], suggested=data["suggested"]),
        question=Question(
            _("Gia đình %(code)s không thuộc nơi này?") % {"code": row.registration.code},
            _("Không thuộc nơi này"),
            always=True,
        ),
    )
    if rejected is not None and rejected.status == Screening.Status.DISPUTED:
        messages.success(request, _("Đã ghi nhận. Tỉnh sẽ quyết định gia đình thuộc nơi nào."))
    elif rejected is not None:
        messages.success(
            request,
            _("Đã chuyển sang %(place)s và báo cho gia đình.") % {"place": data["suggested"].name},
        )
    return _back(request, pk)


@require_POST
@officer(P.SETTLE_SCREENING)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle for the province which commune the family belongs to."""
    user = officer_of(request)
    row = _row(user, pk)
    demand(may_settle_screening(user, row))
    form = SettleScreeningForm(request.POST, prefix="settle")
    if not form.is_valid():
        return _page(request, row, settle_form=form)
    data = form.cleaned_data
    question = Question(
        _("Quyết định: gia đình %(code)s thuộc %(place)s?")
        % {"code": row.registration.code, "place": data["commune"].name},
        _("Quyết định"),
        always=True,
    )
    created = run_or_flash(request, lambda: actions.settle(row, by=user, **data), question=question)
    if created is not None:
        messages.success(request, _("Đã quyết định: %(place)s.") % {"place": created.commune.name})
    return _back(request, created.pk if created else pk)


def _row(user: User, pk: int) -> Screening:
    rows = Screening.objects.visible_to(user).select_related(
        "registration__campaign",
        "registration__origin",
        "registration__home_commune",
        "commune",
        "suggested",
        "decided_by",
    )
    return get_object_or_404(rows, pk=pk)


def _mine(user: User, pk: int) -> Screening:
    row = _row(user, pk)
    demand(may_decide_screening(user, row))
    return row


def _back(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Redirect to the list that had the button, else to the family's page, which leads on in its list."""
    if pk is None:
        return redirect_next(request, "repatriation:screening_list")
    return redirect_next(request, reverse("repatriation:screening", args=[pk]) + query_of(request))
