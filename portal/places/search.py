"""Finding a place by what people type: without marks, with or without its type, old names too.

"Hưng Thuận", "xa hung thuan", "hung thuan, tay ninh" and the old "Đôn Thuận, Trảng Bàng" all find the
same commune.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Case, IntegerField, Prefetch, Q, Value, When
from django.utils.translation import gettext as _

from .models import ROOT, SCHEME, TYPES, LegacyCommune, Place, PlaceQuerySet, lower_type
from .old_provinces import OLD_PROVINCES
from .text import fold, fold_keep_marks

LIMIT = 15
_TYPE_WORDS = "|".join(sorted({*map(fold, TYPES), "tp", "p", "tt", "x"}, key=len, reverse=True))
_TYPE = re.compile(rf"(?:{_TYPE_WORDS}) (?=.)")
_LARGER_TYPE = re.compile(rf"(?:{_TYPE_WORDS}|huyen|thi xa|quan|tx|h|q) (?=.)")
_SHORT_FORMS = dict.fromkeys(("tphcm", "hcm", "tp hcm", "hcmc", "sai gon", "tp ho chi minh"), "ho chi minh")
_SAME, _EXACT, _BEGINS, _WORD_BEGINS, _HOLDS = range(5)
_NOW = {_SAME: 0, _EXACT: 1, _BEGINS: 2, _WORD_BEGINS: 6, _HOLDS: 8}
_ONCE = {_SAME: 3, _EXACT: 4, _BEGINS: 5, _WORD_BEGINS: 7, _HOLDS: 9}


@dataclass(frozen=True)
class Query:
    """What was typed, taken apart.

    `name` is the first part without a word for its type, `whole` with it ("Xa Dung" is a name too);
    `larger` are the places named after commas; `marked` is the first part as it was typed, with its
    marks, by which Tân An and Tân Ân are told apart.
    """

    name: str
    whole: str
    larger: tuple[str, ...] = ()
    marked: str = ""

    @classmethod
    def of(cls, text: str) -> Query:
        # Eight words are more than any name has; more would only make the search dear.
        parts = [" ".join(fold(part).split()[:8]) for part in text[:200].split(",")]
        head, *rest = [_SHORT_FORMS.get(part, part) for part in parts if part] or [""]
        larger = tuple(_LARGER_TYPE.sub("", part, count=1) for part in rest)
        marked = fold_keep_marks(text[:200].split(",")[0])
        return cls(_TYPE.sub("", head, count=1), head, larger, marked)

    def rank(self, place: Place | LegacyCommune) -> int:
        """How well a name fits, 0 best."""
        search_name, type_ = place.search_name, place.type
        whole = fold_keep_marks(place.name)
        if self.marked in (whole, whole.removeprefix(f"{type_.lower()} ")):
            return _SAME
        own = search_name.removesuffix(f" {fold(type_)}") if type_ else search_name
        if own in (self.name, self.whole):
            return _EXACT
        if own.startswith((self.name, self.whole)):
            return _BEGINS
        return _WORD_BEGINS if f" {self.name}" in own else _HOLDS


@dataclass
class Choice:
    """A place that may be meant, how well it fits, and by which old names it was found.

    `tier` is where it stands in the list: names that are in use, whole or begun, come before old ones.
    """

    place: Place
    rank: int
    tier: int
    was: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        if not self.was:
            return self.place.full_name
        return _("%(place)s (cũ: %(old)s)") % {"place": self.place.full_name, "old": "; ".join(self.was)}


@dataclass
class Found:
    """The choices for a text, best first, and the old communes among the exact ones that were split."""

    choices: list[Choice]
    split: list[LegacyCommune] = field(default_factory=list)

    @property
    def sure(self) -> list[Choice]:
        """Those with the name that was typed: with its marks, else without; all where there are none."""
        for rank in (_SAME, _EXACT):
            if fitting := [choice for choice in self.choices if choice.rank == rank]:
                return fitting
        return self.choices

    @property
    def only(self) -> Place | None:
        """The one place that can be meant. One that merely holds what was typed is not taken for it."""
        sure = self.sure
        return sure[0].place if len(sure) == 1 and sure[0].rank <= _BEGINS else None


def find(text: str, *, kinds: Iterable[str], under: str = ROOT, limit: int = LIMIT) -> Found:
    """At most `limit` places of the kinds under the path that the text may mean, old names included.

    Larger places after a comma narrow the search, unless nothing would be left: people name districts
    that no longer exist. The home province has no precedence: who looks for a home limits the search to
    it, and elsewhere it would stand in the way.
    """
    query, kinds = Query.of(text), set(kinds)
    if not query.name:
        return Found([])
    allowed = allowed_places(kinds, under)
    found = _find(query, allowed, kinds, limit)
    if not found.choices and query.larger:
        found = _find(replace(query, larger=()), allowed, kinds, limit)
    return found


def _find(query: Query, allowed: PlaceQuerySet, kinds: set[str], limit: int) -> Found:
    choices: dict[int, Choice] = {}
    for place in _by_name(allowed, query)[:limit]:
        rank = query.rank(place)
        choices[place.pk] = Choice(place, rank, _NOW[rank])
    split: list[LegacyCommune] = []
    if Place.Kind.COMMUNE in kinds:
        for legacy in _legacy(query, allowed)[:limit]:
            rank = query.rank(legacy)
            successors = list(legacy.successors.all())
            if rank <= _EXACT and len(successors) > 1:
                split.append(legacy)
            for place in successors:
                _add(choices, place, rank, _ONCE[rank], _old_name(legacy))
    if Place.Kind.PROVINCE in kinds and not query.larger:
        _add_old_provinces(choices, allowed, query)
    # What fits best is kept, whether the name is old or new; then the new names come first.
    kept = sorted(choices.values(), key=lambda choice: (choice.rank, *_order(choice)))[:limit]
    return Found(sorted(kept, key=_order), split)


def _order(choice: Choice) -> tuple[int, bool, str, str]:
    place = choice.place
    return choice.tier, place.kind != Place.Kind.PROVINCE, place.search_name, place.path


def allowed_places(kinds: Iterable[str], under: str = ROOT) -> PlaceQuerySet:
    """The places in use that a picker with these limits may return."""
    places = Place.objects.active().filter(kind__in=set(kinds), scheme=SCHEME)
    return places.filter(path__startswith=under).with_ancestors()


def _by_name(allowed: PlaceQuerySet, query: Query) -> PlaceQuerySet:
    found = allowed.search(query.name)
    inside = Q()
    for name in query.larger:
        inside |= Q(parent__search_name__startswith=name) | Q(parent__parent__search_name__startswith=name)
        for old_name, code in OLD_PROVINCES.items():
            if fold(old_name).startswith(name):
                inside |= Q(path__startswith=f"{ROOT}{code}/")
    exact = [f"{name} {fold(kind)}".strip() for name in (query.name, query.whole) for kind in ("", *TYPES)]
    rank = Case(
        When(search_name__in=exact, then=Value(_EXACT)),
        When(
            Q(search_name__startswith=query.name) | Q(search_name__startswith=query.whole),
            then=Value(_BEGINS),
        ),
        When(search_name__contains=f" {query.name}", then=Value(_WORD_BEGINS)),
        default=Value(_HOLDS),
        output_field=IntegerField(),
    )
    # The larger place first: the same order as in `_order`.
    smaller = Case(
        When(kind=Place.Kind.PROVINCE, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return found.filter(inside).order_by(rank, smaller, "search_name", "path")


def _legacy(query: Query, allowed: PlaceQuerySet) -> list[LegacyCommune]:
    named = LegacyCommune.objects.search(query.name).prefetch_related(
        Prefetch("successors", queryset=allowed)
    )
    return sorted(
        (legacy for legacy in named if all(_lies_in(legacy, name) for name in query.larger)),
        key=lambda legacy: (query.rank(legacy), legacy.code),
    )


def _lies_in(legacy: LegacyCommune, name: str) -> bool:
    """Whether an old commune lay in a district or province so called, or lies in such a province now."""
    old = (_larger_name(legacy.district), _larger_name(legacy.province))
    now = (place.parent.search_name for place in legacy.successors.all() if place.parent)
    return any(larger.startswith(name) for larger in (*old, *now))


def _add_old_provinces(choices: dict[int, Choice], allowed: PlaceQuerySet, query: Query) -> None:
    meant = {name: code for name, code in OLD_PROVINCES.items() if fold(name).startswith(query.name)}
    if not meant:
        return
    now = {place.code: place for place in allowed.filter(kind=Place.Kind.PROVINCE, code__in=meant.values())}
    for name, code in meant.items():
        if code in now:
            rank = _EXACT if fold(name) in (query.name, query.whole) else _BEGINS
            if query.marked.removeprefix("tỉnh ") == fold_keep_marks(name):
                rank = _SAME
            # People still say the old province's name, so it counts as one in use.
            _add(choices, now[code], rank, _NOW[rank], _("tỉnh %(name)s") % {"name": name})


def _add(choices: dict[int, Choice], place: Place, rank: int, tier: int, old_name: str) -> None:
    choice = choices.setdefault(place.pk, Choice(place, rank, tier))
    choice.rank, choice.tier = min(choice.rank, rank), min(choice.tier, tier)
    choice.was.append(old_name)


def _old_name(legacy: LegacyCommune) -> str:
    """ "xã Đôn Thuận, Trảng Bàng": as people say it, without the word for the district."""
    name = legacy.name[:1].lower() + legacy.name[1:]
    return f"{name}, {_without_district_word(legacy.district)}"


def _without_district_word(name: str) -> str:
    for word in ("Thành phố ", "Thị xã ", "Huyện ", "Quận ", "Tỉnh "):
        name = name.removeprefix(word)
    return name


def _larger_name(name: str) -> str:
    return fold(_without_district_word(name))


def split_sentence(legacy: LegacyCommune, choices: Iterable[Choice]) -> str:
    """What is asked when an old commune went into several: which one it is now."""
    now = [lower_type(choice.place) for choice in choices]
    return _("%(old)s cũ nay thuộc %(count)d xã, phường: %(now)s. Vui lòng chọn.") % {
        "old": legacy.name,
        "count": len(now),
        "now": ", ".join(now),
    }
