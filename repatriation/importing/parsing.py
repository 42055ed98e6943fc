"""Readers of one cell of a list: they return what it says, or raise what is wrong with it.

Nothing is looked up. A fault is stored as its code with parameters; `faults.py` has the sentences.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.db.models import Choices

from citizens import identity, names, phones
from citizens.matching import nfc
from citizens.models.person import NUMBER_LENGTH
from portal.places.text import fold
from portal.sheets import letters, numbers
from portal.sheets.cells import Cell, digits, is_formula, plain
from portal.sheets.cells import CellFault as Wrong
from portal.sheets.nothing import is_ditto, is_none
from repatriation.importing.meanings import in_every_language
from repatriation.models.registration import Reason

NAME_LENGTH, ADDRESS_LENGTH = 120, 200
SEXES = {
    **dict.fromkeys(("nam", "male", "m", "trai", "boy", "nam gioi", "♂"), "male"),
    **dict.fromkeys(("nu", "female", "f", "gai", "girl", "nu gioi", "♀"), "female"),
}
YES = frozenset({"x", "co", "v", "1", "yes", "y", "true", "dung", "c", "xx"})
TICKS = frozenset("✓✔☑√×✕✖✗✘☒🗸🗹þü")  # also of the font Wingdings
_UNTICKED = frozenset("☐□▢◻")
_UNCLEAR = frozenset("*?•")  # for a yes or no
NO = frozenset({"khong", "0", "no", "n", "false", "k", "ko", "sai"})
# A reason is recognised by words in it, because lists are written by hand.
REASON_WORDS = (
    (Reason.LOST_WORK, ("mat viec", "that nghiep", "nghi viec", "khong co viec", "het viec", "khong viec", "ngung viec")),
    (Reason.NO_HOUSING, ("cho o", "nha tro", "khong nha", "het tien tro", "het hop dong thue", "no housing")),
    (Reason.STUDENT, ("sinh vien", "hoc sinh", "di hoc", "hoc vien", "student")),
    (Reason.TREATMENT_ENDED, ("dieu tri", "ra vien", "xuat vien", "khoi benh", "chua benh", "di kham")),
    (Reason.FAMILY_NEED, ("cham soc", "gia dinh o que", "nguoi nha", "cha me", "bo me", "con nho", "nuoi con")),
)  # fmt: skip
_NO_NAMES = frozenset(
    ("x", "xx", "xxx", "khong", "ko", "k", "chua", "chua dat ten", "chua co ten", "khong ten", "n a")
)
_JOINED = re.compile(r"\S\s+(?:và|cùng|&|\+)\s+\S", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:số )?(?:cccd|cmnd|cmt|cc|căn cước(?: công dân)?|hộ chiếu|hc|passport|pp|số)(?: số)?[\s:.]+"
    r"|\s*\((?:cccd|cmnd|cmt|căn cước|hộ chiếu|passport|mới|cũ)\)$",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"[0-9]{7,}[.,][0-9]{1,3}")
_REASON_PARTS = re.compile(r"[,;/\n+]| và ")


@dataclass(frozen=True)
class Fault:
    """A code for what is wrong, or odd, in a column."""

    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"column": self.column, "code": self.code, "params": dict(self.params)}


def parse_name(cell: Cell) -> str:
    text = nfc(plain(cell))
    if not text:
        raise Wrong("missing")
    if len(text) > NAME_LENGTH:
        raise Wrong("too_long", limit=NAME_LENGTH)
    if isinstance(cell, (int, float, dt.date)) or not any(sign.isalpha() for sign in text):
        raise Wrong("no_name")
    if text.isascii() and (right := letters.right_name(text)):
        raise Wrong("name_in_old_font", value=right)
    if letters.is_broken(text) or "?" in text:
        raise Wrong("name_broken")
    if (is_none(text) and " " in text) or is_ditto(text) or fold(text) in _NO_NAMES:
        raise Wrong("no_name")
    if _holds_two(str(cell)):
        raise Wrong("two_names")
    try:
        text = names.read_name(text)
    except names.BadName as error:
        raise Wrong("odd_name") from error
    if right := letters.right_name(text):
        raise Wrong("name_in_old_font", value=right)
    return text


def _holds_two(text: str) -> bool:
    """Tell whether a cell seems to name two people: in two lines of some words each, or joined by “và”."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return (len(lines) > 1 and all(len(line) > 1 for line in lines)) or bool(_JOINED.search(nfc(text)))


def parse_sex(cell: Cell) -> str:
    written = plain(cell)
    if is_none(written):
        return ""
    if (text := fold(written) or written) not in SEXES:
        raise Wrong("sex_unknown", value=plain(cell)[:40])
    return SEXES[text]


