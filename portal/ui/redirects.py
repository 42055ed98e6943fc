"""Where a form came from, and the way back to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

BACK = "back"  # the field with the page from which an act was asked for
LONGEST = 2_000  # characters: Django refuses to redirect to a longer address


def safe_next(request: HttpRequest, default: str = "") -> str:
    """The path that the form (or the address) names as `next`; the default unless it is a page of the portal.

    Only whole paths count: "abc" would be looked up as the name of a view.
    """
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if is_path(target) else default


def is_path(target: str) -> bool:
    """Return whether the text is the path of a page of the portal."""
    if len(target) > LONGEST or not target.startswith("/"):
        return False
    return url_has_allowed_host_and_scheme(target, allowed_hosts=None)


def page_before(request: HttpRequest) -> str:
    """Return the page on which the button of this form was pressed; empty where it is not known."""
    carried = request.POST.get(BACK, "")
    if is_path(carried):
        return carried
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    path = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return path if came_from.netloc == request.get_host() and is_path(path) else ""


def redirect_next(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Go back to the page that the form names as `next`, else where `redirect` would lead."""
    target = safe_next(request)
    return HttpResponseRedirect(target) if target else redirect(to, *args, **kwargs)
