"""The portal's addresses, and a few that go wrong on purpose."""

from typing import NoReturn

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest
from django.urls import include, path
from django.views.decorators.http import require_POST

from portal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def _raise(error: Exception) -> object:
    @login_not_required
    def view(request: HttpRequest) -> NoReturn:
        raise error

    return view


urlpatterns = [
    path("", include("portal.urls")),
    path("wrong/500/", _raise(RuntimeError("secret detail"))),
    path("wrong/403/", _raise(PermissionDenied())),
    path("wrong/400/", _raise(BadRequest())),
    path("wrong/405/", login_not_required(require_POST(_raise(RuntimeError())))),
]
