"""Pages of a hotline operator: where a caller's family stands, and actions for it on the caller's word.

A family is found by a whole code or number alone, and the log has each look-up with its reason. The operator
can act only for a family that they have just looked up; these pages return 404 for any other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.records.transitions import allowed
from portal.ui.asking import Question
from portal.ui.refusals import run_or_flash
from repatriation.family.forms import SpokenReasonForm
from repatriation.family.timeline import steps_of
from repatriation.hotline import callers as acts
from repatriation.hotline.forms import CallerForm, CallerPhoneForm
from repatriation.hotline.lookup import Call, call_about, find_for_caller
from repatriation.hotline.views_entries import send_link_of
from repatriation.models import Offer, Registration, Trip
from repatriation.models.registration import Status
from repatriation.phones.actions import NOT_CORRECTABLE
from repatriation.queue.positions import reason_sentence
from repatriation.queue.standing import standing
from repatriation.screening.forms import AnswerForm
from repatriation.screening.words import last_screening
from repatriation.views_shared import officer_of

Forms = dict[str, forms.Form]
CallerView = Callable[[HttpRequest, Registration], HttpResponse | None]
FORM_METHODS = ["GET", "HEAD", "POST"]
BEFORE_LEAVING = frozenset({Trip.Status.PLANNED, Trip.Status.OPEN, Trip.Status.CLOSED})


@require_http_methods(FORM_METHODS)
@officer(Permission.ANSWER_CALLERS)
def callers(request: HttpRequest) -> HttpResponse:
    """Look a caller up; a POST, because it writes the log with the reason."""
    form = CallerForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        data = form.cleaned_data
        user = officer_of(request)
        result = run_or_flash(
            request, lambda: find_for_caller(user, data["q"], reason=data["reason"], request=request)
        )
        if result is None:
            return render(request, "repatriation/hotline/callers.html", context, status=429)
        context["found"] = result
        if len(result.families) == 1:
            context |= _family_context(result.families[0].registration)
    status = 422 if form.errors else 200
    return render(request, "repatriation/hotline/callers.html", context, status=status)


@require_GET
@officer(Permission.ANSWER_CALLERS)
def caller(request: HttpRequest, code: str) -> HttpResponse:
    """Show one family that was looked up, also after an action for it."""
    return _page(request, _call(request, code))


def _call(request: HttpRequest, code: str) -> Call:
    call = call_about(officer_of(request), code)
    if call is None:
        raise Http404
    return call


def _page(request: HttpRequest, call: Call, refused: Forms | None = None) -> HttpResponse:
    user, row = officer_of(request), call.registration
    record_read(
        user,
        "page",
        subject=row,
        reason=call.reason,
        request=request,
        place=user.place_of(Permission.ANSWER_CALLERS),
    )
    context = {"form": CallerForm(), **_family_context(row, refused)}
    return render(request, "repatriation/hotline/callers.html", context, status=422 if refused else 200)


def _family_context(row: Registration | None, refused: Forms | None = None) -> dict[str, Any]:
    """Return what the operator reads out, and what the family may do now, each with its form."""
    assert row is not None
    offer, screening = acts.last_offer(row), last_screening(row)
    members = list(row.members.all())
    return {
        "row": row,
        "head": row.head,
        "members": members,
        "offer": offer if offer is not None and offer.status in Offer.LIVE else None,
        "standing": standing(row),
        "why": reason_sentence(row),
        "steps": steps_of(row, offer, screening),
        "question": screening if screening is not None and screening.awaits_answer and row.is_live else None,
        "refused": refused or {},
        **_possible(row, offer),
        **_forms(row, refused or {}),
    }


def _possible(row: Registration, offer: Offer | None) -> dict[str, bool]:
    live = offer is not None and offer.status in Offer.LIVE and offer.trip.status in BEFORE_LEAVING
    asked = offer is not None and offer.status == Offer.Status.OFFERED
    late = asked and offer is not None and offer.deadline <= timezone.now()
    return {
        "is_late": late,
        "may_take_seats": live and asked and not late,
        "may_give_up": live and not late,
        "may_come_again": row.status in {Status.NO_SHOW, Status.DECLINED},
        "may_leave": row.status == Status.WAITING and allowed(row, "withdraw"),
        "may_change_phone": row.status not in NOT_CORRECTABLE,
    }


def _forms(row: Registration, refused: Forms) -> Forms:
    fresh: Forms = {
        "answer": AnswerForm(prefix="answer"),
        "leave": SpokenReasonForm(prefix="leave"),
        "phone": CallerPhoneForm(prefix="phone", members=row.members.all()),
    }
    return {f"{name}_form": refused.get(name, form) for name, form in fresh.items()}


# Actions on the caller's word


def on_the_phone(view: CallerView) -> Callable[..., HttpResponse]:
    """Make a view a POST about a family that this operator has looked up; the view's answer, or a redirect
    to the family where it has none."""

    @require_POST
    @officer(Permission.ANSWER_CALLERS)
    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        return view(request, _call(request, code).registration) or redirect("repatriation:caller", code)

    return opened


def _run(request: HttpRequest, row: Registration, act: Callable[[], object], title: str, button: str) -> None:
    """Run the action once the operator has read out what it does, and flash the family's status after it."""
    if run_or_flash(request, act, question=Question(title % {"code": row.code}, button)) is None:
        return
    row.refresh_from_db(fields=["status"])
    messages.success(
        request,
        _("Đã ghi theo lời người gọi và nhắn cho gia đình. Hiện nay: %(status)s.")
        % {"status": row.get_status_display()},
    )


