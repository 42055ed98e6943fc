"""Pages about requests for another phone: a commune's list, what to check, and the decision."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.reporting.export import export_response
from portal.ui.asking import Question
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.models import PhoneCorrection
from repatriation.phones import actions as phones
from repatriation.phones.exports import PhoneCorrectionResource
from repatriation.phones.forms import (
    PhoneCheckedForm,
    PhoneCorrectionFilter,
    PhoneRefusalForm,
    PhoneRevealForm,
)
from repatriation.rules import may_decide_phone
from repatriation.views_shared import communes_of, officer_of

P = Permission
ROWS = ("registration__home_commune", "person", "decided_by", "asked_by")


@require_GET
@officer(P.SEE_PEOPLE)
def correction_list(request: HttpRequest) -> HttpResponse:
    """List the requests for another phone, the longest waiting first."""
    user = officer_of(request)
    form = PhoneCorrectionFilter(request.GET, communes=communes_of(user, P.SEE_PEOPLE))
    filters = form.cleaned_data if form.is_valid() else {}
    rows = PhoneCorrection.objects.visible_to(user).named(filters.get("q", ""))
    status = filters.get("status") or PhoneCorrection.Status.REQUESTED
    if status != "all":
        rows = rows.filter(status=status)
    if filters.get("commune"):
        rows = rows.filter(registration__home_commune=filters["commune"])
    rows = rows.select_related(*ROWS).order_by("requested_at", "pk")
    if "export" in request.GET:
        return export_response(request, PhoneCorrectionResource(), rows, _("Yêu cầu đổi số điện thoại"), form)
    context = {"form": form, "page": paginate(request, rows)}
    return render(request, "repatriation/phones/phone_list.html", context)


@require_GET
@officer(P.SEE_PEOPLE)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request, with what to check before the decision."""
    return _page(request, _row(officer_of(request), pk))


def _page(
    request: HttpRequest,
    row: PhoneCorrection,
    refused: dict[str, forms.Form] | None = None,
    *,
    shown: bool = False,
) -> HttpResponse:
    """Render a request. `refused` has the invalid form by its name; `shown` shows the full numbers once."""
    user = officer_of(request)
    bound = refused or {}
    others = PhoneCorrection.objects.visible_to(user).filter(registration=row.registration)
    members = list(row.registration.members.select_related("person"))
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=[member.person_id for member in members],
        request=request,
        place=row.registration.home_commune,
    )
    context: dict[str, Any] = {
        "row": row,
        "registration": row.registration,
        "members": members,
        "others": others.exclude(pk=row.pk).select_related(*ROWS).order_by("requested_at", "pk"),
        "may_decide": row.is_open and may_decide_phone(user, row),
        "is_current": row.registration.phone == row.old_phone,
        "shown": shown,
        "refused": bound,
        "checked_form": bound.get("confirm") or PhoneCheckedForm(prefix="confirm"),
        "refusal_form": bound.get("refuse") or PhoneRefusalForm(prefix="refuse"),
        "reveal_form": bound.get("reveal") or PhoneRevealForm(prefix="reveal"),
    }
    return render(request, "repatriation/phones/phone.html", context, status=422 if bound else 200)


@require_POST
@officer(P.EDIT_PEOPLE)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the numbers of a request in full, once, so that the commune can call; log the reason."""
    user = officer_of(request)
    row = _row(user, pk)
    demand(may_decide_phone(user, row))
    form = PhoneRevealForm(request.POST, prefix="reveal")
    if not form.is_valid():
        return _page(request, row, {"reveal": form})
    place, reason = row.registration.home_commune, form.cleaned_data["reason"]
    record_read(user, "reveal", subject=row, reason=reason, request=request, place=place)
    return _page(request, row, shown=True)


@require_POST
@officer(P.EDIT_PEOPLE)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the request, with how it was checked: messages go to the new phone from now on."""
    user = officer_of(request)
    row = _row(user, pk)
    demand(may_decide_phone(user, row))
    form = PhoneCheckedForm(request.POST, prefix="confirm")
    if not form.is_valid():
        return _page(request, row, {"confirm": form})
    checked = form.cleaned_data["checked"]
    question = Question(
        _("Đổi số của gia đình %(code)s?") % {"code": row.registration.code},
        _("Đổi số"),
        lines=[_("Đường dẫn gửi tới số cũ không dùng được nữa.")],
        always=True,
    )
    act = partial(phones.confirm_correction, row, by=user, checked=checked)
    if run_or_flash(request, act, question=question) is not None:
        messages.success(request, _("Đã đổi số. Đường dẫn cũ không dùng được nữa, hai số đều được nhắn tin."))
    return redirect("repatriation:phone_correction", pk)


@require_POST
@officer(P.EDIT_PEOPLE)
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse the request: the phone stays, and the reason goes to the new one."""
    user = officer_of(request)
    row = _row(user, pk)
    demand(may_decide_phone(user, row))
    form = PhoneRefusalForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return _page(request, row, {"refuse": form})
    reason = form.cleaned_data["reason"]
    question = Question(
        _("Từ chối đổi số của gia đình %(code)s?") % {"code": row.registration.code}, _("Từ chối")
    )
    act = partial(phones.refuse_correction, row, by=user, reason=reason)
    if run_or_flash(request, act, question=question) is not None:
        messages.success(request, _("Đã từ chối. Số mới được nhắn lý do."))
    return redirect("repatriation:phone_correction", pk)


def _row(user: User, pk: int) -> PhoneCorrection:
    rows = PhoneCorrection.objects.visible_to(user).select_related(*ROWS, "registration__campaign")
    row: PhoneCorrection = get_object_or_404(rows, pk=pk)
    return row
