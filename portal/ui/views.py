"""Pages of the portal itself: the citizens' first page, the hotline, the errors."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.ui import parts
from portal.ui.views_errors import (
    bad_request,
    csrf_failure,
    method_not_allowed,
    not_found,
    permission_denied,
    server_error,
)

__all__ = [
    "bad_request",
    "csrf_failure",
    "home",
    "hotline",
    "method_not_allowed",
    "not_found",
    "permission_denied",
    "server_error",
]


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The citizens' first page: six large choices, and what is new."""
    notices = [notice for part in parts.home_notices.all() if (notice := part.make())]
    return render(request, "ui/home.html", {"choices": parts.home_choices.all(), "notices": notices})


@login_not_required
@require_safe
def hotline(request: HttpRequest) -> HttpResponse:
    """Whom to call, and what to say."""
    return render(request, "ui/hotline.html")
