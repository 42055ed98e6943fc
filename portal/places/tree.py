"""The tree as sets of ids, for scopes: everything under some paths, in one query."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from .models import ROOT, Place


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths without those that lie under another one of them, in order."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def ids_under(paths: Iterable[str]) -> frozenset[int]:
    """Ids of every place at or under the paths, in one query; no paths, no ids.

    Raises `ValueError` on a text that is no path, so that a scope gone wrong never widens.
    """
    wanted = outermost(paths)
    if wrong := [path for path in wanted if not (path.startswith(ROOT) and path.endswith("/"))]:
        raise ValueError(f"Not paths of places: {wrong}")
    if not wanted:
        return frozenset()
    # Django escapes % and _ in startswith, and the index on the path's prefix serves each LIKE.
    under = reduce(or_, (Q(path__startswith=path) for path in wanted))
    return frozenset(Place.objects.filter(under).order_by().values_list("pk", flat=True))
