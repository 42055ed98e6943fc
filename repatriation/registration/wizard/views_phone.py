"""The pages of the family's phone and of the code that proves it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citizens.forms import CodeForm
from citizens.onetime import check_code, send_code
from citizens.phones import display
from citizens.verified import browser_of, remember_phone, verified_phone, who_asks
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.registration.drafts import Draft
from repatriation.registration.wizard import steps
from repatriation.registration.wizard.forms import FamilyPhoneForm
from repatriation.registration.wizard.papers import Paper
from repatriation.registration.wizard.session import SAVING, carried, with_draft
from repatriation.registration.wizard.views import FORM_METHODS, LATER

PURPOSE = "registration"
PHONE = steps.BY_QUESTION["phone"]


@require_http_methods(FORM_METHODS)
@with_draft
def phone(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Ask for the phone. A phone proved in this session needs no second code."""
    if not _may_open(request, paper):
        return redirect(paper.first_missing())
    data = request.POST if request.method == "POST" else None
    form = FamilyPhoneForm(data, draft=paper.draft, campaign=paper.campaign)
    if LATER in request.POST:
        paper.save(form.partial_change())
        return redirect("repatriation:register_later")
    if form.is_valid():
        number = form.cleaned_data["phone"]
        draft = paper.save(form.change())
        if verified_phone(request) == number and not draft.phone_confirmed:
            draft = _confirm(paper, number)
        if draft.phone_confirmed:
            return redirect(_after(request, paper))
        asker = who_asks(request, number)
        if run_or_add_error(request, form, lambda: send_code(number, PURPOSE, **asker), field="phone"):
            return redirect("repatriation:register_code")
    return render(request, PHONE.template, _page(request, paper, form=form))


@require_http_methods(FORM_METHODS)
@with_draft
def code(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Ask for the six digits. "Gửi lại mã" sends a new code, at most one in half a minute."""
    draft = paper.draft
    if not draft.phone or not _may_open(request, paper):
        return redirect(paper.first_missing())
    if draft.phone_confirmed:
        return redirect(_after(request, paper))
    if request.method == "POST" and "again" in request.POST:
        return _send_again(request, draft.phone)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        number, typed = draft.phone, form.cleaned_data["code"]
        key = form.cleaned_data["client_key"]
        act = partial(check_code, number, PURPOSE, typed, browser=browser_of(request), form_key=key)
        if run_or_add_error(request, form, act, field="code"):
            remember_phone(request, number)
            _confirm(paper, number)
            return redirect(_after(request, paper))
    context = _page(
        request, paper, form=form, phone=display(draft.phone), carried=carried(paper.registration)
    )
    context["back_url"] = paper.of_step(PHONE)
    return render(request, "repatriation/registration/code.html", context)


def _may_open(request: HttpRequest, paper: Paper) -> bool:
    """Return whether the page may be opened: in its turn, or earlier to save the draft."""
    return paper.may_open(PHONE) or SAVING in request.session


def _page(request: HttpRequest, paper: Paper, **context: object) -> dict[str, object]:
    """Return the page's context. Opened to save the draft, the page shows no step number."""
    page = paper.page(PHONE, **context)
    return page | {"step": None, "steps_total": None} if SAVING in request.session else page


def _after(request: HttpRequest, paper: Paper) -> str:
    saving = request.session.pop(SAVING, False)
    return paper.address("later") if saving else paper.after(PHONE)


def _send_again(request: HttpRequest, number: str) -> HttpResponse:
    def send() -> tuple[int, str]:
        if send_code(number, PURPOSE, **who_asks(request, number)):
            return messages.SUCCESS, _("Đã gửi mã mới. Mã cũ không dùng được nữa.")
        return messages.INFO, _("Mã vừa được gửi. Vui lòng chờ nửa phút rồi bấm lại.")

    if flash := run_or_flash(request, send):
        messages.add_message(request, *flash)
    return redirect("repatriation:register_code")


def _confirm(paper: Paper, number: str) -> Draft:
    now = timezone.now().isoformat()
    return paper.save(lambda draft: replace(draft, phone_confirmed=now) if draft.phone == number else draft)
