"""Headers and references of every answer."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from portal.ui.unwritable import cannot_write
from portal.ui.views_errors import method_not_allowed, too_large

OFFICERS = "/officer/"  # where every page for officers stands
GetResponse = Callable[[HttpRequest], HttpResponseBase]
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that sound or look alike when read out on the phone

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()"

logger = logging.getLogger("portal.errors")


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's sessions; a page that was asked for is also shown when its session cannot be written.

    What is lost is that a message was shown: it is shown again. An answer to a form is not given without its session.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (
            DatabaseError,
            SessionInterrupted,
        ) as error:  # Django takes a refused write for a session that is gone
            if not cannot_write(error):
                raise
            if request.method not in {"GET", "HEAD"}:
                raise DatabaseError("the session could not be written") from error
            logger.warning("The session of a page that was asked for could not be written.")
            return response


class LanguageMiddleware:
    """The page's language is the one that the reader chose, else the portal's own.

    The browser's wish is left aside: many phones sold here are set to English and read by people who are not.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


REFERENCE = "reference"  # where a request carries its number


class ReferenceMiddleware:
    """Give each request a short number that an error page shows and the log keeps.

    Also turns the empty answer to a wrong method (405) into a page that says what to do.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        text = "".join(secrets.choice(LETTERS) for _ in range(8))
        reference = f"{text[:4]}-{text[4:]}"
        setattr(request, REFERENCE, reference)
        response = self.get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponse) and not response.content:
            with translation.override(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)):
                response.content = method_not_allowed(request).content
            response["Content-Type"] = "text/html; charset=utf-8"
            response["Content-Length"] = str(len(response.content))  # set to 0 further in
        response["X-Reference"] = reference
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Tie the reference to the exception; Django itself logs the trace. Answers of 400 to 499 are no errors."""
        if isinstance(exception, Http404 | PermissionDenied | BadRequest | SuspiciousOperation):
            return
        logger.error(
            "reference %s: %s at %s %s",
            getattr(request, REFERENCE, "?"),
            type(exception).__name__,
            request.method,
            request.resolver_match.route if request.resolver_match else "?",
        )


class ContentSecurityPolicyMiddleware:
    """Everything that a page loads is the portal's own, nothing is inline, nobody frames it.

    The referrer stays within the portal (`same-origin`: the check of forms needs it, secret links must not
    leave). A page that knows who looks is kept in no cache; any other page may be kept by the browser, but is
    asked for again. A view that shows somebody's data by a secret link alone adds `never_cache`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if not response.has_header("Cache-Control"):
            if knows_who_looks(request):
                patch_cache_control(response, private=True, no_store=True)
            else:
                patch_cache_control(response, private=True, no_cache=True)
        return response


def knows_who_looks(request: HttpRequest) -> bool:
    """Whether the answer was made with a session that holds something: an officer, a confirmed citizen."""
    session = getattr(request, "session", None)
    return session is not None and session.accessed and not session.is_empty()


class CompressionMiddleware(GZipMiddleware):
    """Compress the text that citizens load; officers' pages go out as they are.

    Whoever makes a browser ask for a page with words of their own, many times, and reads the lengths of the
    answers can guess what else stands in it (BREACH). Officers' lists show names and numbers beside the words of
    a search, so they are not compressed. For citizens' pages this is enough: requests from other sites carry no
    session (SameSite), whoever does not know a secret link cannot ask for its page, Django masks the token of the
    forms and adds a random length to each answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if request.path.startswith(OFFICERS) or not kind.startswith("text/"):
            return response
        return super().process_response(request, response)


class LargeRequestMiddleware:
    """Refuse a body that no form of the portal sends, before anything reads it into memory or onto a disk.

    What was sent is thrown away piece by piece for a while: a browser that may not finish sending shows an error
    of its own instead of ours.
    """

    PIECE, PATIENCE = 65_536, 20.0  # bytes, seconds

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return None
        if length <= settings.PORTAL_LARGEST_REQUEST:
            return None
        until = time.monotonic() + self.PATIENCE
        with suppress(OSError):  # who sends it gave up
            while time.monotonic() < until and request.read(self.PIECE):
                pass
        response = too_large(request)
        response["Connection"] = "close"
        return response
