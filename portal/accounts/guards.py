"""Guards of officers' views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui.typing import View


class OfficerRequest(HttpRequest):
    """The request of somebody who is signed in, as every officers' view gets it."""

    user: User


def officer(*permissions: Permission) -> Callable[[View], View]:
    """The view needs one of these permissions somewhere: else 403. (Nobody signed in: sign-in page.)

    The rows still come through `visible_to`, and a right over a certain row's place is asked by
    `user.may(permission, place)`.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: OfficerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.user.may(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return wrap


def demand(condition: bool) -> None:
    """403 unless the condition holds."""
    if not condition:
        raise PermissionDenied
