"""The places of the country in memory, to resolve thousands of names in three queries.

It follows the place picker (`search.py`), but takes nothing for granted: a name counts only whole. Old names and
merged provinces are known; one that went into several communes, or that several places bear, is not chosen for
the sender.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.db.models import Prefetch

from .areas import Area, Areas, District, districts_named, is_meant, old_provinces
from .models import LEGACY_SCHEME, ROOT, SCHEME, LegacyCommune, Place, lower_type
from .query import Query, QueryPart, folded, own_name, readings
from .search import EXACT, SAME, rank_of

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
    _areas: Areas = field(default_factory=Areas)
    _districts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # of each place
    _known_areas: dict[QueryPart, Area] = field(default_factory=dict)
    _known: dict[tuple[str, bool, str], Resolved] = field(default_factory=dict)
    _known_provinces: dict[str, Place | None] = field(default_factory=dict)
    _suggested: int = 0

    @classmethod
    def load(cls) -> Gazetteer:
        found = cls()
        kinds = (Place.Kind.PROVINCE, Place.Kind.COMMUNE)
        for place in Place.objects.active().filter(kind__in=kinds, scheme=SCHEME).with_ancestors():
            found._places[own_name(place)].append(place)
            if place.kind == Place.Kind.PROVINCE:
                found._provinces[place.code] = place
        successors = Place.objects.active().with_ancestors()
        olds = LegacyCommune.objects.filter(scheme=LEGACY_SCHEME)
        districts: dict[str, District] = {}
        for legacy in olds.prefetch_related(Prefetch("successors", queryset=successors)):
            district = District(legacy.district_code, legacy.district, legacy.province)
            districts.setdefault(district.code, district)
            found._legacy[own_name(legacy)].append(legacy)
            for place in legacy.successors.all():
                found._districts[place.pk].add(legacy.district_code)
        found._areas.provinces = list(found._provinces.values())
        found._areas.districts = list(districts.values())
        return found

    def province(self, text: str) -> Place | None:
        """The province that the text names, by its name of now or before the mergers; or the one in which the
        old district lies that it names."""
        if text not in self._known_provinces:
            self._known_provinces[text] = self._province(text)
        return self._known_provinces[text]

    def _province(self, text: str) -> Place | None:
        query = Query.of(text)
        named = [*self._places.get(query.name, ()), *self._places.get(query.whole, ())]
        found = {place.pk: place for place in named if place.kind == Place.Kind.PROVINCE}
        for place in self._merged(query):
            found[place.pk] = place
        if not found:
            districts = districts_named(self._areas.districts, query.part)
            around = {self._areas.province_path(district) for district in districts}
            found = {place.pk: place for place in self._provinces.values() if place.path in around}
        return next(iter(found.values())) if len(found) == 1 else None

    def _merged(self, query: Query) -> list[Place]:
        """The provinces of now into which those went that were called like this."""
        names = old_provinces(query.part).items()
        return [
            self._provinces[code]
            for name, code in names
            if folded(name) in (query.name, query.whole) and code in self._provinces
        ]

    def find(self, text: str, *, provinces: bool = False, under: str = ROOT) -> Resolved:
        """The commune (with `provinces`: or the province) under the path that the text names."""
        key = (text, provinces, under)
        if key not in self._known:
            self._known[key] = self._find(text, provinces, under)
        return self._known[key]

    def _find(self, text: str, provinces: bool, under: str) -> Resolved:
        fitting: list[tuple[int, Place, LegacyCommune | None]] = []
        text = _DASH.sub(", ", text)
        for query, whole in readings(text):
            fitting = self._fitting(query, provinces, under)
            if fitting and not whole:
                # Found only by leaving a part out: it may be meant, and that is not for the portal to say.
                return Resolved(why="none", choices=_distinct(fitting))
            if fitting:
                break
        if not fitting:
            return Resolved(why="none", choices=self._nearest(Query.of(text.split(",")[0]), under))
        best = min(rank for rank, _place, _legacy in fitting)
        sure = [(place, legacy) for rank, place, legacy in fitting if rank == best]
        now = {place.pk: place for place, legacy in sure if legacy is None}
        olds = {legacy.pk: legacy for _place, legacy in sure if legacy is not None}
        places = _distinct([one for one in fitting if one[0] == best])
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
            return Resolved(why="split", choices=places, old_name=old.name)
        return Resolved(why="several", choices=places)

    def _fitting(
        self, query: Query, provinces: bool, under: str
    ) -> list[tuple[int, Place, LegacyCommune | None]]:
        names = {query.name, query.whole}
        areas = [self._area(part) for part in query.larger]
        found: list[tuple[int, Place, LegacyCommune | None]] = []
        for place in (place for name in names for place in self._places.get(name, ())):
            wanted = (place.kind == Place.Kind.COMMUNE or provinces) and is_meant(place, query)
            inside = all(area.holds(place.path, self._districts[place.pk]) for area in areas)
            if wanted and inside and place.path.startswith(under):
                found.append((_rank(query, place), place, None))
        # "Quận Gò Vấp" is no commune, of now or before.
        named = names if query.speaks_of_communes else set()
        for legacy in (legacy for name in named for legacy in self._legacy.get(name, ())):
            for place in legacy.successors.all():
                inside = all(area.holds(place.path, [legacy.district_code]) for area in areas)
                if inside and place.path.startswith(under):
                    found.append((_rank(query, legacy), place, legacy))
        if provinces and not query.larger:
            found += [(EXACT, place, None) for place in self._merged(query)]
        return found

    def _area(self, part: QueryPart) -> Area:
        if part not in self._known_areas:
            self._known_areas[part] = self._areas.named(part)
        return self._known_areas[part]

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


def _rank(query: Query, place: Place | LegacyCommune) -> int:
    return SAME if rank_of(query, place) == SAME else EXACT


def _distinct(fitting: Iterable[tuple[int, Place, LegacyCommune | None]]) -> tuple[Place, ...]:
    return tuple({place.pk: place for _rank, place, _legacy in fitting}.values())


def _went_into(legacy: LegacyCommune, places: dict[int, Place]) -> bool:
    return any(place.pk in places for place in legacy.successors.all())
