"""Letters that came through in the wrong way: written in an old font, or as UTF-8 read through another code page.

    encoding = mend(rows)     # in place, by column, where it is certain; the rest stays as it is

TCVN3 and VNI are what offices wrote before Unicode. Both use the signs of Latin-1, so that some words can be
read both ways (VNI `Hoà` is Hồ): a column tells which. UTF-8 that was read as Windows-1252 can be nothing else.
`is_broken` and `right_name` speak of what could not be mended.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from portal.places.text import nfc
from portal.sheets.cells import Cell
from portal.sheets.encodings import KNOWN, TCVN3, tcvn3
from portal.sheets.syllables import count, is_syllable, words
from portal.sheets.viqr import viqr
from portal.sheets.vni import VNI, vni

LOST = "\ufffd"
_UNUSED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # bytes that Windows-1252 shows as nothing, or as a sign of loss
_BYTES = {chr(number): number for number in range(256)}
_BYTES |= {bytes([number]).decode("cp1252"): number for number in range(0x80, 0xA0) if number not in _UNUSED}
_LATER = "".join(sign for sign, number in _BYTES.items() if 0x80 <= number <= 0xBF and not sign.isspace())
# The first byte of a letter in UTF-8, and a sign that can only be the next: Ã£, áº, Æ°. A space was one, too.
_REMAINS = re.compile(f"[Â-Æá][{re.escape(_LATER)}]")
_GRAVE = re.compile("[a-z]Ã\xa0")  # à, whose second byte is a space without break; XÃ before one is xã
_CONTROL = re.compile("[\x80-\x84\x86-\x9f]")
_QUESTION = re.compile(r"[^\W\d_]\?+[^\W\d_]")
FONTS: dict[str, Callable[[str], str]] = {TCVN3: tcvn3, VNI: vni}
MOST_LOST = 2  # signs of a word that are guessed by its syllable


def mend(rows: list[tuple[int, list[Cell]]]) -> str:
    """Mend the texts of a table in place; return the encoding of most columns, empty where nothing was amiss."""
    found: list[str] = []
    for column in range(max((len(cells) for _number, cells in rows), default=0)):
        places = [
            (cells, cell)
            for _number, cells in rows
            if column < len(cells) and isinstance(cell := cells[column], str) and not cell.isascii()
        ]
        if not places:
            continue
        texts = [_from_windows(cell) for _cells, cell in places]
        before = [cell for _cells, cell in places]
        encoding = "utf-8" if texts != before else ""
        if encoding:  # then `HÃ` with such a space behind it is Hà, and not the end of a text in capitals
            texts = [_read_again(text) if "Ã\xa0" in text else text for text in texts]
        font, texts = _mend_fonts(texts)
        for (cells, _cell), text in zip(places, texts, strict=True):
            cells[column] = _CONTROL.sub(LOST, text)
        found.append(font or encoding)
    return max(found, key=found.count, default="")


# --- UTF-8 that was read as Windows-1252 ------------------------------------------------------------


def _from_windows(text: str) -> str:
    """Return the text behind UTF-8 that was read as Windows-1252 or Latin-1, once or twice; else the same text."""
    for _turn in range(2):
        if not any(sign.search(text) for sign in (_REMAINS, _CONTROL, _GRAVE)):
            return text
        better = _read_again(text)
        if better == text:
            return text
        text = better
    return text


def _read_again(text: str) -> str:
    whole = _decoded(text)
    if whole:
        return nfc(whole)
    # A space without break that stood for a byte became a plain one, or signs were lost: word by word.
    parts = re.split(r"([ \t\n]+)", re.sub("Ã(?: |$)", "Ã\xa0", text))
    return nfc("".join(_decoded(part) or _guessed(part) or part for part in parts))


def _decoded(text: str) -> str:
    if any(sign not in _BYTES for sign in text):
        return ""
    try:
        return bytes(map(_BYTES.__getitem__, text)).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _guessed(word: str) -> str:
    """Return the word with signs that were lost on the way, where it can be one syllable only.

    Where several are possible the letter stays lost, and the rest of the word is read.
    """
    lost = [place for place, sign in enumerate(word) if sign == LOST]
    if not 0 < len(lost) <= MOST_LOST:
        return ""
    possible = []
    for guess in itertools.product(_UNUSED, repeat=len(lost)):
        signs = list(word)
        for place, number in zip(lost, guess, strict=True):
            signs[place] = chr(number)
        if read := _decoded("".join(signs)):
            possible.append(nfc(read))
    likely = [read for read in possible if all(map(is_syllable, words(read)))]
    if len(likely) == 1:
        return likely[0]
    if not possible or len(set(map(len, possible))) > 1:
        return ""
    return "".join(signs[0] if len(set(signs)) == 1 else LOST for signs in zip(*possible, strict=True))


# --- Old fonts -------------------------------------------------------------------------------------


def _mend_fonts(texts: list[str]) -> tuple[str, list[str]]:
    """Return the font of a column, if it has one, and the texts without it."""
    judged = [count(text) for text in texts]
    if not any(bad for _good, bad in judged):
        return "", texts
    best, most = "", 0
    for name in FONTS:
        certain = sum(_is_certain(text, name) for text in texts)
        if certain > most:
            best, most = name, certain
    if not best:
        return "", texts
    unicode = sum(1 for text, (good, _bad) in zip(texts, judged, strict=True) if good and _beyond_latin(text))
    if most > unicode:  # the column is written in it: also what could be read both ways
        return best, [text if _beyond_latin(text) else _in_font(text, best) for text in texts]
    return "", [_in_font(text, best) if _is_certain(text, best) else text for text in texts]


def _is_certain(text: str, font: str) -> bool:
    """Tell whether a text makes sense in an old font alone: all its words do, and one is known or two do."""
    if _beyond_latin(text):
        return False
    _good_before, bad_before = count(text)
    read = FONTS[font](text)
    good, bad = count(read)
    if not bad_before or bad or not good:
        return False
    return good >= 2 or any(word.lower() in KNOWN for word in words(read))


def _in_font(text: str, font: str) -> str:
    read = FONTS[font](text)
    return read if count(read)[1] <= count(text)[1] else text


def _beyond_latin(text: str) -> bool:
    return any(sign > "\xff" and sign.isalpha() for sign in text)


# --- What could not be mended ----------------------------------------------------------------------


def is_broken(text: str) -> bool:
    """Tell whether letters of the text were lost or broken on the way, so that nobody can know them."""
    return LOST in text or bool(_REMAINS.search(text)) or bool(_QUESTION.search(text))


def right_name(name: str) -> str:
    """Return what a name would be that looks like one in an old font; empty where it looks like none."""
    if name.isascii():
        return _of_viqr(name)
    if _beyond_latin(name):
        return ""
    bad = count(name)[1]
    return next((read for read in _readings(name) if bad and not count(read)[1] and count(read)[0]), "")


def _of_viqr(name: str) -> str:
    """Return what a name in VIQR is, if all its marks make syllables. A point, an apostrophe or a question
    mark behind words is none by itself."""
    read = viqr(name)
    alone = viqr(re.sub(r"[.'?](?= |$)", "", name))
    return read if not alone.isascii() and not count(read)[1] else ""


def _readings(text: str) -> Iterator[str]:
    return (nfc(read(text)) for read in FONTS.values())
