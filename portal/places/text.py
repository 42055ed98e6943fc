"""Vietnamese text for searching.

Folding is done here, in Python, when a row is saved and when a query comes in: both sides go through
the same function, so the database needs no IMMUTABLE wrapper around `unaccent` and an index on a
folded column means the same on every server.
"""

import re
import unicodedata

# Decomposition leaves đ alone. The eth (Ð, U+00D0) and the African D (Ɖ, U+0189) look the same as Đ
# in capitals and come out of old Vietnamese encodings and keyboards.
_D = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ɖ": "d", "Ɖ": "d"})

# Nothing stands between the letters of Ea H'leo, whichever apostrophe was typed.
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02b9`\u00b4]")


def nfc(text: str) -> str:
    """The text in Unicode normal form C, the only form that is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The search form: lower case, no marks, đ as d, no punctuation, single spaces.

    `fold("  Đôn-Thuận ") == "don thuan"`. Folding twice changes nothing.
    """
    text = _without_marks(_APOSTROPHES.sub("", text)).translate(_D)
    text = _without_marks(text.lower()).translate(_D)
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
