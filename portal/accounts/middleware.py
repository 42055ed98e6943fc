"""Signing in before an officers' page opens; and until the password that an administrator gave is changed, none does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from portal.ui.redirects import page_before


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in, and leads on to a page that opens.

    A form that was sent after the session had ended leads back to its page: its own address opens nothing.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        messages.warning(request, _("Phiên làm việc đã hết nên chưa làm gì. Vui lòng đăng nhập rồi bấm lại."))
        page = page_before(request)
        known = page if page != request.path else ""
        return redirect_to_login(known or resolve_url("accounts:first_screen"), self.get_login_url(view_func))


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