def parse_identity(cell: Cell) -> tuple[str, bool]:
    """Return the number, and whether zeros that a spreadsheet had dropped were put back.

    They are put back only where the length tells: 10 or 11 digits are a căn cước without its first zeros, 8 a
    CMND. A number that begins with a zero has lost none.
    """
    text = digits(cell)
    if is_none(text):
        return "", False
    if numbers.is_shortened(text):
        raise Wrong("identity_shortened", value=text)
    text = _without_label(text)
    number = identity.normalise(text)
    mended = False
    if number.isascii() and number.isdigit() and not number.startswith("0") and not _FRACTION.fullmatch(text):
        wanted = {8: 9, 10: 12, 11: 12}.get(len(number), len(number))
        mended = wanted != len(number) and _may_be_paper(number.zfill(wanted))
        number = number.zfill(wanted) if mended else number
    try:
        number = identity.parse(number).number
    except identity.IdentityError as error:
        if number.isascii() and number.isdigit():
            raise Wrong("identity_digits", count=len(number)) from error
        raise Wrong("identity_unknown") from error
    if len(number) > NUMBER_LENGTH:
        raise Wrong("identity_long", limit=NUMBER_LENGTH)
    return number, mended


def _without_label(text: str) -> str:
    """Return a number without the name of its paper: `CCCD: 072…`, `B1234567 (hộ chiếu)`."""
    bare = _LABEL.sub("", text).strip(" :.-")
    number = identity.normalise(bare)
    return bare if identity.classify(number) != identity.NumberKind.OTHER else text


def _may_be_paper(number: str) -> bool:
    """Tell whether digits, with zeros put before them, are a căn cước that somebody can have; a CMND is any."""
    if len(number) == 9:
        return True
    return number[:3] in identity.BIRTH_PLACES and number[3] in "0123"


@lru_cache(maxsize=8_192)
def parse_phone(text: str) -> str:
    """Return the phone number of a text of `plain`. A zero that a spreadsheet had dropped is put back."""
    text = numbers.ungrouped(text)
    if is_none(text):
        return ""
    if numbers.is_shortened(text):
        raise Wrong("phone_shortened", value=text)
    bare = re.sub(r"\D", "", text)
    if (len(bare) == 9 and bare[0] in "35789" and not text.startswith("+")) or (
        len(bare) == 10 and bare[0] == "1"
    ):
        text = f"0{bare}"
    try:
        number = phones.normalise(text)
    except phones.HotlineError as error:
        raise Wrong("phone_hotline") from error
    except phones.OldNumberError as error:
        raise Wrong("phone_old", value=phones.display(error.new)) from error
    except phones.PhoneError as error:
        raise Wrong("phone_unreadable") from error
    if not phones.is_mobile(number):
        raise Wrong("phone_no_messages")
    return number


def parse_flag(cell: Cell) -> bool:
    written = digits(cell).strip(" .")
    text = fold(written)
    if text in YES or (written and TICKS.issuperset(written)):
        return True
    if text in NO or written in _UNTICKED or (is_none(written) and not _UNCLEAR.issuperset(written or " ")):
        return False
    raise Wrong("flag_unknown", value=plain(cell)[:40])


def parse_reasons(cell: Cell) -> tuple[list[str], list[str]]:
    """Return the reasons, and the parts of the text that name none."""
    text = plain(cell)
    reasons, unknown = [], []
    for part in [text] if _reasons_in(text) and "," not in text else _REASON_PARTS.split(text):
        folded = fold(part)
        if not folded:
            continue
        named = _reasons_in(part)
        if named:
            reasons += named
        else:
            unknown.append(part.strip()[:60])
    return sorted(set(reasons)), unknown


def _reasons_in(text: str) -> list[str]:
    folded = fold(text)
    if folded in names_of(Reason):
        return [names_of(Reason)[folded]]
    return [reason.value for reason, words in REASON_WORDS if any(word in folded for word in words)]


@cache
def names_of(choices: type[Choices]) -> dict[str, Any]:
    """Return the values by their folded names, in each language of the portal."""
    return {
        name: choice.value
        for choice in choices
        for name in {fold(str(choice.value)), *in_every_language(choice.label)}
    }


def parse_text(cell: Cell) -> str:
    """Return the text of a place, an address or a number of a family; empty where it says that there is none."""
    text = nfc(plain(cell))
    if is_none(text):
        return ""
    if letters.is_broken(text):
        raise Wrong("text_broken", value=text[:60])
    return text


def parse_family(cell: Cell) -> str:
    """Return the number of a family: 1, 01 and 1.0 are one."""
    text = plain(cell)
    text = numbers.ungrouped(text if len(text) == 1 else parse_text(cell))  # families A to Z
    return (text.lstrip("0") or "0") if text.isdecimal() else text


def parse_address(cell: Cell) -> str:
    text = parse_text(cell)
    if len(text) > ADDRESS_LENGTH:
        raise Wrong("too_long", limit=ADDRESS_LENGTH)
    return text


def refuse_formula(cell: Cell) -> None:
    if is_formula(cell):
        raise Wrong("formula")
