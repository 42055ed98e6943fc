"""Vietnamese syllables. With them a text that was read in the wrong way is told from one that was not."""

from __future__ import annotations

import re
from functools import lru_cache

from portal.places.text import WORDS_KEPT, nfc, split_tones

_BEGINNINGS = "b c ch d đ g gh gi h k kh l m n nh ng ngh p ph qu r s t th tr v x"
_ENDINGS = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt ăk âc âm ân âng âp ât âu ây âk e ec em en eng eo ep "
    "et ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam "
    "oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn "
    "ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uôc uôi uôm uôn uông uôt "
    "uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y ych yêm yên "
    "yêng yêt yêu ym yn ynh yt"
)
_ONSETS = ("", *_BEGINNINGS.split())
_RHYMES = frozenset(_ENDINGS.split())
_STOPPED = ("c", "ch", "p", "t", "k")
_WORDS = re.compile(r"[\s/.,;:()\-–“”\"'’]+")


def words(text: str) -> list[str]:
    """Return the words of a text that have a letter or sign beyond ASCII."""
    return [word for word in _WORDS.split(text) if word and not word.isascii()]


@lru_cache(WORDS_KEPT)
def is_syllable(word: str) -> bool:
    """Tell whether the word is written as a Vietnamese syllable. Its case counts too: all alike, or the first."""
    word = nfc(word)
    if not word.isalpha() or (word != word.upper() and word[1:] != word[1:].lower()):
        return False
    letters, tones = [], []
    for letter, tone in split_tones(word.lower()):
        letters.append(letter)
        if tone:
            tones.append(tone)
            if letter not in "aăâeêioôơuưy":
                return False
    if len(tones) > 1:
        return False
    toneless = "".join(letters)
    return any(toneless.startswith(onset) and _is_rhyme(toneless[len(onset) :], tones) for onset in _ONSETS)


def _is_rhyme(rhyme: str, tones: list[int]) -> bool:
    if rhyme not in _RHYMES:
        return False
    return not rhyme.endswith(_STOPPED) or tones in ([4], [5])  # sắc, nặng


def count(text: str) -> tuple[int, int]:
    """Return how many of the marked words are Vietnamese syllables, and how many are not."""
    marked = words(text)
    good = sum(map(is_syllable, marked))
    return good, len(marked) - good
