"""Vietnamese matching: is this the same name, the same birth, the same person?

Pure functions over text and dates; no model, no query. Names are written with and without marks, in
either order, with the tone on either vowel (hòa, hoà), with đ typed as d; birth dates are often a year.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase

from django.utils.translation import gettext as _

from portal.places.text import fold, nfc

from .identity import Kind, classify, normalise

__all__ = [
    "SORT_KEY_LENGTH",
    "Likeness",
    "Traits",
    "birth_compatible",
    "fold",
    "fold_keep_marks",
    "identity_compatible",
    "likeness",
    "name_tokens_key",
    "nfc",
    "same_name",
    "sort_key",
]

# Combining marks of the five written tones, in the order of the dictionary; no mark is the first tone.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_MARK_OF_TONE = {number: mark for mark, number in _TONES.items()}
_LOOKALIKES = str.maketrans({"ð": "đ", "ɖ": "đ"})
_VOWELS = frozenset("aăâeêioôơuưy")
_MARKED_VOWELS = frozenset("ăâêôơư")

# Letters of one base differ by the digit: a1 < a2 (ă) < a3 (â) < b1. Only digits and lower-case
# letters, so that the key sorts alike under C and under any other collation of the database.
_WIDER = {"a": "aăâ", "d": "dđ", "e": "eê", "o": "oôơ", "u": "uư"}
_LETTER_KEYS = {
    letter: f"{base}{rank}"
    for base in ascii_lowercase
    for rank, letter in enumerate(_WIDER.get(base, base), start=1)
}

SORT_KEY_LENGTH = 400  # characters; a column for the key needs no more


def name_tokens_key(full_name: str) -> str:
    """The folded words in alphabetical order: equal for "Lan Nguyễn" and "nguyen lan". For an index."""
    return " ".join(sorted(fold(full_name).split()))


def fold_keep_marks(text: str) -> str:
    """Lower case, single spaces, no punctuation, marks kept, each tone where the old style puts it.

    "Hoà" and "Hòa" both give "hòa"; "thuý" and "thúy" both "thúy". A word that is no Vietnamese
    syllable keeps its marks where they are.
    """
    lowered = nfc(nfc(text).lower()).translate(_LOOKALIKES)
    # An apostrophe is dropped, any other sign parts two words, as `fold` does.
    words = "".join(
        c if c.isalnum() or unicodedata.combining(c) else "" if c in "'’" else " " for c in lowered
    )
    return " ".join(_tone_in_place(word) for word in words.split())


def same_name(a: str, b: str) -> bool:
    """Whether two full names can be one, whatever their order, spaces, case and tone placement.

    Marks count only where both names carry some: "Nguyen Van Tuan" is Tuấn and Tuân, but Tuấn is not
    Tuân. An empty name is nobody's.
    """
    if not name_tokens_key(a) or name_tokens_key(a) != name_tokens_key(b):
        return False
    marked_a, marked_b = (sorted(fold_keep_marks(name).split()) for name in (a, b))
    bare = sorted(fold(a).split())
    return marked_a == marked_b or bare in (marked_a, marked_b)


def sort_key(full_name: str) -> str:
    """A key by which a list stands in Vietnamese order: given name (last word) first, then the rest.

    Within a word the letters decide (a ă â b c d đ e ê …), then the tone (ngang, huyền, hỏi, ngã, sắc,
    nặng), as in a dictionary; then comes the next word. Digits and lower-case ASCII letters only, at
    most `SORT_KEY_LENGTH` characters. Case, tone placement and composition of the letters do not matter.
    """
    words = fold_keep_marks(full_name).split()
    ordered = words[-1:] + words[:-1]
    return "".join(_word_key(word) for word in ordered)[:SORT_KEY_LENGTH]


def birth_compatible(a: date | int | None, b: date | int | None) -> bool:
    """Whether two births, each a date, a year or unknown, can be one person's.

    1 January stands for "only the year is known" on many papers, so it agrees with any day of its year.
    """
    if a is None or b is None or a == b:
        return True
    year_a, year_b = (value.year if isinstance(value, date) else value for value in (a, b))
    return year_a == year_b and (_year_alone(a) or _year_alone(b))


def identity_compatible(a: str, b: str) -> bool:
    """Whether two identity numbers can be one person's.

    Nothing in a CCCD number tells the CMND that it replaced, so numbers of different kinds never
    exclude each other; two different numbers of one kind do.
    """
    a, b = normalise(a), normalise(b)
    return not a or not b or a == b or classify(a) != classify(b) or classify(a) == Kind.OTHER


@dataclass(frozen=True)
class Traits:
    """What is known of somebody when duplicates are looked for; empty where unknown."""

    full_name: str = ""
    birth: date | int | None = None
    identity: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Likeness:
    """How like two people are: 0 (somebody else) to 100 (surely one), and why, in words for the officer."""

    score: int
    reasons: tuple[str, ...] = ()


def likeness(a: Traits, b: Traits) -> Likeness:
    """Compare two people. A contradiction (another number of the same kind, another birth) counts as 0.

    Never ground for a merge by itself: children share names and phones with their parents.
    """
    same_number = bool(normalise(a.identity)) and normalise(a.identity) == normalise(b.identity)
    if same_number:
        reasons = [_("Cùng số giấy tờ")]
        if same_name(a.full_name, b.full_name):
            reasons.append(_("Cùng họ tên"))
        return Likeness(100, tuple(reasons))
    if not identity_compatible(a.identity, b.identity) or not birth_compatible(a.birth, b.birth):
        return Likeness(0)
    if not same_name(a.full_name, b.full_name):
        return Likeness(0)
    exact = sorted(fold_keep_marks(a.full_name).split()) == sorted(fold_keep_marks(b.full_name).split())
    score, reasons = (45, [_("Cùng họ tên")]) if exact else (35, [_("Họ tên giống nhau khi bỏ dấu")])
    if a.birth is not None and b.birth is not None:
        if a.birth == b.birth and not _year_alone(a.birth):
            score, reasons = score + 40, [*reasons, _("Cùng ngày sinh")]
        else:
            score, reasons = score + 20, [*reasons, _("Cùng năm sinh")]
    if a.phone and a.phone == b.phone:
        score, reasons = score + 10, [*reasons, _("Cùng số điện thoại")]
    return Likeness(score, tuple(reasons))


def _year_alone(birth: date | int) -> bool:
    return not isinstance(birth, date) or (birth.month, birth.day) == (1, 1)


def _split_tones(word: str) -> Iterator[tuple[str, int]]:
    """Each letter of the word without its tone, and the tone's number (0 for none)."""
    for cluster in unicodedata.normalize("NFC", word):
        tone = 0
        kept = []
        for part in unicodedata.normalize("NFD", cluster):
            if part in _TONES:
                tone = _TONES[part]
            else:
                kept.append(part)
        yield unicodedata.normalize("NFC", "".join(kept)), tone


