"""Functions that the officers' pages share."""

from __future__ import annotations

from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.home import home_path
from portal.places.models import Place, PlaceQuerySet


def officer_of(request: HttpRequest) -> User:
    """Return the signed-in officer; the sign-in middleware lets nobody else reach these pages."""
    assert isinstance(request.user, User)
    return request.user


def communes_of(user: User, permission: Permission) -> PlaceQuerySet:
    """Return the communes of the home province in the user's scope, for a filter."""
    communes = Place.objects.active().filter(kind=Place.Kind.COMMUNE, path__startswith=home_path())
    return communes.filter(pk__in=user.place_ids(permission)).by_name()


def sees_whole_province(user: User, permission: Permission) -> bool:
    """Return whether the right covers the home province, so that a list needs no filter by place."""
    home = Place.objects.filter(path=home_path()).first()
    return user.may(permission, home)
