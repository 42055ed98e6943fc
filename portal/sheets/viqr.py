"""VIQR, in which letters of Vietnamese are written with signs of ASCII: a vowel, and behind it its marks (`Nguye^~n`)."""

from __future__ import annotations

import re
import unicodedata

_MARKS = {"^": "\u0302", "(": "\u0306", "+": "\u031b"}
_TONES = {"`": "\u0300", "'": "\u0301", "?": "\u0309", "~": "\u0303", ".": "\u0323"}
_LETTER = re.compile(
    r"(?<![A-Za-z]')(?:([aeo])(\^)|(a)(\()|([ou])(\+)|([aeiouy]))([`'?~.]?)|(dd)", re.IGNORECASE
)


def viqr(text: str) -> str:
    """Return a text whose letters are VIQR."""
    return unicodedata.normalize("NFC", _LETTER.sub(_letter, text))


def _letter(match: re.Match[str]) -> str:
    if match[9]:
        return "Đ" if match[9][0] == "D" else "đ"
    vowel, mark, tone = (
        match[1] or match[3] or match[5] or match[7],
        match[2] or match[4] or match[6],
        match[8],
    )
    return vowel + _MARKS.get(mark or "", "") + _TONES.get(tone, "")
