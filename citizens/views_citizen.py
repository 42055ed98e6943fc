"""Citizens without an account: prove a phone by code, see one's own things, open a secret link."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizens.forms import CodeForm, PhoneForm
from citizens.helps import all_helps
from citizens.links import LinkRefused, find_link, url_name_for
from citizens.onetime import check_code, send_code
from citizens.proving import unproved
from citizens.verified import (
    browser_of,
    forget_phone,
    phone_required,
    remember_phone,
    verified_phone,
    viewer_of,
    who_asks,
)
from citizens.views_links import refused
from citizens.views_proof import proof_address
from portal.ui import parts
from portal.ui.redirects import safe_next
from portal.ui.refusals import run_or_add_error

PURPOSE = "mine"
CARRIED_SALT = "citizens.asked"
CARRIED_SECONDS = 600
ASKED = "asked_phone"  # session: the phone to which a code went, and where to go afterwards


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """First step: which phone. A code goes out on the POST."""
    target = safe_next(request, reverse("citizens:mine"))
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["phone"]
        asker = who_asks(request, number)
        if run_or_add_error(request, form, lambda: send_code(number, PURPOSE, **asker), field="phone"):
            request.session[ASKED] = {"phone": number, "next": target}
            return redirect("citizens:phone_code")
    return render(request, "citizens/phone.html", {"form": form, "next": target, "helps": all_helps()})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def phone_code(request: HttpRequest) -> HttpResponse:
    """Second step: the code. “Gửi lại mã” sends another."""
    asked = _carried(request) or request.session.get(ASKED)
    if not asked:
        return redirect("citizens:phone")
    again = request.method == "POST" and "again" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not again else None)
    sent_again = False
    if again:
        form = CodeForm({"code": request.POST.get("code", "")})
        form.is_valid()
        form.errors.clear()  # only what was refused is said, not that no code was typed
        asker = who_asks(request, asked["phone"])
        sent_again = run_or_add_error(
            request, form, lambda: send_code(asked["phone"], PURPOSE, **asker), field="code"
        )
        form = CodeForm() if sent_again else form
    elif form.is_valid():
        typed = form.cleaned_data["code"]
        key = form.cleaned_data["client_key"]
        act = partial(check_code, asked["phone"], PURPOSE, typed, browser=browser_of(request), form_key=key)
        if run_or_add_error(request, form, act, field="code"):
            remember_phone(request, asked["phone"])
            request.session.pop(ASKED, None)
            if unproved(asked["phone"]):
                return redirect(proof_address(asked["next"]))
            return HttpResponseRedirect(asked["next"])
    context = {"form": form, "phone": asked["phone"], "sent_again": sent_again}
    context["carried"] = signing.dumps(asked, salt=CARRIED_SALT)
    return render(request, "citizens/phone_code.html", context)


def _carried(request: HttpRequest) -> Any:
    """Return what the page of the code was about: another tab may have asked since, and proving a phone begins a
    new session, while a second press still sends the old one."""
    try:
        return signing.loads(request.POST.get("asked", ""), salt=CARRIED_SALT, max_age=CARRIED_SECONDS)
    except signing.BadSignature:
        return None


@require_GET
@phone_required
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that the portal holds for this phone, each part from its app."""
    viewer = viewer_of(request)
    panels = [
        (part.template, context)
        for part in parts.citizen_panels.all()
        if (context := part.context(viewer)) is not None
    ]
    context = {"panels": panels, "viewer": viewer, "to_prove": bool(unproved(verified_phone(request)))}
    return render(request, "citizens/mine.html", context)


@login_not_required
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """On a shared phone: the next person does not see what this one saw."""
    forget_phone(request)
    return redirect("home")


@login_not_required
@require_GET
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The one address of every secret link: leads to the view of its purpose."""
    try:
        found = find_link(token)
    except LinkRefused as error:
        return refused(request, error)
    return redirect(url_name_for(found.purpose), token=token)
