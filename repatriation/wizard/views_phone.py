"""The family's phone, and the code that proves it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citizens.forms import CodeForm
from citizens.onetime import CodeRefused, check_code, send_code
from citizens.verified import remember_phone, verified_phone
from portal.records.log import client_address
from repatriation.actions.registration import save_draft
from repatriation.drafts import Draft
from repatriation.models import Registration
from repatriation.wizard import steps
from repatriation.wizard.forms import FamilyPhoneForm
from repatriation.wizard.session import carried, with_draft
from repatriation.wizard.views import FORM_METHODS

PURPOSE = "registration"
PHONE = steps.BY_QUESTION["phone"]


@require_http_methods(FORM_METHODS)
@with_draft
def phone(request: HttpRequest, registration: Registration, draft: Draft) -> HttpResponse:
    """Which number. A number proved in this visit already needs no second code."""
    if not steps.may_open(PHONE, draft):
        return redirect(steps.first_missing(draft).url)
    data = request.POST if request.method == "POST" else None
    form = FamilyPhoneForm(data, draft=draft, campaign=registration.campaign)
    if form.is_valid():
        number = form.cleaned_data["phone"]
        draft = save_draft(registration, form.change())
        if verified_phone(request) == number and not draft.phone_confirmed:
            draft = _confirm(registration, number)
        if draft.phone_confirmed:
            return redirect(steps.after(PHONE, draft))
        try:
            send_code(number, PURPOSE, address=client_address(request))
        except CodeRefused as refusal:
            form.add_error("phone", str(refusal))
        else:
            return redirect("repatriation:register_code")
    return render(request, PHONE.template, steps.page(PHONE, form=form))


@require_http_methods(FORM_METHODS)
@with_draft
def code(request: HttpRequest, registration: Registration, draft: Draft) -> HttpResponse:
    """The six digits. "Gửi lại mã" sends others, at most one in half a minute."""
    if not draft.phone or not steps.may_open(PHONE, draft):
        return redirect(steps.first_missing(draft).url)
    if draft.phone_confirmed:
        return redirect(steps.after(PHONE, draft))
    if request.method == "POST" and "again" in request.POST:
        return _send_again(request, draft.phone)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            check_code(draft.phone, PURPOSE, form.cleaned_data["code"])
        except CodeRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            remember_phone(request, draft.phone)
            return redirect(steps.after(PHONE, _confirm(registration, draft.phone)))
    context = steps.page(PHONE, form=form, phone=draft.phone) | {"back_url": PHONE.url}
    context["carried"] = carried(registration)
    return render(request, "repatriation/citizen/code.html", context)


def _send_again(request: HttpRequest, number: str) -> HttpResponse:
    try:
        sent = send_code(number, PURPOSE, address=client_address(request))
    except CodeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        if sent is not None:
            messages.success(request, _("Đã gửi mã mới. Mã cũ không dùng được nữa."))
        else:
            messages.info(request, _("Mã vừa được gửi. Vui lòng chờ nửa phút rồi bấm lại."))
    return redirect("repatriation:register_code")


def _confirm(registration: Registration, number: str) -> Draft:
    now = timezone.now().isoformat()
    return save_draft(
        registration, lambda draft: replace(draft, phone_confirmed=now) if draft.phone == number else draft
    )
