"""For families whose phone was written down wrongly: what they know of themselves, a code to the right phone,
and one answer whatever was found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from citizens.forms import CodeForm
from portal.records.log import client_address
from portal.ui.forms import Birth
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.phones.actions import WrongPhone, request_correction, send_correction_code
from repatriation.phones.forms import WrongPhoneForm

FORM_METHODS = ["GET", "HEAD", "POST"]
KEY = "wrong_phone"  # session: what was told, until the code is right


@never_cache
@login_not_required
@require_http_methods(FORM_METHODS)
def wrong_phone(request: HttpRequest) -> HttpResponse:
    """Which member, and which phone is right. The code goes out on the POST."""
    form = WrongPhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = form.told()
        address = client_address(request)
        if run_or_add_error(
            request, form, lambda: send_correction_code(told, address=address), field="phone"
        ):
            request.session[KEY] = _kept(told)
            return redirect("repatriation:wrong_phone_code")
    return render(request, "repatriation/phones/wrong_phone.html", {"form": form})


@never_cache
@login_not_required
@require_http_methods(FORM_METHODS)
def code(request: HttpRequest) -> HttpResponse:
    """The six digits. Pressed twice, the second leads to the same answer."""
    kept = request.session.get(KEY)
    if not kept:
        return redirect("repatriation:wrong_phone")
    if kept.get("done"):
        return redirect("repatriation:wrong_phone_done")
    told = _told(kept)
    if request.method == "POST" and "again" in request.POST:
        return _send_again(request, told)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["code"]
        if run_or_add_error(request, form, lambda: request_correction(told, typed), field="code"):
            request.session[KEY] = {"done": True}
            return redirect("repatriation:wrong_phone_done")
    return render(request, "repatriation/phones/wrong_phone_code.html", {"form": form, "phone": told.phone})


def _send_again(request: HttpRequest, told: WrongPhone) -> HttpResponse:
    def send() -> str:
        send_correction_code(told, address=client_address(request))
        return _("Đã gửi mã. Nếu chưa thấy tin nhắn, vui lòng chờ nửa phút rồi bấm lại.")

    if text := run_or_flash(request, send):
        messages.info(request, text)
    return redirect("repatriation:wrong_phone_code")


@never_cache
@login_not_required
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """The same words whether a registration was found or not; to nobody who has not asked."""
    if not request.session.get(KEY, {}).get("done"):
        return redirect("repatriation:wrong_phone")
    return render(request, "repatriation/phones/wrong_phone_done.html")


def _kept(told: WrongPhone) -> dict[str, Any]:
    birth = str(told.birth.date or told.birth.year)
    return {"identity": told.identity, "birth": birth, "phone": told.phone, "code": told.code}


def _told(kept: dict[str, Any]) -> WrongPhone:
    text = kept["birth"]
    day = dt.date.fromisoformat(text) if "-" in text else None
    birth = Birth(day, day.year if day else int(text))
    return WrongPhone(kept["identity"], birth, kept["phone"], kept["code"])
