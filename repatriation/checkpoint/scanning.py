"""What a scanner, a camera or a hand gave to the box of the checkpoint, read without a mode.

    read("*TN-7K3M4-A*").taken      # what to look up, usually one reading
    read("8934563138165").refused   # what is nothing for the portal, each with one sentence

Scanners put signs around a code, send it twice, send several codes of one picture, and believe in another
keyboard. What was meant is taken where its shape makes it certain: the check character of a code, the seven
fields of a card. Nothing else is guessed, so that no person comes about with a broken number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _

from citizens import codes, identity, layouts, phones
from citizens.identity import CardQrError
from portal.text import cleaned

LONGEST = 2000  # characters; the longest code of a person has about a thousand
MOST_LINES = 12  # codes of one picture
NAME_LENGTH = 120
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z](?=.)")  # the sign of the kind of code, as in ]Q1
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://|^www\.", re.IGNORECASE)
_LINE_ENDS = re.compile(r"[\r\n\t]+")
_SHOP_LENGTHS = frozenset({8, 13, 14})
_CARD_FIELDS = 7


class ScanKind(StrEnum):
    """What a line of the box is."""

    CARD = "card"
    CODE = "code"
    NUMBER = "number"
    NAME = "name"
    PASSPORT = "passport"  # a vaccine passport, which begins with HC1:
    SHOP = "shop"
    LINK = "link"
    KEYBOARD = "keyboard"
    NOISE = "noise"


LOOKED_UP = frozenset({ScanKind.CARD, ScanKind.CODE, ScanKind.NUMBER, ScanKind.NAME})
CERTAIN = frozenset({ScanKind.CARD, ScanKind.CODE})  # by their shape; a number and a name may be anything


@dataclass(frozen=True)
class Reading:
    """One line: its kind, and the text as it is looked up."""

    kind: ScanKind
    text: str = ""

    @property
    def sentence(self) -> str:
        """Return what to do with a line that is not looked up."""
        return str(_SENTENCES[self.kind]()) if self.kind in _SENTENCES else ""


@dataclass(frozen=True)
class DeskScan:
    """The lines that are looked up, each once, and those that are not."""

    taken: list[Reading] = field(default_factory=list)
    refused: list[Reading] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """Return one sentence for each kind of line that is not looked up."""
        return list(dict.fromkeys(one.sentence for one in self.refused if one.sentence))


def read(text: str) -> DeskScan:
    """Read everything that came at once. A code or a card among the lines is taken before numbers and names."""
    if len(text) > LONGEST * MOST_LINES:
        return DeskScan(refused=[Reading(ScanKind.NOISE)])
    lines = [line for line in _LINE_ENDS.split(cleaned(text)) if line.strip()]
    readings = [one for line in lines[:MOST_LINES] for one in _read_line(line)]
    taken = list(dict.fromkeys(one for one in readings if one.kind in LOOKED_UP))
    refused = [one for one in readings if one.kind not in LOOKED_UP]
    if len(taken) > 1:
        # A loose number or name beside a code in one picture is print on the paper.
        certain = [one for one in taken if one.kind in CERTAIN]
        taken = certain or [one for one in taken if one.kind == ScanKind.NUMBER] or taken
    return DeskScan(taken, refused)


def _read_line(line: str) -> Iterator[Reading]:
    bare = _stripped(line)
    if not bare:
        return
    if len(bare) > LONGEST:
        yield Reading(ScanKind.NOISE)
        return
    for text in (_half(bare), bare):
        if text and (found := _certain(text)):
            yield found
            return
    if several := _several(bare):
        yield from several
        return
    for text in sorted(layouts.undone(bare)):
        if found := _certain(text):
            yield found
            return
    # Last, as an input method leaves several texts of which any may have the right check character.
    for text in (_half(bare), bare):
        if text and (code := _code(text, codes.meant)):
            yield Reading(ScanKind.CODE, code)
            return
    if found := _card_of_other_bars(bare) or _card_of_number_row(bare):
        yield found
        return
    yield _loose(bare)


def _stripped(line: str) -> str:
    """Return the line without the signs that scanners put around a code."""
    text = line.strip()
    text = _SYMBOLOGY.sub("", text).strip()
    if len(text) > 2 and text.startswith("*") and text.endswith("*"):
        text = text.strip("*").strip()
    return text


def _half(text: str) -> str:
    """Return the half of a text that came twice, as one press of the trigger by two ways at once gives it."""
    folded = text.casefold()
    middle = len(folded) // 2
    for gap in (0, 1):
        first, second = folded[: (len(folded) - gap) // 2], folded[(len(folded) + gap + 1) // 2 :]
        if first and first == second.lstrip():
            return text[: len(first)].strip()
    first, second = folded[:middle].strip(" *"), folded[middle:].strip(" *")
    return text[:middle].strip(" *") if first and first == second else ""


def _certain(text: str) -> Reading | None:
    """Return the reading of a text whose shape leaves no doubt."""
    if text[:4].upper() == "HC1:":
        return Reading(ScanKind.PASSPORT, text)
    if card := _card(text):
        return Reading(ScanKind.CARD, card)
    if code := _code(text, _as_it_stands):
        return Reading(ScanKind.CODE, code)
    number = identity.normalise(text)
    if len(number) == 12 and number.isascii() and number.isdigit() and not identity_is_odd(number):
        return Reading(ScanKind.NUMBER, number)
    if _is_phone(text):
        return Reading(ScanKind.NUMBER, text)
    return None


def identity_is_odd(number: str) -> bool:
    """Return whether twelve digits are no identity number: of no place of birth registration."""
    place = number[:3]
    return place < "100" and place not in identity.BIRTH_PLACES


def _card(text: str) -> str:
    """Return the text of a card's code with its letters as on the card; empty where it is none."""
    if text.count("|") < _CARD_FIELDS - 1:
        return ""
    try:
        identity.parse_card_qr(text, letters=False)
    except CardQrError:
        return ""
    fields = text.split("|")
    # With Caps Lock on a scanner gives every letter the other way round.
    if fields[2][:1].islower() and any(sign.isupper() for sign in fields[2]):
        fields[2:6] = [one.swapcase() for one in fields[2:6]]
    return "|".join(fields)


