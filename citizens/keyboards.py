"""What Vietnamese input methods make of a code's letters and digits, undone.

With Telex on, `TN-02DDD-G` arrives as `TN-02ĐD-G`; with VNI on, `A6` arrives as `Â`. A key that marked a letter
is gone, and may have stood anywhere behind that letter in its word. So there are several texts that may have
been typed; the check character of a code tells which one was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement, product
from math import prod

from portal.places.text import split_tones

MOST_LOST = 4  # keys; more marks than that are a name, not a code
MOST_WITHOUT_TRACE = 2  # keys
_CIRCUMFLEX, _BREVE, _HORN, _BAR = "^(+-"
_MARKED = {
    "â": ("a", _CIRCUMFLEX), "ê": ("e", _CIRCUMFLEX), "ô": ("o", _CIRCUMFLEX), "ă": ("a", _BREVE),
    "ơ": ("o", _HORN), "ư": ("u", _HORN), "đ": ("d", _BAR), "ð": ("d", _BAR), "ɖ": ("d", _BAR),
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Method:
    """An input method: the key of each tone (in the order of `split_tones`), the key that takes a tone away, and
    the keys that mark a letter."""

    tones: str
    no_tone: str
    marks: dict[tuple[str, str], str]
    vowels: str = "aeiouy"

    def marks_on(self, base: str) -> set[str]:
        return {key for (letter, _mark), key in self.marks.items() if letter == base}

    def acts_on(self, key: str, base: str) -> bool:
        return (key in self.tones and base in self.vowels) or key in self.marks_on(base)


TELEX = Method(
    tones="frxsj",
    no_tone="z",
    marks={
        ("a", _CIRCUMFLEX): "a", ("e", _CIRCUMFLEX): "e", ("o", _CIRCUMFLEX): "o", ("a", _BREVE): "w",
        ("o", _HORN): "w", ("u", _HORN): "w", ("d", _BAR): "d",
    },
    vowels="aeiouyw",  # W alone gives Ư
)  # fmt: skip
VNI = Method(
    tones="23415",
    no_tone="0",
    marks={
        ("a", _CIRCUMFLEX): "6", ("e", _CIRCUMFLEX): "6", ("o", _CIRCUMFLEX): "6", ("a", _BREVE): "8",
        ("o", _HORN): "7", ("u", _HORN): "7", ("d", _BAR): "9",
    },
)  # fmt: skip
METHODS = (TELEX, VNI)
# Letters and digits of codes that an input method may change or be changed by: no vowel, no D and no W, and no tone
# key and no digit can mark anything.
CHANGED = frozenset("AEYDWIOU")


@dataclass(frozen=True)
class Letter:
    base: str
    mark: str
    tone: int
    end: int  # of its word, as a place among all letters


Lost = tuple[str, int, int]  # a key that is gone, and between which places it stood


# What the keys of a code give where the keyboard, or a scanner that plays one, is not of the layout that the computer
# was told. Each to the key that was pressed.
_FRENCH = {
    "&": "1", "é": "2", '"': "3", "'": "4", "(": "5", "-": "6", "è": "7", "_": "8", "ç": "9", "à": "0",
    ")": "-", "°": "-", "a": "q", "q": "a", "z": "w", "w": "z", ",": "m", "?": "m",
}  # fmt: skip
_SIGNS_OF_DIGITS = "&\"'(_)"
_GERMAN = {"ß": "-", "?": "-", "y": "z", "z": "y"}
# The layout of Vietnamese that comes with Windows: digits are letters and tones.
_WINDOWS = {"ă": "1", "â": "2", "ê": "3", "ô": "4", "đ": "0"}
_WINDOWS_TONES = {"\u0300": "5", "\u0309": "6", "\u0303": "7", "\u0301": "8", "\u0323": "9"}
_SHAPES = "\u0302\u0306\u031b"
_GROUP = re.compile("(.)([\u0300-\u036f]*)", re.DOTALL)
_MOST_ORDERS = 200


def of_other_layouts(text: str) -> set[str]:
    """What may have been pressed on a keyboard of another layout."""
    lower = unicodedata.normalize("NFC", text).lower()
    found = {
        "".join(layout.get(sign, sign) for sign in lower)
        for layout in (_FRENCH, _GERMAN)
        if any((sign in layout and not sign.isascii()) or sign in _SIGNS_OF_DIGITS for sign in lower)
    }
    groups = [
        _windows_keys(match[1], match[2]) for match in _GROUP.finditer(unicodedata.normalize("NFD", lower))
    ]
    if prod(map(len, groups)) <= _MOST_ORDERS:
        found |= set(map("".join, product(*groups)))
    return found - {lower}


def _windows_keys(base: str, marks: str) -> set[str]:
    """The keys of a letter and its marks. The dot, which stands below, has lost its place among the tones."""
    shape = next((mark for mark in marks if mark in _SHAPES), "")
    letter = unicodedata.normalize("NFC", base + shape)
    first = _WINDOWS.get(letter, letter)
    tones = [_WINDOWS_TONES[mark] for mark in marks if mark in _WINDOWS_TONES]
    dots, others = tones.count("9"), [tone for tone in tones if tone != "9"]
    return {
        first + "".join("9" if place in places else next(rest) for place in range(len(tones)))
        for places in combinations(range(len(tones)), dots)
        for rest in [iter(others)]
    }


def has_marks(text: str) -> bool:
    """Whether an input method was on: a letter carries a mark."""
    return any(sign > "\x7f" and sign.isalpha() for sign in unicodedata.normalize("NFC", text))


def undone(text: str, length: int) -> set[str]:
    """Every text of so many letters and digits, in capitals, that an input method may have turned into this one."""
    found: set[str] = set()
    for letters in _readings(text):
        if len(letters) <= length:
            for method in METHODS:
                found |= _undone_by(method, letters, length)
    return {keys.upper() for keys in found}


def _readings(text: str) -> Iterator[list[Letter]]:
    words = [list(split_tones(word)) for word in _WORD.findall(unicodedata.normalize("NFC", text).lower())]
    letters, end = [], 0
    for word in words:
        end += len(word)
        letters += [Letter(*_MARKED.get(letter, (letter, "")), tone, end) for letter, tone in word]
    # In Telex W alone gives Ư, which may carry a tone as well.
    alone = [
        (one, replace(one, base="w", mark="")) if one.mark == _HORN and one.base == "u" else (one,)
        for one in letters
    ]
    yield from map(list, product(*alone))


def _undone_by(method: Method, letters: list[Letter], length: int) -> set[str]:
    certain: list[Lost] = []
    for place, letter in enumerate(letters, start=1):
        if letter.mark:
            certain.append((method.marks[letter.base, letter.mark], place, letter.end))
        if letter.tone:
            certain.append((method.tones[letter.tone - 1], place, letter.end))
    missing = length - len(letters) - len(certain)
    if not 0 <= missing <= MOST_WITHOUT_TRACE or length - len(letters) > MOST_LOST:
        return set()
    bare = "".join(letter.base for letter in letters)
    found: set[str] = set()
    for more in _without_trace(method, letters, missing):
        found |= _put_back(bare, [*certain, *more])
    return found


def _without_trace(method: Method, letters: list[Letter], missing: int) -> Iterator[list[Lost]]:
    """So many keys that an input method took without a mark of their own being left."""
    if missing == 0:
        yield []
        return
    single = set(_replaced(method, letters)) | set(_pressed_again(method, letters))
    for some in combinations_with_replacement(sorted(single), missing):
        yield list(some)
    if missing == MOST_WITHOUT_TRACE:
        yield from _taken_away(method, letters)


def _replaced(method: Method, letters: list[Letter]) -> Iterator[Lost]:
    """Another mark or tone that the last one took the place of: A, F, R give Ả."""
    for place, letter in enumerate(letters, start=1):
        if letter.tone:
            yield from ((key, place, letter.end) for key in method.tones)
        if letter.mark:
            yield from ((key, place, letter.end) for key in method.marks_on(letter.base))


def _pressed_again(method: Method, letters: list[Letter]) -> Iterator[Lost]:
    """The first of two presses of one key, of which the second took the mark away and stayed: D, D, D give DD."""
    for last, letter in enumerate(letters):
        for first, one in enumerate(letters[:last], start=1):
            if one.end == letter.end and not letter.mark and method.acts_on(letter.base, one.base):
                yield letter.base, first, last
        if letter.base == "w" and method is TELEX:  # W alone gives Ư, pressed again W
            yield "w", last, last


def _taken_away(method: Method, letters: list[Letter]) -> Iterator[list[Lost]]:
    """A tone and the key that took it away: A, F, Z give A."""
    for place, letter in enumerate(letters, start=1):
        if letter.base in method.vowels and not letter.tone:
            for key in method.tones:
                yield [(key, place, letter.end), (method.no_tone, place, letter.end)]


def _put_back(bare: str, lost: list[Lost]) -> set[str]:
    """Every text that has the lost keys at places where they may have stood."""
    found = {(bare, tuple(lost))}
    for _key in lost:
        found = {
            (
                text[:at] + key + text[at:],
                tuple((k, a + (a > at), b + (b >= at)) for k, a, b in rest),
            )
            for text, ((key, first, last), *rest) in found
            for at in range(first, last + 1)
        }
    return {text for text, _rest in found}
