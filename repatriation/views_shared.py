"""What the officers' pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.home import home_path
from portal.places.models import Place
from portal.records.transitions import TransitionRefused
from repatriation.refusal import Refusal

T = TypeVar("T")


def officer_of(request: HttpRequest) -> User:
    """The signed-in officer; the sign-in middleware lets nobody else come here."""
    assert isinstance(request.user, User)
    return request.user


def attempt(request: HttpRequest, act: Callable[[], T]) -> T | None:
    """Do it; what was refused is said on the next page, and gives None."""
    try:
        return act()
    except Refusal as refusal:
        messages.error(request, refusal.to_officer())
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    return None


def communes_of(user: User, permission: Permission) -> QuerySet[Place]:
    """The communes of the home province that lie in the user's scope, for a filter."""
    communes = Place.objects.active().filter(kind=Place.Kind.COMMUNE, path__startswith=home_path())
    return communes.filter(pk__in=user.place_ids(permission)).order_by("short_name")


def sees_whole_province(user: User, permission: Permission) -> bool:
    """Whether the right covers the home province, so that a list needs no filter by place."""
    return any(
        home_path().startswith(assignment.place.path) for assignment in user.current_assignments
    ) and user.may(permission)
