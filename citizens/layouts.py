"""Texts of scanners that believe in another keyboard than the computer has, undone.

A scanner presses keys. It believes in the American keyboard; under another layout its keys give other signs. Each
layout here lists the signs that differ. What was meant is certain only by its shape, which the caller checks.

    undone("àèé&_(àà''&è")  ->  {"072185004417", …}
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

# The keys of the American keyboard, unshifted and shifted, and what the same keys give elsewhere.
_FRENCH = (
    ("1234567890-=[];'\\,./`", "&é\"'(-è_çà)=^$mù*;:!²"),
    ('!@#$%^&*()_+{}:"|<>?', "1234567890°+¨£M%µ./§"),
    ("qwazQWAZ;m,M", "azqwAZQWm,;?"),
)
_BRITISH = (('@"|\\~#', '"@~#¬£'),)
_GERMAN = (
    ("-=[];'\\/", "ß´ü+öä#-"),
    ('@#^&*()_+{}:"|<>?', "\"§&/()=?`Ü*ÖÄ';:_"),
    ("zyZY", "yzYZ"),
)
_LONGEST = 2000  # characters; no card comes near it
_MOST = 64  # readings of one field


@dataclass(frozen=True)
class Layout:
    """A keyboard: what its signs stand for on the keyboard in which the scanner believes."""

    name: str
    signs: dict[str, str]

    def undo(self, text: str) -> str:
        return "".join(self.signs.get(sign, sign) for sign in text)


def _layout(name: str, rows: tuple[tuple[str, str], ...]) -> Layout:
    signs: dict[str, str] = {}
    for meant, comes in rows:
        signs |= dict(zip(comes, meant, strict=True))
    return Layout(name, signs)


FRENCH = _layout("Pháp", _FRENCH)
BRITISH = _layout("Anh", _BRITISH)
GERMAN = _layout("Đức", _GERMAN)
LAYOUTS = (FRENCH, GERMAN, BRITISH)

# The number row of the Vietnamese keyboard: five letters, and five tone marks on the sign before.
_ROW_LETTERS = {"a\u0306": "1", "a\u0302": "2", "e\u0302": "3", "o\u0302": "4", "đ": "0"}
_ROW_TONES = {"\u0300": "5", "\u0309": "6", "\u0303": "7", "\u0301": "8", "\u0323": "9"}
_DOT = "9"  # Unicode moves the mark below before the others, so its place among them is lost
_MARKS = {"\u0306", "\u0302"}


def has_number_row(text: str) -> bool:
    """Return whether the first field of a text is digits as the Vietnamese number row gives them."""
    field = text.split("|", 1)[0].strip()
    return bool(field) and not any(sign.isdigit() for sign in field) and any(row_digits(field))


def row_digits(text: str) -> Iterator[str]:
    """Yield the digits for which a text of the Vietnamese number row may stand; nothing where it is no such text.

    There are several where a mark below stands among others, whose order Unicode does not keep.
    """
    clusters: list[list[str]] = []
    plain = unicodedata.normalize("NFD", text.lower())
    base = ""
    tones: list[str] = []

    def close() -> bool:
        if base and base not in _ROW_LETTERS and not base.isdigit():
            return False
        digit = [_ROW_LETTERS.get(base, base)] if base else []
        if tones:
            orders = {tuple(tones)}
            if _DOT in tones and len(tones) > 1:
                rest = [tone for tone in tones if tone != _DOT]
                orders = {
                    order for order in permutations(tones) if [tone for tone in order if tone != _DOT] == rest
                }
            clusters.append(sorted("".join([*digit, *order]) for order in orders))
        elif digit:
            clusters.append(digit)
        return True

    for sign in plain:
        if sign in _MARKS and base:
            base += sign
        elif sign in _ROW_TONES:
            tones.append(_ROW_TONES[sign])
            if len(tones) > 5:
                return
        else:
            if not close():
                return
            base, tones = sign, []
    if not close():
        return
    count = 1
    for one in clusters:
        count *= len(one)
    if count <= _MOST:
        yield from ("".join(parts) for parts in product(*clusters))


def undone(text: str) -> set[str]:
    """Return every text that a scanner may have meant with this one under another layout."""
    if len(text) > _LONGEST:
        return set()
    found = {layout.undo(text) for layout in LAYOUTS} - {text}
    found |= set(row_digits(text))
    return found


def is_of_another_keyboard(text: str) -> bool:
    """Return whether the text looks like digits that another keyboard has turned into signs."""
    bare = "".join(text.split())
    if len(bare) < 6:
        return False
    # Names have é, è and à as well, but none of the other signs of the French row.
    signs = sum(sign in "&\"'(_" for sign in bare)
    if signs >= 2 and sum(sign in "&é\"'(-è_çàµ" for sign in bare) * 2 > len(bare):
        return True
    return _digits_of_row(bare) or sum(bare.count(sign) for sign in "~µ¦§") >= 4


def _digits_of_row(bare: str) -> bool:
    """Return whether nearly all of a text are letters and tone marks of the Vietnamese number row."""
    of_row = others = 0
    base = ""
    for sign in [*unicodedata.normalize("NFD", bare.lower()), ""]:
        if sign and sign in _MARKS and base:
            base += sign
            continue
        if sign and sign in _ROW_TONES:
            of_row += 1
            continue
        if base:
            of_row += base in _ROW_LETTERS
            others += base not in _ROW_LETTERS
        base = sign
    return of_row >= 6 and others * 4 <= of_row
