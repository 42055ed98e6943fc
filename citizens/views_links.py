"""Pages that a secret link opens, and what people see when their link does not open any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from citizens.links import LinkRefused, find_link
from portal.ui.typing import View


def link_required(purpose: str) -> Callable[[View], View]:
    """Open the view to whoever holds a live link of this purpose; its page is kept in no cache.

    The view is given the request, the link and its token.
    """

    def guard(view: View) -> View:
        @never_cache
        @login_not_required
        @wraps(view)
        def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                link = find_link(token, purpose)
            except LinkRefused as refusal:
                return refused(request, refusal)
            return view(request, link, token, *args, **kwargs)

        return opened

    return guard


def refused(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    """410 for a link past its time or withdrawn, 404 for one that never was; both say what to do next."""
    status = 410 if refusal.expired else 404
    return render(request, refusal.template, {"expired": refusal.expired}, status=status)
