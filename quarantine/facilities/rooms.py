"""Facilities and hospitals with free beds."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.places.home import home_path
from quarantine.models import Facility


def facilities_with_room(kind: str = "") -> list[Facility]:
    """Return the open facilities of the home province with a free bed, the emptiest first; one query."""
    rows = Facility.objects.with_room().filter(place__path__startswith=home_path()).select_related("place")
    if kind:
        rows = rows.filter(kind=kind)
    return sorted(rows, key=lambda one: (one.kind, -one.free, one.pk))


def room_label(facility: Facility) -> str:
    """Say a facility with its free beds, for a list to choose from."""
    words = {"name": facility.place.name, "free": facility.free}
    if facility.takes_positives:
        return _("%(name)s (còn %(free)d chỗ)") % words
    return _("%(name)s (còn %(free)d chỗ, không nhận người dương tính)") % words
