"""The larger places that people name after a comma: provinces of now, and the provinces and districts of before.

Districts are no longer since July 2025. Of those whose communes `legacy_communes.csv` holds it is known where
they were; of the others it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from portal.places.models import LEGACY_SCHEME, ROOT, SCHEME, LegacyCommune, Place
from portal.places.old_provinces import OLD_PROVINCES
from portal.places.query import Level, Query, QueryPart, folded, own_name, split_larger

# Resolution 1111/NQ-UBTVQH14 of 9 December 2020: both went into the city of Thủ Đức, and people still name them.
_EARLIER_DISTRICTS = {"quan 2": "thu duc", "quan 9": "thu duc"}


@dataclass(frozen=True)
class District:
    """A district as it was before July 2025."""

    code: str
    name: str
    province: str

    @property
    def own(self) -> str:
        return folded(split_larger(self.name)[1])

    @property
    def own_province(self) -> str:
        return folded(split_larger(self.province)[1])


@dataclass(frozen=True)
class Area:
    """Where a place lies that is said to lie in some larger place: under a path, or in an old district.

    `around` are all the districts that lay there, those under the paths included.
    """

    paths: tuple[str, ...] = ()
    districts: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.paths or self.districts)

    def places(self) -> Q:
        """Finds the places of now in it."""
        # Ids, not a subquery: before the tables are analysed its plan may take minutes.
        found = Q(pk__in=places_of(self.districts))
        for path in self.paths:
            found |= Q(path__startswith=path)
        return found

    def legacy(self) -> Q:
        """As `places`, for the communes of before."""
        return Q(district_code__in=self.around)

    def holds(self, path: str, districts: Iterable[str]) -> bool:
        """Whether a place lies in it, by its path and the old districts of its land."""
        return path.startswith(self.paths) or not self.districts.isdisjoint(districts)


class Areas:
    """The larger places by which a search is narrowed, looked up when first asked for."""

    @cached_property
    def provinces(self) -> list[Place]:
        return list(Place.objects.active().filter(kind=Place.Kind.PROVINCE, scheme=SCHEME))

    @cached_property
    def districts(self) -> list[District]:
        rows = LegacyCommune.objects.filter(scheme=LEGACY_SCHEME).order_by("district_code")
        names = rows.values_list("district_code", "district", "province").distinct()
        return [District(*row) for row in names if row[1]]

    def named(self, part: QueryPart) -> Area:
        """Where that is; nowhere, if it is not known."""
        paths = {place.path for place in self.provinces if _is_province(place, part)}
        codes = {district.code for district in districts_named(self.districts, part, begun=True)}
        for name, code in old_provinces(part).items():
            inside = {one.code for one in self.districts if one.own_province == folded(name)}
            codes |= inside
            paths |= set() if inside else {f"{ROOT}{code}/"}
        return self._area(paths, codes)

    def is_name(self, part: QueryPart) -> bool:
        """Whether a larger place has this whole name."""
        return part.name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        now = {folded(place.short_name) for place in self.provinces}
        return frozenset(now | {one.own for one in self.districts} | set(map(folded, OLD_PROVINCES)))

    def under(self, paths: Iterable[str]) -> Area:
        return self._area(paths, ())

    def province_path(self, district: District) -> str:
        """The path of the province in which the district's land lies now."""
        return self._province_paths.get(district.own_province, "")

    @cached_property
    def _province_paths(self) -> dict[str, str]:
        old = {folded(name): f"{ROOT}{code}/" for name, code in OLD_PROVINCES.items()}
        return old | {folded(place.short_name): place.path for place in self.provinces}

    def _area(self, paths: Iterable[str], codes: Iterable[str]) -> Area:
        paths = tuple(paths)
        around = {
            district.code
            for district in self.districts
            # A limit may be a province, or a commune in one.
            if any(_overlap(self.province_path(district), path) for path in paths)
        }
        return Area(paths, frozenset(codes), frozenset(codes) | around)


def _overlap(path: str, other: str) -> bool:
    return bool(path) and (path.startswith(other) or other.startswith(path))


def places_of(districts: Iterable[str]) -> list[int]:
    """Ids of the places into which the communes of the districts went."""
    codes = set(districts)
    links = LegacyCommune.successors.through.objects.filter(
        legacycommune__scheme=LEGACY_SCHEME, legacycommune__district_code__in=codes
    )
    return list(links.values_list("place_id", flat=True)) if codes else []


def districts_named(districts: Iterable[District], part: QueryPart, *, begun: bool = False) -> list[District]:
    """The old districts that the part names; with `begun` those too whose name begins so."""
    if part.level in (Level.COMMUNE, Level.PROVINCE) or not part.name:
        return []
    if later := _EARLIER_DISTRICTS.get(f"{part.word} {part.name}"):
        part = QueryPart(later, later)
    found = [one for one in districts if (part.begins(one.own) if begun else one.own == part.name)]
    # Quận Tân Phú is in the city, huyện Tân Phú in Đồng Nai. Not everybody knows which word is right.
    return [one for one in found if folded(split_larger(one.name)[0]) == part.word] or found


def old_provinces(part: QueryPart) -> dict[str, str]:
    """Provinces before the mergers whose name begins so, with the code of the one of now."""
    if part.level not in (Level.ANY, Level.PROVINCE):
        return {}
    return {name: code for name, code in OLD_PROVINCES.items() if part.begins(folded(name))}


def fits_level(place: Place, query: Query) -> bool:
    """Whether a place of now is of the level of which somebody speaks."""
    match query.level:
        case Level.COMMUNE:
            return place.kind != Place.Kind.PROVINCE
        case Level.CITY:
            return place.type == "Thành phố"
        case Level.PROVINCE:
            return place.kind == Place.Kind.PROVINCE
        case Level.DISTRICT:
            return False
    return True


def is_meant(place: Place, query: Query) -> bool:
    """As `fits_level`; but "Xa Dung" is a name, and begins like the word for a commune."""
    return fits_level(place, query) or own_name(place).startswith(query.whole)


def _is_province(place: Place, part: QueryPart) -> bool:
    return fits_level(place, Query(part)) and part.begins(folded(place.short_name))
