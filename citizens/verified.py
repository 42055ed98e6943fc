"""A citizen who has proved a phone by code stays known for half an hour, in the session."""

from __future__ import annotations

import datetime as dt
import secrets
from functools import wraps
from typing import Any, TypedDict
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from portal.accounts.scoping import CitizenViewer
from portal.records.log import client_address
from portal.ui.typing import View

LIFETIME = dt.timedelta(minutes=30)
KEY = "verified_phone"
BROWSER = "browser"  # session: a random name of this browser, to which its one-time codes belong


class WhoAsks(TypedDict):
    """What `send_code` is told of whoever asks for a code."""

    address: str | None
    browser: str
    proved: bool


def browser_of(request: HttpRequest) -> str:
    """Return the name of this browser in its session; the first call gives it one."""
    known: str = request.session.get(BROWSER) or secrets.token_hex(16)
    if BROWSER not in request.session:
        request.session[BROWSER] = known
    return known


def who_asks(request: HttpRequest, phone: str) -> WhoAsks:
    """Return who asks for a code to this phone. A phone counts as proved until its session ends."""
    proved = (request.session.get(KEY) or {}).get("phone") == phone
    return WhoAsks(address=client_address(request), browser=browser_of(request), proved=proved)


def remember_phone(request: HttpRequest, phone: str) -> None:
    """Call after `check_code` succeeded. The session gets a new key, so that none can be planted."""
    request.session.cycle_key()
    request.session[KEY] = {"phone": phone, "until": (timezone.now() + LIFETIME).timestamp()}


def forget_phone(request: HttpRequest) -> None:
    """On a shared phone nothing of this visitor may stay: not the phone, not a finished or half-filled form."""
    request.session.flush()


def verified_phone(request: HttpRequest) -> str:
    """The proved phone as `+84…`, or an empty text."""
    known = request.session.get(KEY) or {}
    return known["phone"] if known.get("until", 0) > timezone.now().timestamp() else ""


def viewer_of(request: HttpRequest) -> CitizenViewer | None:
    """What `visible_to` takes for this visitor; None when no phone is proved."""
    phone = verified_phone(request)
    return CitizenViewer(phone=phone) if phone else None


def phone_required(view: View) -> View:
    """A citizen's view: no account, but a proved phone. Otherwise the phone is asked for first."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not verified_phone(request):
            return redirect(reverse("citizens:phone") + "?" + urlencode({"next": request.path}))
        return view(request, *args, **kwargs)

    return guarded
