"""Find the officers who have to act on something at a place."""

from __future__ import annotations

from portal.accounts.models import Assignment, User
from portal.accounts.roles import ROLE_PERMISSIONS, Permission
from portal.places.models import Place


def officers_for(place: Place, permission: Permission) -> list[User]:
    """Return the active officers who hold `permission` at the place, of the nearest level that has any.

    A level is a place of assignment: first the place itself, then its parent, and so on up the tree. Empty
    when nobody holds the permission up to the country.
    """
    parts = place.path.rstrip("/").split("/")
    paths = ["/".join(parts[:length]) + "/" for length in range(len(parts), 0, -1)]
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
    rows = Assignment.objects.in_force().filter(role__in=roles, place__path__in=paths, user__is_active=True)
    found = list(rows.select_related("user", "place"))
    for path in paths:
        users = {row.user_id: row.user for row in found if row.place.path == path}
        if users:
            return sorted(users.values(), key=lambda user: user.pk)
    return []


def officers_above(place: Place, permission: Permission) -> list[tuple[Place, list[User]]]:
    """Return each level above the place that has active officers with `permission`, the nearest first."""
    parts = place.path.rstrip("/").split("/")
    paths = ["/".join(parts[:length]) + "/" for length in range(len(parts) - 1, 0, -1)]
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
    rows = Assignment.objects.in_force().filter(role__in=roles, place__path__in=paths, user__is_active=True)
    levels: dict[str, tuple[Place, dict[int, User]]] = {}
    for row in rows.select_related("user", "place"):
        levels.setdefault(row.place.path, (row.place, {}))[1][row.user_id] = row.user
    return [(levels[path][0], list(levels[path][1].values())) for path in paths if path in levels]