def _refused(request: HttpRequest, row: Registration, name: str, form: forms.Form) -> HttpResponse:
    return _page(request, _call(request, row.code), {name: form})


@on_the_phone
def caller_link(request: HttpRequest, row: Registration) -> None:
    """Send the link to the family's own phone again."""
    send_link_of(request, row)


@on_the_phone
def caller_confirm(request: HttpRequest, row: Registration) -> None:
    _run(
        request,
        row,
        lambda: acts.confirm_seats(row, by=officer_of(request)),
        _("Gia đình %(code)s nhận chỗ?"),
        _("Ghi: gia đình nhận chỗ"),
    )


@on_the_phone
def caller_decline(request: HttpRequest, row: Registration) -> None:
    """Decline this trip: the family waits for the next one, or leaves the queue."""
    then = request.POST.get("then")
    if then not in {"wait", "leave"}:
        messages.error(request, _("Vui lòng hỏi người gọi: chờ chuyến sau, hay không về nữa?"))
        return
    _run(
        request,
        row,
        lambda: acts.give_up_seats(row, by=officer_of(request), back_to_queue=then == "wait"),
        _("Gia đình %(code)s không đi chuyến này?"),
        _("Ghi: chờ chuyến sau") if then == "wait" else _("Ghi: không về nữa"),
    )


@on_the_phone
def caller_requeue(request: HttpRequest, row: Registration) -> None:
    """Put a family that did not come, or declined, back into the queue."""
    _run(
        request,
        row,
        lambda: acts.come_again(row, by=officer_of(request)),
        _("Đưa %(code)s trở lại hàng chờ?"),
        _("Đưa lại hàng chờ"),
    )


@on_the_phone
def caller_withdraw(request: HttpRequest, row: Registration) -> HttpResponse | None:
    form = SpokenReasonForm(request.POST, prefix="leave")
    if not form.is_valid():
        return _refused(request, row, "leave", form)
    _run(
        request,
        row,
        lambda: acts.leave(row, by=officer_of(request), reason=form.cleaned_data["reason"]),
        _("Rút đăng ký %(code)s?"),
        _("Rút đăng ký"),
    )
    return None


@on_the_phone
def caller_answer(request: HttpRequest, row: Registration) -> HttpResponse | None:
    """Record the family's answer to its commune's question."""
    form = AnswerForm(request.POST, prefix="answer")
    if not form.is_valid():
        return _refused(request, row, "answer", form)
    text = form.cleaned_data["answer"]
    if run_or_flash(request, lambda: acts.answer_commune(row, by=officer_of(request), text=text)):
        messages.success(request, _("Đã gửi câu trả lời cho xã, phường."))
    return None


@on_the_phone
def caller_phone(request: HttpRequest, row: Registration) -> HttpResponse | None:
    """Ask the home commune for another phone."""
    form = CallerPhoneForm(request.POST, prefix="phone", members=row.members.all())
    if not form.is_valid():
        return _refused(request, row, "phone", form)
    question = Question(_("Gửi yêu cầu đổi số của %(code)s?") % {"code": row.code}, _("Gửi yêu cầu"))
    if run_or_flash(
        request,
        lambda: acts.ask_for_phone(row, by=officer_of(request), **form.values()),
        question=question,
    ):
        messages.success(
            request, _("Đã gửi yêu cầu đổi số tới xã, phường ở quê. Xã, phường kiểm tra rồi mới đổi.")
        )
    return None
