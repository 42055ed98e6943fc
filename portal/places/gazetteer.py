"""The places of the country in memory, to resolve thousands of names in three queries.

It follows the place picker (`search.py`), but takes nothing for granted: a name counts only whole. Old names and
merged provinces are known; one that went into several communes, or that several places bear, is not chosen for
the sender.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.db.models import Prefetch

from .models import ROOT, SCHEME, LegacyCommune, Place, lower_type
from .old_provinces import OLD_PROVINCES
from .search import _EXACT, _SAME, Query, _lies_in
from .text import fold

_NEXT_PART = re.compile(r"\s+(?=(?:huyện|quận|thị xã|tỉnh|thành phố|tp\.?|t\.p\.?)\s)", re.IGNORECASE)
_DASH = re.compile(r"\s+[-–—]\s+|\s*[;/]\s*")
SUGGESTED_FOR = 200  # names; to look for the nearest ones costs more than to know that there is none


@dataclass(frozen=True)
class Resolved:
    """The place that is meant; or why none is: `none`, `several` or `split`, with those that may be meant.

    `also_old`: a place in use has the name, and another one had it before; `choices` are what became of that.
    """

    place: Place | None = None
    why: str = ""
    choices: tuple[Place, ...] = ()
    old_name: str = ""

    @property
    def names(self) -> str:
        return ", ".join(place.full_name for place in self.choices[:8])

    @property
    def short_names(self) -> str:
        return ", ".join(lower_type(place) for place in self.choices[:8])


@dataclass
class Gazetteer:
    """Load one for a piece of work, not for the life of a process: places change."""

    _places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    _legacy: dict[str, list[LegacyCommune]] = field(default_factory=lambda: defaultdict(list))
    _provinces: dict[str, Place] = field(default_factory=dict)
    _known: dict[tuple[str, bool, str], Resolved] = field(default_factory=dict)
    _known_provinces: dict[str, Place | None] = field(default_factory=dict)
    _suggested: int = 0

    @classmethod
    def load(cls) -> Gazetteer:
        found = cls()
        kinds = (Place.Kind.PROVINCE, Place.Kind.COMMUNE)
        for place in Place.objects.active().filter(kind__in=kinds, scheme=SCHEME).with_ancestors():
            found._places[_own(place)].append(place)
            if place.kind == Place.Kind.PROVINCE:
                found._provinces[place.code] = place
        successors = Place.objects.active().with_ancestors()
        for legacy in LegacyCommune.objects.prefetch_related(Prefetch("successors", queryset=successors)):
            found._legacy[_own(legacy)].append(legacy)
        return found

    def province(self, text: str) -> Place | None:
        """The province that the text names, by its name of now or before the mergers."""
        if text not in self._known_provinces:
            self._known_provinces[text] = self._province(text)
        return self._known_provinces[text]

    def _province(self, text: str) -> Place | None:
        query = Query.of(text)
        named = [*self._places.get(query.name, ()), *self._places.get(query.whole, ())]
        found = {place.pk: place for place in named if place.kind == Place.Kind.PROVINCE}
        for name, code in OLD_PROVINCES.items():
            if fold(name) in (query.name, query.whole) and code in self._provinces:
                found[self._provinces[code].pk] = self._provinces[code]
        return next(iter(found.values())) if len(found) == 1 else None

    def find(self, text: str, *, provinces: bool = False, under: str = ROOT) -> Resolved:
        """The commune (with `provinces`: or the province) under the path that the text names."""
        key = (text, provinces, under)
        if key not in self._known:
            self._known[key] = self._find(text, provinces, under)
        return self._known[key]

    def _find(self, text: str, provinces: bool, under: str) -> Resolved:
        text = _DASH.sub(", ", text)
        query = Query.of(text if "," in text else _NEXT_PART.sub(", ", text))
        if not query.name:
            return Resolved(why="none")
        fitting = self._fitting(query, provinces, under, query.larger)
        if not fitting and query.larger:
            fitting = self._fitting(query, provinces, under, ())
        if not fitting:
            return Resolved(why="none", choices=self._nearest(query, under))
        best = min(rank for rank, _place, _legacy in fitting)
        sure = [(place, legacy) for rank, place, legacy in fitting if rank == best]
        now = {place.pk: place for place, legacy in sure if legacy is None}
        olds = {legacy.pk: legacy for _place, legacy in sure if legacy is not None}
        places = list({place.pk: place for place, _legacy in sure}.values())
        if len(now) == 1:
            # A name in use counts first; where it once was that of another one, that is said.
            (place,) = now.values()
            others = tuple(other for other in places if other != place)
            moved = others and not all(_went_into(legacy, now) for legacy in olds.values())
            return Resolved(place, "also_old" if moved else "", others if moved else ())
        if len(places) == 1:
            return Resolved(places[0])
        if not now and len(olds) == 1:
            (old,) = olds.values()
            return Resolved(why="split", choices=tuple(places), old_name=old.name)
        return Resolved(why="several", choices=tuple(places))

    def _fitting(
        self, query: Query, provinces: bool, under: str, larger: tuple[str, ...]
    ) -> list[tuple[int, Place, LegacyCommune | None]]:
        names = {query.name, query.whole}
        found: list[tuple[int, Place, LegacyCommune | None]] = []
        for place in (place for name in names for place in self._places.get(name, ())):
            wanted = place.kind == Place.Kind.COMMUNE or provinces
            if wanted and place.path.startswith(under) and _inside(place, larger):
                found.append((_rank(query, place), place, None))
        for legacy in (legacy for name in names for legacy in self._legacy.get(name, ())):
            if all(_lies_in(legacy, name) for name in larger):
                rank = _rank(query, legacy)
                found += [
                    (rank, place, legacy) for place in legacy.successors.all() if place.path.startswith(under)
                ]
        if provinces and not larger:
            for name, code in OLD_PROVINCES.items():
                if fold(name) in names and code in self._provinces:
                    found.append((_EXACT, self._provinces[code], None))
        return found

    def _nearest(self, query: Query, under: str) -> tuple[Place, ...]:
        if under == ROOT or self._suggested >= SUGGESTED_FOR:
            return ()
        self._suggested += 1
        names = {
            name: place
            for name, places in self._places.items()
            for place in places
            if place.kind == Place.Kind.COMMUNE and place.path.startswith(under)
        }
        return tuple(names[name] for name in get_close_matches(query.name, names, n=3, cutoff=0.75))


def _own(place: Place | LegacyCommune) -> str:
    type_ = fold(place.type)
    return place.search_name.removesuffix(f" {type_}") if type_ else place.search_name


def _rank(query: Query, place: Place | LegacyCommune) -> int:
    return _SAME if query.rank(place) == _SAME else _EXACT


def _went_into(legacy: LegacyCommune, places: dict[int, Place]) -> bool:
    return any(place.pk in places for place in legacy.successors.all())


def _inside(place: Place, larger: tuple[str, ...]) -> bool:
    """Whether the place lies in one that is named, by its name of now or before the mergers."""
    if not larger:
        return True
    above = [parent.search_name for parent in (place.parent, place.parent and place.parent.parent) if parent]
    return any(
        any(name.startswith(text) for name in above)
        or any(
            fold(old).startswith(text) and place.path.startswith(f"{ROOT}{code}/")
            for old, code in OLD_PROVINCES.items()
        )
        for text in larger
    )
