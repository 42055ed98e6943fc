"""The key under which a device keeps lists for work without a line. It lives and dies with the sign-in.

It lies in a cookie that the page's script can read, beside the session's own cookie: with the same life, taken away by
the same sign-out, made anew at each sign-in. What a device stores by it is unreadable afterwards, also for the next
officer, and also for the same one after signing in again. Whoever could read this cookie could open the portal itself.
See docs/decisions/0031-entries-sealed-on-the-device.md.
"""

from __future__ import annotations

import base64

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE, PATH, SALT = "offline_key", "/officer/", "portal.accounts.device_key"


def give_device_key(request: HttpRequest, response: HttpResponse) -> None:
    """Hand the key of this sign-in to the browser. Needs a session."""
    key = salted_hmac(SALT, request.session.session_key or "", algorithm="sha256").digest()
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(key).decode().rstrip("="),
        max_age=request.session.get_expiry_age(),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=False,  # the script encrypts with it
        samesite="Strict",
    )


def take_device_key(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
