"""Vietnamese text: its search form, and the placement of its tones.

Folding is done here, in Python, when a row is saved and when a query comes in: both sides go through
the same function, so the database needs no IMMUTABLE wrapper around `unaccent` and an index on a
folded column means the same on every server.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Decomposition leaves đ alone. The eth (Ð, U+00D0) and the African D (Ɖ, U+0189) look the same as Đ
# in capitals and come out of old Vietnamese encodings and keyboards.
_D = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ɖ": "d", "Ɖ": "d"})

# Nothing stands between the letters of Ea H'leo, whichever apostrophe was typed.
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02b9`]")

# Combining marks of the five written tones, in the order of the dictionary; no mark is the first tone.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_MARK_OF_TONE = {number: mark for mark, number in _TONES.items()}
_LOOKALIKES = str.maketrans({"ð": "đ", "ɖ": "đ"})
_VOWELS = frozenset("aăâeêioôơuưy")
_MARKED_VOWELS = frozenset("ăâêôơư")

# Names, places and addresses are made of few words. No mark, case or sign reaches over a space, so each word is
# worked out once, however many rows hold it.
WORDS_KEPT = 8_192


def nfc(text: str) -> str:
    """The text in Unicode normal form C, the only form that is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The search form: lower case, no marks, đ as d, no punctuation, single spaces.

    `fold("  Đôn-Thuận ") == "don thuan"`. Folding twice changes nothing.
    """
    return " ".join(filter(None, map(_fold_word, text.split())))


@lru_cache(WORDS_KEPT)
def _fold_word(word: str) -> str:
    word = _without_marks(word).translate(_D)
    word = _without_marks(word.lower()).translate(_D)
    return " ".join("".join(c if c.isalnum() else " " for c in word).split())


def fold_keep_marks(text: str) -> str:
    """Lower case, single spaces, no punctuation, marks kept, each tone where the old style puts it.

    "Hoà" and "Hòa" both give "hòa"; "thuý" and "thúy" both "thúy". A word that is no Vietnamese
    syllable keeps its marks where they are.
    """
    return " ".join(filter(None, map(_fold_word_keep_marks, text.split())))


@lru_cache(WORDS_KEPT)
def _fold_word_keep_marks(word: str) -> str:
    lowered = nfc(nfc(word).lower()).translate(_LOOKALIKES)
    # An apostrophe is dropped, any other sign parts two words, as `fold` does.
    parts = "".join(
        c if c.isalnum() or unicodedata.combining(c) else "" if _APOSTROPHES.match(c) else " "
        for c in lowered
    )
    return " ".join(_tone_in_place(part) for part in parts.split())


def split_tones(word: str) -> Iterator[tuple[str, int]]:
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
    letters = list(split_tones(word))
    tones = [tone for letter, tone in letters if tone and letter in _VOWELS]
    plain = [letter for letter, _tone in letters]
    place = _place_of_tone(plain)
    if place is None or len(tones) != 1 or sum(tone > 0 for _letter, tone in letters) != 1:
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


def _without_marks(text: str) -> str:
    # Apostrophes after decomposing, which makes plain ones out of several signs.
    decomposed = _APOSTROPHES.sub("", unicodedata.normalize("NFKD", text))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
