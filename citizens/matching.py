"""Vietnamese matching: is this the same name, the same birth, the same person?

Pure functions over text and dates; no model, no query. Names are written with and without marks, in
either order, with the tone on either vowel (hòa, hoà), with đ typed as d; birth dates are often a year.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from string import ascii_lowercase

from django.utils.translation import gettext as _

from citizens.identity import NumberKind, classify, normalise
from portal.places.text import WORDS_KEPT, fold, fold_keep_marks, nfc, split_tones

__all__ = [
    "SORT_KEY_LENGTH",
    "Likeness",
    "Sameness",
    "Traits",
    "birth_compatible",
    "fold",
    "fold_keep_marks",
    "identity_compatible",
    "likeness",
    "name_tokens_key",
    "nfc",
    "same_name",
    "same_written_name",
    "sameness",
    "sort_key",
    "words_swapped",
]

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


def same_written_name(a: str, b: str) -> bool:
    """Whether two names are the same with their marks, whatever their order, case and tone placement."""
    return bool(a) and sorted(fold_keep_marks(a).split()) == sorted(fold_keep_marks(b).split())


def words_swapped(a: str, b: str) -> bool:
    """Whether names of one family name have the same words in another order, as twins have: Lê Minh Anh, Lê Anh
    Minh. A family name that is written last is another matter."""
    words, others = fold(a).split(), fold(b).split()
    return words != others and words[:1] == others[:1] and sorted(words) == sorted(others)


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
    return not a or not b or a == b or classify(a) != classify(b) or classify(a) == NumberKind.OTHER


@dataclass(frozen=True)
class Traits:
    """What is known of somebody when duplicates are looked for; empty where unknown."""

    full_name: str = ""
    birth: date | int | None = None
    identity: str = ""
    phone: str = ""
    sex: str = ""


class Sameness(Enum):
    """Whether two descriptions are of one person: surely, surely not, or to be asked."""

    ONE = "one"
    TWO = "two"
    UNSURE = "unsure"


def sameness(a: Traits, b: Traits) -> Sameness:
    """Decide by what is known of two people; what is known and differs makes two of them.

    Marks count: Thiên Ân and Thiện Ân are two. A name without marks or with its words in another order (twins are
    called Minh Anh and Anh Minh), a year without a day, and a year alone leave it open.
    """
    numbers = {normalise(a.identity), normalise(b.identity)} - {""}
    same_number = len(numbers) == 1 and bool(a.identity and b.identity)
    if len(numbers) == 2 or (a.sex and b.sex and a.sex != b.sex):
        return Sameness.TWO
    if not birth_compatible(a.birth, b.birth) or not same_name(a.full_name, b.full_name):
        return Sameness.TWO
    whole_day = a.birth == b.birth and a.birth is not None and not _year_alone(a.birth)
    as_written = fold_keep_marks(a.full_name) == fold_keep_marks(b.full_name)
    if same_number or (whole_day and as_written):
        return Sameness.ONE
    return Sameness.UNSURE


@dataclass(frozen=True)
class Likeness:
    """How like two people are: 0 (somebody else) to 100 (surely one), and why, in words for the officer."""

    score: int
    reasons: tuple[str, ...] = ()


def likeness(a: Traits, b: Traits) -> Likeness:
    """Compare two people. A contradiction (another number of the same kind, another birth,
    another sex) counts as 0.

    Never ground for a merge by itself: children share names and phones with their parents.
    """
    same_number = bool(normalise(a.identity)) and normalise(a.identity) == normalise(b.identity)
    if same_number:
        reasons = [_("Cùng số giấy tờ")]
        if same_name(a.full_name, b.full_name):
            reasons.append(_("Cùng họ tên"))
        return Likeness(100, tuple(reasons))
    if a.sex and b.sex and a.sex != b.sex:
        return Likeness(0)
    if not identity_compatible(a.identity, b.identity) or not birth_compatible(a.birth, b.birth):
        return Likeness(0)
    if not same_name(a.full_name, b.full_name):
        return Likeness(0)
    exact = same_written_name(a.full_name, b.full_name)
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


@lru_cache(WORDS_KEPT)
def _word_key(word: str) -> str:
    letters, tones = [], []
    for letter, tone in split_tones(word):
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
