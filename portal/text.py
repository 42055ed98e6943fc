"""Text as it comes in: signs that nobody sees are dropped, and letters of a wrong code page are mended.

cleaned(text)   # what every form, search box, scanner and file passes through before anything is read
mended(text)    # UTF-8 that a scanner or a program took for another code page, where that is certain
plain_dashes(text)  # one hyphen for all that phones and programs put in its place
is_broken(text) # letters that no Vietnamese text has, which could not be mended
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

# Unicode's Default_Ignorable_Code_Point and what else has no picture: controls, surrogates, non-characters.
# Tab and the ends of lines stay, as they part words; a text program's line within a paragraph is \x0b.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_DROPPED = re.compile(f"[{_UNSEEN}]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
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

# Code pages through which scanners and programs show UTF-8. Bytes that a page does not use come as the control
# sign of the same number. Some give a Vietnamese text that another one reads otherwise, so each has to be asked.
_CODE_PAGES = (
    *("cp1252", "cp1258", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
    *("cp437", "cp850", "cp852", "cp860", "cp863", "cp865", "cp866"),
    *("iso8859_2", "iso8859_15", "mac_roman", "koi8_r"),
)
_WORD = re.compile(r"[^\W\d_]+")
_LOOSE_MARK = re.compile("[\u0300-\u036f]")
_TURNS = 2  # a text that went through two such programs

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
# Letters of names and places in the country: Vietnamese, and those of the peoples of the highlands.
_OF_HIGHLANDS = frozenset("čñĕĭŏŭƀ")
_LETTERS = (
    frozenset(unicodedata.normalize("NFC", letter + tone) for letter in _VOWELS for tone in _TONES)
    | _OF_HIGHLANDS
    | frozenset("đðɖ")
)  # ð and ɖ stand for đ in texts of old keyboards
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


def plain_dashes(text: str) -> str:
    """The text with a hyphen for every sign that looks like one: for names, numbers and days."""
    return text.translate(_DASHES)


def mended(text: str) -> str:
    """The text with UTF-8 that was taken for another code page turned back into its letters.

    Certain, and done, only where the whole text is such and gives Vietnamese; else the text as it came.
    """
    for _turn in range(_TURNS):
        if text.isascii():
            break
        right = _turned_back(text)
        if right is None:
            break
        text = right
    return text


def _turned_back(text: str) -> str | None:
    """The one Vietnamese text that this was; None where it was none, or may have been several."""
    readings = dict.fromkeys(_through_pages(text))
    for fits in (_is_likeliest, _is_likely, _is_vietnamese, _turns_again):
        fitting = [right for right in readings if fits(right)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _through_pages(text: str) -> Iterator[str]:
    signs = set(text)
    for page in _CODE_PAGES:
        numbers = _bytes_of(page)
        if numbers.keys() >= signs:
            try:
                yield bytes([numbers[sign] for sign in text]).decode("utf-8")
            except UnicodeDecodeError:
                continue


def _is_vietnamese(text: str) -> bool:
    return not is_broken(text.replace("\ufeff", ""))


def _is_likeliest(text: str) -> bool:
    return _is_likely(text) and _OF_HIGHLANDS.isdisjoint(unicodedata.normalize("NFC", text.lower()))


def _is_likely(text: str) -> bool:
    """Whether it is Vietnamese as it is written: a field of a card all in capitals or not, no mark but on a vowel."""
    if not _is_vietnamese(text) or _LOOSE_MARK.search(unicodedata.normalize("NFC", text)):
        return False
    for words in map(_WORD.findall, text.split("|")):
        if len({word.isupper() for word in words if len(word) > 1}) > 1:
            return False
        if not all(word.isupper() or word[1:].islower() or len(word) == 1 for word in words):
            return False
    return True


def _turns_again(text: str) -> bool:
    """Whether it is the first of two turns: what it gives is itself a text of the wrong page."""
    return any(not is_broken(again) and not again.isascii() for again in _through_pages(text))


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
