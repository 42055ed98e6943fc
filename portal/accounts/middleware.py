"""Until the password that an administrator gave is changed, no officers' page opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

OPEN = {"accounts:password", "accounts:sign_out"}


class OwnPasswordMiddleware:
    """Sends an officer who must change the password to that page, from every page that needs a sign-in.

    A password that somebody else knows proves nobody, so nothing may be seen or done with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            return None
        if not (request.user.is_authenticated and request.user.must_change_password):
            return None
        if request.resolver_match is not None and request.resolver_match.view_name in OPEN:
            return None
        return redirect("accounts:password")
