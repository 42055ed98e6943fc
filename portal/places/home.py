"""The province to which this portal belongs."""

from __future__ import annotations

from django.conf import settings

from portal.places.models import ROOT, SCHEME, Place


def home_path() -> str:
    """The path of the home province, such as `vn/80/`."""
    return f"{ROOT}{settings.PORTAL_PROVINCE}/"


def home_province() -> Place:
    """Raises `Place.DoesNotExist` before the places are loaded."""
    return Place.objects.get(path=home_path(), scheme=SCHEME)
