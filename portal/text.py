"""Text as it comes in: signs that nobody sees are dropped, and letters of a wrong code page are mended.

cleaned(text)   # what every form, search box, scanner and file passes through before anything is read
mended(text)    # UTF-8 that a scanner or a program took for another code page, where that is certain
is_broken(text) # letters that no Vietnamese text has, which could not be mended
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

# Unicode's Default_Ignorable_Code_Point and what else has no picture: controls, surrogates, non-characters.
# Tab and the ends of lines stay, as they part words.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_DROPPED = re.compile(f"[{_UNSEEN}]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Latin letters and figures in other shapes: full width, of formulas, and two letters in one.
_SHAPES = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff\ufb00-\ufb06]+")
# Cyrillic and Greek letters that nobody can tell from Latin ones.
_TWINS: dict[str, str | int | None] = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјорсухԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ",
        "ABESIJKMHOPCTYXaesijopcyxqwABEZHIKMNOPTYXoc",
        strict=True,
    )
)
_OTHER_SCRIPT = re.compile("[\u0370-\u052f]")

# Code pages through which scanners and programs show UTF-8; those of the country first. Bytes that a page does
# not use come as the control sign of the same number.
_CODE_PAGES = ("cp1252", "cp1258", "cp1250", "cp1251", "cp1254", "cp437", "cp850")
_TURNS = 2  # a text that went through two such programs

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
# Letters of names and places in the country: Vietnamese, and those of the peoples of the highlands.
_LETTERS = frozenset(
    unicodedata.normalize("NFC", letter + tone) for letter in _VOWELS for tone in _TONES
) | frozenset("đðɖčñĕĭŏŭƀ")  # ð and ɖ stand for đ in texts of old keyboards
_SIGNS = frozenset("–—‘’“”…°²·ʼ\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")


def cleaned(text: str) -> str:
    """The text as it is read and stored: mended, without signs that nobody sees, plain spaces, in NFC.

    Doing it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    # Signs that are dropped may be what is left of a letter, so the letters come first.
    text = _DROPPED.sub("", _LINE_ENDS.sub("\n", mended(text)))
    text = _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", _without_twins(text))


def _without_twins(text: str) -> str:
    """Return the text in Latin letters, where each other one in it looks like one of them and it has some."""
    others = _OTHER_SCRIPT.findall(text)
    if not others or not _TWINS.keys() >= set(others):
        return text
    if len(others) == sum(map(str.isalnum, text)) > 1:
        return text
    return text.translate(str.maketrans(_TWINS))


def cleaned_json(value: object) -> object:
    """The value of a JSON text with every text in it cleaned, the names of its fields too."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [cleaned_json(one) for one in value]
    if isinstance(value, dict):
        return {cleaned(name): cleaned_json(one) for name, one in value.items()}
    return value


def mended(text: str) -> str:
    """The text with UTF-8 that was taken for another code page turned back into its letters.

    Certain, and done, only where the whole text is such and gives Vietnamese; else the text as it came.
    """
    for _turn in range(_TURNS):
        if text.isascii():
            break
        right = next(_turned_back(text), None)
        if right is None:
            break
        text = right
    return text


def _turned_back(text: str) -> Iterator[str]:
    signs = set(text)
    for page in _CODE_PAGES:
        numbers = _bytes_of(page)
        if not signs <= numbers.keys():
            continue
        try:
            right = bytes(numbers[sign] for sign in text).decode("utf-8")
        except UnicodeDecodeError:
            continue
        if not is_broken(right.replace("\ufeff", "")) or any(
            # The first of two turns: what it gives is itself a text of the wrong page.
            not is_broken(again) and not again.isascii()
            for again in _once_more(right)
        ):
            yield right


def _once_more(text: str) -> Iterator[str]:
    signs = set(text)
    for page in _CODE_PAGES:
        numbers = _bytes_of(page)
        if signs <= numbers.keys():
            try:
                yield bytes(numbers[sign] for sign in text).decode("utf-8")
            except UnicodeDecodeError:
                continue


@cache
def _bytes_of(page: str) -> dict[str, int]:
    numbers = {chr(number): number for number in range(256)} if page == "cp1252" else {}
    for number in range(256):
        try:
            numbers[codecs.decode(bytes([number]), page)] = number
        except UnicodeDecodeError:
            numbers[chr(number)] = number
    return numbers


def is_broken(text: str) -> bool:
    """Whether the text holds a sign that no name and no address of the country has: what is left of letters
    that were read through a wrong code page."""
    return any(
        sign > "\x7f" and sign.lower() not in _LETTERS and sign not in _SIGNS
        for sign in unicodedata.normalize("NFC", text)
    )
