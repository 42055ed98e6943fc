"""Finding a place by what people type: without marks, with or without its type, old names too.

"Hưng Thuận", "xa hung thuan", "hung thuan, tay ninh" and the old "Đôn Thuận, Trảng Bàng" all find the
same commune; "quận 12" finds the wards that the old district is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Case, IntegerField, Prefetch, Q, Value, When, prefetch_related_objects
from django.utils.translation import gettext as _

from .areas import Areas, District, districts_named, is_meant, old_provinces, places_of
from .models import (
    ROOT,
    SCHEME,
    TYPES,
    LegacyCommune,
    LegacyCommuneQuerySet,
    Place,
    PlaceQuerySet,
    lower_type,
)
from .old_provinces import OLD_PROVINCES
from .query import (
    Level,
    Query,
    folded,
    own_name,
    readings,
    readings_without_commas,
    split_larger,
    without_old,
)
from .slips import with_other_name

LIMIT = 15
MOST_READINGS = 12  # of a text without commas
SAME, EXACT, BEGINS, WORD_BEGINS, HOLDS = range(5)
# Where a choice stands in the list: by a name in use, by an old district, by the old name of a commune.
_NOW = {SAME: 0, EXACT: 1, BEGINS: 2, WORD_BEGINS: 8, HOLDS: 10}
_OF_DISTRICT, _AROUND = 3, 4  # and the province, for those who do not know the ward
_ONCE = {SAME: 5, EXACT: 6, BEGINS: 7, WORD_BEGINS: 9, HOLDS: 11}
_Rows = TypeVar("_Rows", PlaceQuerySet, LegacyCommuneQuerySet)


def rank_of(query: Query, place: Place | LegacyCommune) -> int:
    """How well a name fits, 0 best."""
    if query.is_called(place.name):
        return SAME
    own = own_name(place)
    if own in (query.name, query.whole):
        return EXACT
    if own.startswith((query.name, query.whole)):
        return BEGINS
    return WORD_BEGINS if f" {query.name}" in own else HOLDS


@dataclass
class Choice:
    """A place that may be meant, how well it fits, and by which old names it was found.

    `tier` is where it stands in the list: names that are in use, whole or begun, come before old ones.
    `fits` says whether it is of the level that was named: "quận Ninh Kiều" is no ward.
    """

    place: Place
    rank: int
    tier: int
    fits: bool = True
    was: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        if not self.was:
            return self.place.full_name
        return _("%(place)s (cũ: %(old)s)") % {"place": self.place.full_name, "old": "; ".join(self.was)}


@dataclass
class FoundPlaces:
    """The choices for a text, best first; the old communes among the exact ones that were split, and the old
    districts that the text names.

    `whole`: nothing that was typed had to be left out to find them.
    """

    choices: list[Choice] = field(default_factory=list)
    split: list[LegacyCommune] = field(default_factory=list)
    districts: list[District] = field(default_factory=list)
    in_districts: set[int] = field(default_factory=set)
    whole: bool = True
    query: Query = field(default_factory=Query.of)

    @property
    def sure(self) -> list[Choice]:
        """Those with the name that was typed: with its marks, else without; all where there are none."""
        for rank in (SAME, EXACT):
            if fitting := [choice for choice in self.choices if choice.rank == rank]:
                return fitting
        return self.choices

    @property
    def only(self) -> Place | None:
        """The one place that can be meant. One that merely holds what was typed is not taken for it, nor one
        for which a part of the text was left out."""
        sure = self.sure
        return sure[0].place if self.whole and len(sure) == 1 and sure[0].rank <= BEGINS else None

    def is_of_district(self, place: Place) -> bool:
        return place.pk in self.in_districts

    @property
    def is_known(self) -> bool:
        """Whether there are places with the whole name that was typed."""
        return self.whole and any(choice.rank <= EXACT for choice in self.choices)

    @property
    def is_likely(self) -> bool:
        """Whether there are places whose name begins with all that was typed."""
        return self.whole and any(choice.rank <= BEGINS for choice in self.choices)


def lies_elsewhere(text: str, found: FoundPlaces, *, kinds: Iterable[str]) -> bool:
    """Whether the text names a place outside the limits within which that was `found`."""
    return not found.is_likely and find(text, kinds=kinds).is_known


def find(
    text: str, *, kinds: Iterable[str], under: str | Iterable[str] = ROOT, limit: int = LIMIT
) -> FoundPlaces:
    """At most `limit` places of the kinds under the path, or one of the paths, that the text may mean, old
    names included.

    Larger places after a comma narrow the search. Where nothing fits there, what may be meant is found
    without them, and is not `whole`. The home province has no precedence: who looks for a home limits the
    search to it, and elsewhere it would stand in the way.
    """
    areas, found = Areas(), FoundPlaces()
    paths = (under,) if isinstance(under, str) else tuple(under)
    for query, whole in readings(text):
        if not query.name:
            continue
        found = _Search(query, set(kinds), paths, areas, limit).run()
        found.whole &= whole
        if found.choices:
            break
    if not found.choices and (name := without_old(text)) != text:
        return find(name, kinds=kinds, under=under, limit=limit)
    if not found.is_known:
        found = _without_commas(text, set(kinds), paths, areas, limit) or found
    return found if found.choices else _with_a_slip(text, set(kinds), paths, areas, limit) or found


def _with_a_slip(
    text: str, kinds: set[str], paths: tuple[str, ...], areas: Areas, limit: int
) -> FoundPlaces | None:
    """What a text may mean whose first name is one slip away from those of places."""
    query = next((query for query, _whole in readings(text)), None)
    if query is None:
        return None
    together = FoundPlaces(query=query, whole=False)
    for near in with_other_name(query, _known_names(kinds, paths, areas)):
        found = _Search(near, kinds, paths, areas, limit).run()
        together.choices += [choice for choice in found.choices if choice.rank <= EXACT]
    unlike = {choice.place.pk: choice for choice in reversed(together.choices)}
    together.choices = sorted(unlike.values(), key=_order)[:limit]
    return together if together.choices else None


def _known_names(kinds: set[str], paths: tuple[str, ...], areas: Areas) -> set[str]:
    places = allowed_places(kinds, paths).select_related(None)
    found = {own_name(place) for place in places.only("search_name", "type")}
    if Place.Kind.COMMUNE in kinds:
        old = LegacyCommune.objects.only("search_name", "type")
        found |= {own_name(legacy) for legacy in old} | {one.own for one in areas.districts}
    return found | (set(map(folded, OLD_PROVINCES)) if Place.Kind.PROVINCE in kinds else set())


def _without_commas(
    text: str, kinds: set[str], paths: tuple[str, ...], areas: Areas, limit: int
) -> FoundPlaces | None:
    """What a text names whose parts no comma parts. Only whole names count, as any word could be a part."""
    for tried, (query, whole) in enumerate(readings_without_commas(text, areas.is_name)):
        if tried == MOST_READINGS:
            break
        found = _Search(query, kinds, paths, areas, limit).run() if query.name else FoundPlaces()
        if any(choice.rank <= EXACT for choice in found.choices):
            found.whole &= whole
            found.choices = [choice for choice in found.choices if choice.rank <= EXACT]
            return found
    return None


def allowed_places(kinds: Iterable[str], under: str | Iterable[str] = ROOT) -> PlaceQuerySet:
    """The places in use that a picker with these limits may return."""
    inside = Q()
    for path in [under] if isinstance(under, str) else under:
        inside |= Q(path__startswith=path)
    places = Place.objects.active().filter(kind__in=set(kinds), scheme=SCHEME)
    return places.filter(inside).with_ancestors()


class _Search:
    """One reading of a text, looked up."""

    def __init__(
        self, query: Query, kinds: set[str], paths: tuple[str, ...], areas: Areas, limit: int
    ) -> None:
        self.query, self.kinds, self.paths, self.areas, self.limit = query, kinds, paths, areas, limit
        self.allowed = allowed_places(kinds, paths)
        self.inside = [areas.named(part) for part in query.larger]
        self.choices: dict[int, Choice] = {}
        self.found = FoundPlaces(query=query)

    def run(self) -> FoundPlaces:
        if not all(self.inside):
            return self.found  # nothing lies in a place that is not known
        if not self.query.is_number_of_district:
            self._now()
            if Place.Kind.COMMUNE in self.kinds:
                self._once()
        if Place.Kind.PROVINCE in self.kinds and not self.query.larger:
            self._old_provinces()
        if Place.Kind.COMMUNE in self.kinds and not self._names_a_province:
            self._old_districts()
        fitting = [choice for choice in self.choices.values() if choice.fits]
        self.found.whole = bool(fitting)
        # What fits best is kept, whether the name is old or new; then the new names come first.
        kept = sorted(fitting or self.choices.values(), key=lambda choice: (choice.rank, *_order(choice)))
        self.found.choices = sorted(kept[: self.limit], key=_order)
        return self.found

    @property
    def _names_a_province(self) -> bool:
        """A province is more than the district that was called like it."""
        return any(
            choice.fits and choice.rank <= EXACT and choice.place.kind == Place.Kind.PROVINCE
            for choice in self.choices.values()
        )

    def _now(self) -> None:
        places = self._named(self.allowed.search(self.query.name))
        for area in self.inside:
            places = places.filter(area.places())
        for place in places.order_by(*_best_first(self.query))[: self.limit]:
            rank = rank_of(self.query, place)
            self.choices[place.pk] = Choice(place, rank, _NOW[rank], is_meant(place, self.query))

    def _once(self) -> None:
        now = self.allowed.filter(kind=Place.Kind.COMMUNE)
        named = self._named(LegacyCommune.objects.search(self.query.name))
        named = named.only("code", "name", "type", "search_name", "district")
        if self.paths != (ROOT,):
            named = named.filter(self.areas.under(self.paths).legacy())
        for area in self.inside:
            named = named.filter(area.legacy())
        best = sorted(named, key=lambda legacy: (rank_of(self.query, legacy), legacy.code))[: self.limit]
        prefetch_related_objects(best, Prefetch("successors", queryset=now))
        fits = self.query.speaks_of_communes
        for legacy in best:
            rank = rank_of(self.query, legacy)
            successors = list(legacy.successors.all())
            if rank <= EXACT and len(successors) > 1:
                self.found.split.append(legacy)
            for place in successors:
                self._add(place, rank, _ONCE[rank], _old_name(legacy), fits=fits)

    def _named(self, rows: _Rows) -> _Rows:
        """Phường 13 is not found by "phường 3"."""
        return (
            rows.filter(search_name__startswith=f"{self.query.name} ") if self.query.name.isdigit() else rows
        )

    def _old_provinces(self) -> None:
        meant = old_provinces(self.query.part)
        if not meant:
            return
        now = self.allowed.filter(kind=Place.Kind.PROVINCE, code__in=meant.values())
        by_code = {place.code: place for place in now}
        for name, code in meant.items():
            if code in by_code:
                rank = EXACT if folded(name) in (self.query.name, self.query.whole) else BEGINS
                if self.query.is_called(f"Tỉnh {name}"):
                    rank = SAME
                # People still say the old province's name, so it counts as one in use.
                self._add(by_code[code], rank, _NOW[rank], _("tỉnh %(name)s") % {"name": name})

    def _old_districts(self) -> None:
        """The communes into which a district went; and its province, for those who do not know which."""
        named = districts_named(self.areas.districts, self.query.part)
        if not named and self.query.level == Level.DISTRICT and not self.query.is_number_of_district:
            named = districts_named(self.areas.districts, self.query.part, begun=True)
        for district in named:
            communes = self.allowed.filter(kind=Place.Kind.COMMUNE, pk__in=places_of([district.code]))
            for area in self.inside:
                communes = communes.filter(area.places())
            rank = SAME if self.query.is_called(district.name) else EXACT
            if communes:
                self.found.districts.append(district)
            for place in communes:
                self._add(place, rank, _OF_DISTRICT, lower_name(district.name))
                self.found.in_districts.add(place.pk)
                self._add_around(place.parent, rank)

    def _add_around(self, province: Place | None, rank: int) -> None:
        if province and Place.Kind.PROVINCE in self.kinds and province.path.startswith(self.paths):
            choice = self.choices.setdefault(province.pk, Choice(province, rank, _AROUND))
            choice.rank, choice.fits = min(choice.rank, rank), True

    def _add(self, place: Place, rank: int, tier: int, old_name: str, *, fits: bool = True) -> None:
        choice = self.choices.setdefault(place.pk, Choice(place, rank, tier, fits))
        choice.rank, choice.tier = min(choice.rank, rank), min(choice.tier, tier)
        choice.fits |= fits
        if old_name not in choice.was:
            choice.was.append(old_name)


def _order(choice: Choice) -> tuple[int, bool, str, str]:
    place = choice.place
    return choice.tier, place.kind != Place.Kind.PROVINCE, place.search_name, place.path


def _best_first(query: Query) -> tuple[Case | str, ...]:
    exact = [f"{name} {folded(kind)}".strip() for name in (query.name, query.whole) for kind in ("", *TYPES)]
    begins = Q(search_name__startswith=query.name) | Q(search_name__startswith=query.whole)
    rank = Case(
        When(search_name__in=exact, then=Value(EXACT)),
        When(begins, then=Value(BEGINS)),
        When(search_name__contains=f" {query.name}", then=Value(WORD_BEGINS)),
        default=Value(HOLDS),
        output_field=IntegerField(),
    )
    # The larger place first: the same order as in `_order`.
    province = When(kind=Place.Kind.PROVINCE, then=Value(0))
    smaller = Case(province, default=Value(1), output_field=IntegerField())
    return rank, smaller, "search_name", "path"


def _old_name(legacy: LegacyCommune) -> str:
    """ "xã Đôn Thuận, Trảng Bàng": as people say it, without the word for the district."""
    word, district = split_larger(legacy.district)
    # "quận 8": a number alone says nothing.
    return (
        f"{lower_name(legacy.name)}, {lower_name(f'{word} {district}') if district.isdigit() else district}"
    )


def lower_name(name: str) -> str:
    """As it stands inside a sentence: "huyện Củ Chi"."""
    return name[:1].lower() + name[1:]


def split_sentence(legacy: LegacyCommune, choices: Iterable[Choice]) -> str:
    """What is asked when an old commune went into several: which one it is now."""
    now = [lower_type(choice.place) for choice in choices]
    return _("%(old)s cũ nay thuộc %(count)d xã, phường: %(now)s. Vui lòng chọn.") % {
        "old": legacy.name,
        "count": len(now),
        "now": ", ".join(now),
    }
