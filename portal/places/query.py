"""What people type for a place, taken apart: the name, the word for its level, the larger places after it.

"P5 Q8", "phường 5, quận 8" and "12/3 đường số 7, phường 5, quận 8, TP.HCM" all name a ward and where it lies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from portal.places.models import LegacyCommune, Place, split_type

from .text import fold, fold_keep_marks

MAX_TEXT = 200
_MAX_WORDS = 14
_MAX_NAME = 5  # words: "thành phố Hồ Chí Minh"
_MAX_LARGER = 3  # a district, and a province by its old and its new name
_MAX_PARTS = 6  # an address has no more; each further one would be searched for in vain


class Level(StrEnum):
    """Of what somebody speaks, by the word before the name."""

    ANY = ""
    COMMUNE = "commune"
    DISTRICT = "district"
    CITY = "city"  # of the level of a province or, formerly, of a district
    PROVINCE = "province"


_WORDS = {
    **dict.fromkeys(("phuong", "xa", "thi tran", "dac khu", "p", "f", "tt", "x"), Level.COMMUNE),
    **dict.fromkeys(("quan", "huyen", "thi xa", "q", "h", "tx"), Level.DISTRICT),
    **dict.fromkeys(("thanh pho", "tp", "t p"), Level.CITY),
    "tinh": Level.PROVINCE,
}
_WORD = re.compile(rf"({'|'.join(sorted(_WORDS, key=len, reverse=True))}) (?=.)")
_NUMBERED = re.compile(r"([pfq])(\d+)")  # "p5", "F5", "q12"
_LONG_WORDS = {"q": "quan", "h": "huyen", "tx": "thi xa", "tp": "thanh pho", "t p": "thanh pho"}
_HCMC = (
    "tphcm",
    "hcm",
    "hcmc",
    "hcm city",
    "tp hcm",
    "sai gon",
    "saigon",
    "tp sai gon",
    "tp ho chi minh",
    "sg",
)
_SHORT_FORMS = {
    **dict.fromkeys((*_HCMC, "t p hcm", "thanh pho sai gon", "ho chi minh city"), "ho chi minh"),
    **dict.fromkeys(("brvt", "br vt"), "ba ria vung tau"),
    **dict.fromkeys(("hn", "tp hn"), "ha noi"),
    # As the province was called until January 2025.
    **dict.fromkeys(("thua thien hue", "tinh thua thien hue", "tt hue", "tth"), "hue"),
    **dict.fromkeys(("ban me thuot", "buon me thuot"), "buon ma thuot"),
}
_COUNTRY = re.compile(r"(?<=\w)[\s,.;]+(?:việt nam|viet nam|vietnam|vn)[\s.]*$", re.IGNORECASE)
_COMMA = r"[,;|\n]|(?<=[\w.])\s*/(?=\s*[^\W\d_])"
# What says that a name is old, or what it was, as the portal itself writes it behind a name.
_OLD = re.compile(r"\(\s*cũ\s*:.*?(?:\)|$)|\([^()]*\bcũ\s*\)", re.IGNORECASE)
_OLD_WORD = re.compile(r"(?<=\w)\s+cũ\b", re.IGNORECASE)
# Where an address without commas goes on. Without marks too: "phuong 7 quan 8 tphcm".
_NEXT_PART = re.compile(
    r"\s+(?=(?:phường|phuong|xã|thị trấn|thi tran|quận|quan|huyện|huyen|thị xã|thi xa|tx|tỉnh|tinh"
    r"|thành phố|thanh pho|tp|t\.p)\.?\s|[pfq]\.?\s?\d|(?:tp\.?\s?)?hcm)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class QueryPart:
    """One part of an address: its name, with and without the word for its level."""

    name: str
    whole: str
    word: str = ""

    @classmethod
    def of(cls, text: str) -> QueryPart:
        # Eight words are more than any name has; more would only make the search dear.
        whole = " ".join(fold(text).split()[:8])
        whole = _NUMBERED.sub(r"\1 \2", whole) if _NUMBERED.fullmatch(whole) else whole
        whole = re.sub(r"\b0+(?=\d)", "", _SHORT_FORMS.get(whole, whole))
        found = _WORD.match(whole)
        word = found[1] if found else ""
        return cls(whole[len(word) :].strip(), whole, _LONG_WORDS.get(word, word))

    @property
    def level(self) -> Level:
        return _WORDS.get(self.word, Level.ANY)

    def begins(self, name: str) -> bool:
        """Whether a name, folded, begins like this part. District 1 is not the beginning of district 12."""
        return name == self.name if self.name.isdigit() else name.startswith(self.name)


@dataclass(frozen=True)
class Query:
    """One reading of a text: the place that is meant, and the larger ones in which it lies.

    `marked` is the first part as it was typed, with its marks, by which Tân An and Tân Ân are told apart.
    """

    part: QueryPart
    larger: tuple[QueryPart, ...] = ()
    marked: str = ""

    @classmethod
    def of(cls, *texts: str) -> Query:
        head, *rest = texts or ("",)
        return cls(QueryPart.of(head), tuple(map(QueryPart.of, rest)), fold_keep_marks(head))

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def whole(self) -> str:
        return self.part.whole

    @property
    def level(self) -> Level:
        return self.part.level

    @property
    def speaks_of_communes(self) -> bool:
        return self.level in (Level.ANY, Level.COMMUNE)

    @property
    def is_number_of_district(self) -> bool:
        """ "Quận 12": no commune is called so, though many names hold the number."""
        return self.level == Level.DISTRICT and self.name.isdigit()

    def is_called(self, name: str) -> bool:
        """Whether this is the name, marks included."""
        _type, short_name = split_larger(name)
        return self.marked in (marked(name), marked(short_name))

    def as_typed(self, place: Place | LegacyCommune) -> bool:
        """Whether the place has the name that was typed; marks count where some were typed."""
        plain = self.marked == fold(self.marked)
        return self.is_called(place.name) or (plain and own_name(place) in (self.name, self.whole))


def readings(text: str) -> Iterator[tuple[Query, bool]]:
    """How a text may be read, the likeliest first, and whether that leaves nothing out.

    What leaves a larger place or the smaller part of an address out finds what may be meant, no more.
    """
    text = _plain(text)
    parts = _parts(text, _COMMA)
    if not parts:
        return
    if _is_backwards(parts):
        parts.reverse()
    yield Query.of(*parts), True
    if len(parts) == 1:
        parts = _parts(text, _NEXT_PART)
        if len(parts) == 1:
            return
        yield Query.of(*parts), True
    if len(parts) > 2:
        yield Query.of(parts[0], parts[-1]), False
        yield Query.of(*parts[:-1]), False
    for place in range(1, len(parts)):
        yield Query.of(*parts[place:]), False
    yield Query.of(parts[0]), False


def readings_without_commas(text: str, is_area: Callable[[QueryPart], bool]) -> Iterator[tuple[Query, bool]]:
    """How a text may be read whose parts no comma parts: "gia loc trang bang". Its last words are larger places,
    as `is_area` knows them; the fewest first.

    What stands before a name, such as a hamlet or a street, may be left out at last.
    """
    words = re.sub(_COMMA, " ", _plain(text)).split()[:_MAX_WORDS]
    splits = sorted(_tails(words, len(words), is_area, _MAX_LARGER), key=lambda starts: -starts[0])
    for starts in splits:
        larger = [
            " ".join(words[one:end]) for one, end in zip(starts, [*starts[1:], len(words)], strict=True)
        ]
        yield Query.of(" ".join(words[: starts[0]]), *larger), True
    for starts in splits[::-1]:
        larger = [
            " ".join(words[one:end]) for one, end in zip(starts, [*starts[1:], len(words)], strict=True)
        ]
        for first in range(max(1, starts[0] - _MAX_NAME), starts[0]):
            yield Query.of(" ".join(words[first : starts[0]]), *larger), False


def _tails(
    words: list[str], end: int, is_area: Callable[[QueryPart], bool], most: int
) -> Iterator[tuple[int, ...]]:
    """Yield where each of the larger places at the end of the words begins; at least one word stands before."""
    if most == 0:
        return
    for start in range(max(1, end - _MAX_NAME), end):
        if is_area(QueryPart.of(" ".join(words[start:end]))):
            yield (start,)
            for before in _tails(words, start, is_area, most - 1):
                yield (*before, start)


def without_old(text: str) -> str:
    """The text without the word behind a name that says that it is old; some names themselves end so."""
    return _OLD_WORD.sub("", text)


def _plain(text: str) -> str:
    """The text without the country, and without what says that a name is old."""
    return _COUNTRY.sub("", _OLD.sub(" ", text[:MAX_TEXT]).strip())


def _is_backwards(parts: list[str]) -> bool:
    """Whether the largest place stands first: "Quận 8, Phường 5"."""
    levels = [QueryPart.of(part).level for part in parts]
    larger = any(level not in (Level.ANY, Level.COMMUNE) for level in levels)
    return larger and levels[-1] == Level.COMMUNE and Level.COMMUNE not in levels[:-1]


def _parts(text: str, sign: str | re.Pattern[str]) -> list[str]:
    parts = [part for part in re.split(sign, text) if fold(part)]
    return [parts[0], *parts[1:][1 - _MAX_PARTS :]] if parts else []


def split_larger(name: str) -> tuple[str, str]:
    """`("Huyện", "Củ Chi")`: as `split_type`, for the names of old districts too."""
    for word in ("Thị xã", "Huyện", "Quận"):
        if name.startswith(word + " "):
            return word, name[len(word) + 1 :]
    return split_type(name)


def own_name(place: Place | LegacyCommune) -> str:
    """The folded name without the word for its level."""
    return place.search_name.removesuffix(f" {folded(place.type)}") if place.type else place.search_name


@lru_cache(maxsize=8192)
def folded(name: str) -> str:
    """As `fold`, for names of places, which are the same few thousand at each search."""
    return fold(name)


@lru_cache(maxsize=8192)
def marked(name: str) -> str:
    """As `fold_keep_marks`, for names of places."""
    return fold_keep_marks(name)
