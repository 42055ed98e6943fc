"""Whole numbers as programs write them: with decimals, in groups of three, or shortened."""

from __future__ import annotations

import re

_DECIMALS = re.compile(r"([0-9]+)[.,]0+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([., \u00a0\u202f'])[0-9]{3})(?:\1[0-9]{3})*(?:[.,]0{1,2})?")
_SHORTENED = re.compile(r"([1-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})")
LONGEST = 1e15  # from here on a float of a spreadsheet has lost digits


def whole(text: str) -> str:
    """Return the digits of a whole number: `1955` of `1955.0`, `72155001234` of `7.2155001234E+10`.

    Zeros at the beginning stay. Any other text comes back as it is, also a number that has lost digits.
    """
    if text.isdecimal() or not text[:1].isdecimal():
        return text
    if decimals := _DECIMALS.fullmatch(text):
        return decimals[1]
    if shortened := _SHORTENED.fullmatch(text):
        digits, places = (shortened[2] or "").rstrip("0"), int(shortened[3])
        # As many digits as places: none was cut off. Fewer may be a round number, or one that was cut.
        return shortened[1] + digits if len(digits) == places else text
    return text


def ungrouped(text: str) -> str:
    """Return the digits of a whole number, also of one that is written in groups: `290,123,456`."""
    if _GROUPED.fullmatch(text):
        return re.sub(r"[^0-9]", "", re.sub(r"[.,]0{1,2}$", "", text))
    return whole(text)


def is_shortened(text: str) -> bool:
    """Tell whether a spreadsheet wrote the number in short and cut digits off, as in `7.21E+10`."""
    return bool(_SHORTENED.fullmatch(text)) and not whole(text).isdecimal()


def written(number: float) -> str:
    """Return the digits of a whole number, any other as Python writes it."""
    return str(int(number)) if float(number).is_integer() and abs(number) < LONGEST else str(number)
