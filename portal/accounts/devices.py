"""Browsers in which an officer has signed in before. Each has an allowance of its own to mistype a password, so a
stranger who guesses at the account elsewhere does not shut its owner out."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

COOKIE, SALT = "officer_browser", "portal.accounts.devices"
LASTS = 180 * 24 * 3600  # seconds
MOST = 6  # officers of one shared computer


def name_key(username: str) -> str:
    """Return what stands for a name in cookies and counts, which hold no names."""
    return salted_hmac(SALT, username).hexdigest()[:24]


def device_of(request: HttpRequest, username: str) -> str:
    """Return the token of this browser for the officer of that name; empty where they never signed in."""
    return _known(request).get(name_key(username), "")


def remember_device(request: HttpRequest, response: HttpResponse, username: str) -> None:
    known = _known(request)
    token = known.pop(name_key(username), "") or secrets.token_urlsafe(12)
    kept = dict([*known.items(), (name_key(username), token)][-MOST:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=LASTS,
        path=reverse("accounts:sign_in"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}
    return known if isinstance(known, dict) else {}