def _tone_in_place(word: str) -> str:
    """The word with its one tone on the vowel where the old style writes it."""
    letters = list(_split_tones(word))
    tones = [tone for _letter, tone in letters if tone]
    plain = [letter for letter, _tone in letters]
    if len(tones) != 1 or "" in plain:
        return word
    place = _place_of_tone(plain)
    if place is None or not letters[place][0]:
        return word
    plain[place] = unicodedata.normalize("NFC", plain[place] + _MARK_OF_TONE[tones[0]])
    return "".join(plain)


def _place_of_tone(plain: list[str]) -> int | None:
    """The index of the letter that carries the tone; None where this is no Vietnamese syllable."""
    vowels = [place for place, letter in enumerate(plain) if letter in _VOWELS]
    # The u of qu and the i of gi belong to the consonant where another vowel follows: quý, già, but gì.
    onset = "".join(plain[:2])
    if onset in ("qu", "gi") and len(vowels) > 1 and vowels[0] == 1:
        vowels = vowels[1:]
    if not vowels or len(vowels) > 3 or vowels != list(range(vowels[0], vowels[0] + len(vowels))):
        return None
    marked = [place for place in vowels if plain[place] in _MARKED_VOWELS]
    if marked:
        return marked[-1]
    closed = vowels[-1] < len(plain) - 1
    if len(vowels) == 1:
        return vowels[0]
    return vowels[1] if closed or len(vowels) == 3 else vowels[0]


def _word_key(word: str) -> str:
    letters, tones = [], []
    for letter, tone in _split_tones(word):
        for part in letter:
            if part in _LETTER_KEYS:
                letters.append(_LETTER_KEYS[part])
            elif part.isascii() and part.isdigit():
                letters.append("1" + part)
            else:
                letters.append(f"z9{ord(part):06x}")
        if tone:
            tones.append(str(tone))
    # 0 ends the letters, 0 ends the tones: a shorter word stands before the longer one that begins with it.
    return "".join(letters) + "0" + "".join(tones) + "0"
