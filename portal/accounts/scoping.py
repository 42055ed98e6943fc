"""Who may see which rows: one method, which fails closed.

A model names in `SCOPE_COLUMNS` the columns that point at the places which see a row, and in
`SCOPE_PERMISSIONS` the rights that open it. A row shows when one of the columns lies under a place
where the user holds one of the rights. Nobody, no assignment, or a model that names nothing: no rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Q

from portal.accounts.roles import Permission


@dataclass(frozen=True)
class CitizenViewer:
    """A citizen who has proved a phone by code, or holds a secret link to one row."""

    phone: str = ""
    subject_type: str = ""
    subject_id: int | None = None

    def holds(self, model: type[models.Model]) -> int | None:
        """The row of this model that the secret link opens, if any."""
        return self.subject_id if self.subject_type == model._meta.label_lower else None


class ScopedQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Any, *permissions: Permission) -> Self:
        """Rows that `viewer` (a `User`, `AnonymousUser` or `CitizenViewer`) may see.

        With `permissions`, only rows below a place where an officer holds one of them too. A page for one
        permission names it: its reader may hold another, which opens the same model, at another place.
        """
        if isinstance(viewer, CitizenViewer):
            condition = self.for_citizen(viewer)
            return self.none() if condition is None else self.filter(condition)
        if not getattr(viewer, "is_authenticated", False) or not viewer.is_active:
            return self.none()
        condition = self.for_officer(viewer)
        if condition is not None and permissions:
            held = self._below_places_of(viewer, permissions)
            condition = None if held is None else condition & held
        return self.none() if condition is None else self.filter(condition)

    def for_officer(self, user: Any) -> Q | None:
        """The condition for an officer; None shows nothing."""
        return self._below_places_of(user, getattr(self.model, "SCOPE_PERMISSIONS", ()))

    def _below_places_of(self, user: Any, permissions: Iterable[Permission]) -> Q | None:
        columns = getattr(self.model, "SCOPE_COLUMNS", ())
        place_ids = frozenset().union(*(user.place_ids(permission) for permission in permissions))
        if not columns or not place_ids:
            return None
        condition = Q()
        for column in columns:
            condition |= Q(**{f"{column}__in": place_ids})
        return condition

    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        """The condition for a citizen; a model that citizens see overrides this."""
        pk = viewer.holds(self.model)
        return None if pk is None else Q(pk=pk)