def _as_it_stands(text: str, prefix: str) -> bool:
    """Return whether the text is a code without any input method to undo."""
    return text.isascii() and codes.is_code(text, prefix)


def _code(text: str, is_code: Callable[[str, str], object]) -> str:
    """Return the text by which a registration code is looked up; of a link, its part that is a code."""
    parts = [text]
    if _URL.match(text) or "/" in text:
        parts = [part for part in re.split(r"[/?&=#]", text) if part]
    for part in reversed(parts):
        if len(part) <= codes.LONGEST * 2 and is_code(part, settings.PORTAL_CODE_PREFIX):
            return part
    return ""


def _several(text: str) -> list[Reading]:
    """Return the codes that stand in one line without anything between them."""
    prefix = re.escape(settings.PORTAL_CODE_PREFIX)
    pattern = rf"{prefix}[-\s]?\w{{{codes.BODY_LENGTH}}}[-\s]?\w"
    found = re.findall(pattern, text, re.IGNORECASE)
    if len(found) < 2 or len("".join(found)) != len("".join(text.split())):
        return []
    readings = [
        Reading(ScanKind.CODE, one.upper())
        for one in found
        if codes.is_code(one, settings.PORTAL_CODE_PREFIX)
    ]
    return readings if len(readings) == len(found) else []


def _card_of_other_bars(text: str) -> Reading | None:
    """Read a card whose bars came as another sign, the same six times, under a keyboard with plain digits."""
    match = re.match(r"^([0-9]{12})(\D)", text)
    if match is None or text.count(match[2]) < _CARD_FIELDS - 1:
        return None
    card = _card(text.replace(match[2], "|"))
    return Reading(ScanKind.CARD, card) if card else None


def _card_of_number_row(text: str) -> Reading | None:
    """Read a card whose digits came as letters and tone marks; only where one reading agrees with itself."""
    fields = text.split("|")
    if len(fields) < _CARD_FIELDS or any(sign.isdigit() for sign in fields[0]):
        return None
    texts = set()
    for number in layouts.row_digits(fields[0].strip()):
        for born in layouts.row_digits(fields[3].strip()):
            olds = list(layouts.row_digits(fields[1].strip())) if fields[1].strip() else [""]
            mended = [
                number,
                olds[0] if len(olds) == 1 else "",
                fields[2],
                born,
                *fields[4:6],
                "",
                *fields[7:],
            ]
            card = "|".join(mended)
            if _agrees_with_itself(card):
                texts.add(card)
    return Reading(ScanKind.CARD, texts.pop()) if len(texts) == 1 else None


def _agrees_with_itself(card: str) -> bool:
    """Return whether the number of a card tells the place, the sex and the year that the card tells."""
    try:
        data = identity.parse_card_qr(card, letters=False)
    except CardQrError:
        return False
    return not identity_is_odd(data.number) and not identity.warnings(
        data.number, sex=data.sex, birth=data.birth
    )


def _loose(text: str) -> Reading:
    """Read a text that only may be something."""
    if _URL.match(text):
        return Reading(ScanKind.LINK, text)
    if text.count("|") >= _CARD_FIELDS - 1:
        is_row = layouts.has_number_row(text) or layouts.is_of_another_keyboard(text.split("|")[0])
        return Reading(ScanKind.KEYBOARD) if is_row else Reading(ScanKind.CARD, text)
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit() and len(digits) in _SHOP_LENGTHS and _is_gtin(digits):
        return Reading(ScanKind.SHOP)
    if layouts.is_of_another_keyboard(text):
        return Reading(ScanKind.KEYBOARD)
    if not any(sign.isalnum() for sign in text) or len(text) > NAME_LENGTH:
        return Reading(ScanKind.NOISE)
    if any(sign.isdigit() for sign in text) or "|" in text:
        return Reading(ScanKind.NUMBER, text)
    return Reading(ScanKind.NAME, text)


def _is_phone(text: str) -> bool:
    if sum(sign.isdigit() for sign in text) not in range(10, 14):
        return False
    try:
        phones.normalise(text)
    except phones.PhoneError:
        return False
    return True


def _is_gtin(digits: str) -> bool:
    """Return whether the last digit of a shop's barcode is right (GS1 General Specifications, 7.9)."""
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(reversed(digits)))
    return total % 10 == 0


_SENTENCES = {
    ScanKind.PASSPORT: lambda: _(
        "Đây là mã hộ chiếu vắc xin (HC1), chưa đọc được ở đây. Vui lòng xem giấy, rồi quét mã đăng ký hoặc thẻ."
    ),
    ScanKind.SHOP: lambda: _("Đây là mã vạch hàng hóa. Vui lòng quét mã đăng ký hoặc thẻ căn cước."),
    ScanKind.LINK: lambda: _(
        "Đây là đường dẫn, không có mã đăng ký. Vui lòng quét mã trên thẻ lên xe hoặc thẻ căn cước."
    ),
    ScanKind.KEYBOARD: lambda: _(
        "Bàn phím của máy làm sai chữ số của máy quét. Vui lòng chọn bàn phím tiếng Anh (Mỹ) rồi quét lại."
    ),
    ScanKind.NOISE: lambda: _(
        "Không đọc được mã này. Ô quét đã sẵn sàng, vui lòng quét mã khác hoặc gõ tay."
    ),
}
