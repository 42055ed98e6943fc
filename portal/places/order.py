"""The Vietnamese order of names, the same in the database and in Python, on every server.

    Place.objects.order_by(*vietnamese("short_name"), "pk")
    sorted(places, key=lambda place: vietnamese_key(place.short_name))

The letters decide (a ă â b c d đ e ê …), then the tones (ngang, huyền, hỏi, ngã, sắc, nặng), as ICU's collation
`vi` has it: Lạng Sơn, Lào Cai, Lâm Đồng; Dương Minh Châu, Đức Huệ. That collation itself cannot be named in a
query: PostgreSQL may be built without ICU, as the portal's own is. A name is stored in normal form C.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func, Value
from django.db.models.functions import Collate

from .text import nfc

if TYPE_CHECKING:
    from .models import Place

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_VOWELS = "aăâeêioôơuưy"
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # from the second tone on; the first has no mark
_FIRST = ord("A")  # of as many signs of ASCII as the alphabet has letters, behind the digits
_DROPPED = "'\u2018\u2019\u02bc`"  # Ea H'leo


def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Each letter as a sign in the order of the alphabet, and as the number of its tone."""
    letters, tones = {}, {}
    for place, letter in enumerate(_ALPHABET):
        marks = ("", *_TONES) if letter in _VOWELS else ("",)
        for tone, mark in enumerate(marks):
            for written in {nfc(letter + mark), nfc(letter.upper() + mark)}:
                letters[written] = chr(_FIRST + place)
                tones[written] = str(tone)
    # What looks like Đ in capitals and comes out of old encodings, and the hyphen of Bà Rịa - Vũng Tàu.
    letters |= {"Ð": letters["đ"], "Ɖ": letters["đ"], "-": " "}
    return letters, tones


_LETTERS, _TONE_NUMBERS = _tables()
# In PostgreSQL's translate() a sign without its counterpart goes away.
_PAIRS = [("".join(table) + _DROPPED, "".join(table.values())) for table in (_LETTERS, _TONE_NUMBERS)]
_IN_PYTHON = [
    {ord(sign): table.get(sign) for sign in (*table, *_DROPPED)} for table in (_LETTERS, _TONE_NUMBERS)
]


def vietnamese(field: Any) -> list[Any]:
    """What to order rows by, so that a name (a column or an expression) stands in Vietnamese order."""
    name = F(field) if isinstance(field, str) else field
    return [
        Collate(Func(name, Value(signs), Value(counterparts), function="translate"), "C")
        for signs, counterparts in _PAIRS
    ]


def vietnamese_key(name: str) -> tuple[str, ...]:
    """The same order for `sorted`."""
    normal = unicodedata.normalize("NFC", name)
    return tuple(normal.translate(table) for table in _IN_PYTHON)


def by_name(places: Iterable[Place]) -> list[Place]:
    """Places that are loaded already, as `PlaceQuerySet.by_name` would give them."""
    return sorted(places, key=lambda place: (vietnamese_key(place.short_name), place.pk))


def given_name_first(field: str) -> Func:
    """A person's name with the given name (its last word) in front, by which lists of people stand."""
    return Func(F(field), Value(r"^(.*\S)\s+(\S+)\s*$"), Value(r"\2 \1"), function="regexp_replace")
