"""Pages for families whose phone was written down wrongly: the request, a code to the right phone, and one
answer whether or not a registration matched."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from citizens.forms import CodeForm
from citizens.verified import browser_of, who_asks
from portal.ui.forms import Birth
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.phones.actions import WrongPhone, request_correction, send_correction_code
from repatriation.phones.forms import WrongPhoneForm

FORM_METHODS = ["GET", "HEAD", "POST"]
KEY = "wrong_phone"  # session: the claim, until the code is right


@never_cache
@login_not_required
@require_http_methods(FORM_METHODS)
def wrong_phone(request: HttpRequest) -> HttpResponse:
    """Ask for a member and the right phone; the POST sends the code."""
    form = WrongPhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        claim = form.claim()
        asker = who_asks(request, claim.phone)
        if run_or_add_error(request, form, lambda: send_correction_code(claim, **asker), field="phone"):
            request.session[KEY] = _to_session(claim)
            return redirect("repatriation:wrong_phone_code")
    return render(request, "repatriation/phones/wrong_phone.html", {"form": form})


@never_cache
@login_not_required
@require_http_methods(FORM_METHODS)
def code(request: HttpRequest) -> HttpResponse:
    """Check the six digits and send the request. A second press leads to the same answer."""
    saved = request.session.get(KEY)
    if not saved:
        return redirect("repatriation:wrong_phone")
    if saved.get("done"):
        return redirect("repatriation:wrong_phone_done")
    claim = _from_session(saved)
    if request.method == "POST" and "again" in request.POST:
        return _send_again(request, claim)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["code"]
        key = form.cleaned_data["client_key"]
        act = partial(request_correction, claim, typed, browser=browser_of(request), form_key=key)
        if run_or_add_error(request, form, act, field="code"):
            request.session[KEY] = {"done": True}
            return redirect("repatriation:wrong_phone_done")
    return render(request, "repatriation/phones/wrong_phone_code.html", {"form": form, "phone": claim.phone})


def _send_again(request: HttpRequest, claim: WrongPhone) -> HttpResponse:
    def send() -> str:
        send_correction_code(claim, **who_asks(request, claim.phone))
        return _("Đã gửi mã. Nếu chưa thấy tin nhắn, vui lòng chờ nửa phút rồi bấm lại.")

    if text := run_or_flash(request, send):
        messages.info(request, text)
    return redirect("repatriation:wrong_phone_code")


@never_cache
@login_not_required
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Show one text whether or not a registration matched; only to somebody who has sent a request."""
    if not request.session.get(KEY, {}).get("done"):
        return redirect("repatriation:wrong_phone")
    return render(request, "repatriation/phones/wrong_phone_done.html")


def _to_session(claim: WrongPhone) -> dict[str, Any]:
    birth = str(claim.birth.date or claim.birth.year)
    return {"identity": claim.identity, "birth": birth, "phone": claim.phone, "code": claim.code}


def _from_session(saved: dict[str, Any]) -> WrongPhone:
    text = saved["birth"]
    day = dt.date.fromisoformat(text) if "-" in text else None
    birth = Birth(day, day.year if day else int(text))
    return WrongPhone(saved["identity"], birth, saved["phone"], saved["code"])
