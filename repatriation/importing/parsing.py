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
from django.utils import timezone

from citizens import identity, phones
from citizens.matching import nfc
from portal.places.text import fold
from portal.sheets.reading import Cell, is_formula
from portal.ui.formats import parse_date, vn_date
from portal.ui.forms import NEWEST_YEAR, OLDEST_YEAR
from repatriation.importing.columns import in_every_language
from repatriation.models.registration import Reason

NAME_LENGTH, ADDRESS_LENGTH = 120, 200
FIRST_DAY = dt.date(1899, 12, 30)  # from which Excel counts days
_SERIAL = re.compile(r"[1-9][0-9]{3,4}(?:\.0+)?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SHORTENED = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+")
_DAY_WITH_TIME = re.compile(r"(.{8,10})[ T]0{1,2}:00(?::00(?:\.0+)?)?")
SEXES = {
    **dict.fromkeys(("nam", "male", "m", "trai", "boy"), "male"),
    **dict.fromkeys(("nu", "female", "f", "gai", "girl"), "female"),
}
YES = frozenset({"x", "co", "v", "1", "yes", "y", "true", "dung", "c", "xx"})
NO = frozenset({"", "khong", "0", "no", "n", "false", "k", "ko", "sai"})
# A reason is recognised by words in it, because lists are written by hand.
REASON_WORDS = (
    (Reason.LOST_WORK, ("mat viec", "that nghiep", "nghi viec", "khong co viec", "het viec", "khong viec", "ngung viec")),
    (Reason.NO_HOUSING, ("cho o", "nha tro", "khong nha", "het tien tro", "het hop dong thue", "no housing")),
    (Reason.STUDENT, ("sinh vien", "hoc sinh", "di hoc", "hoc vien", "student")),
    (Reason.TREATMENT_ENDED, ("dieu tri", "ra vien", "xuat vien", "khoi benh", "chua benh", "di kham")),
    (Reason.FAMILY_NEED, ("cham soc", "gia dinh o que", "nguoi nha", "cha me", "bo me", "con nho", "nuoi con")),
)  # fmt: skip
_REASON_PARTS = re.compile(r"[,;/\n+]| và ")


@dataclass(frozen=True)
class Fault:
    """A code for what is wrong, or odd, in a column."""

    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"column": self.column, "code": self.code, "params": dict(self.params)}


class Wrong(Exception):
    """The cell cannot be read; `code` is one of `faults.ERRORS`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def plain(cell: Cell) -> str:
    """Return the cell as text; a whole number without the point that Excel puts behind it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, (dt.datetime, dt.date)):
        return vn_date(cell)
    return " ".join(str(cell).split())


def parse_name(cell: Cell) -> str:
    text = nfc(plain(cell))
    if not text:
        raise Wrong("missing")
    if len(text) > NAME_LENGTH:
        raise Wrong("too_long", limit=NAME_LENGTH)
    if isinstance(cell, (int, float, dt.date)) or not any(sign.isalpha() for sign in text):
        raise Wrong("no_name")
    if any(sign.isdigit() for sign in text) or any(sign in "@{}<>|\\=#" for sign in text):
        raise Wrong("odd_name")
    return text


def parse_birth(cell: Cell, today: dt.date | None = None) -> str:
    """Return `24/11/1984`, or the year alone.

    Accepts a real date, a day as people write it, and the number by which Excel stores a day.
    """
    today = today or timezone.localdate()
    if cell is None or cell == "":
        raise Wrong("missing")
    day = read_day(cell)
    year = day if isinstance(day, int) else day.year
    if year < OLDEST_YEAR:
        raise Wrong("birth_old")
    if year > today.year or (isinstance(day, dt.date) and day > today):
        raise Wrong("birth_future")
    return str(day) if isinstance(day, int) else vn_date(day)


def read_day(cell: Cell) -> dt.date | int:
    """Return the day, or the year where the cell has no more."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = plain(cell)
    if _YEAR.fullmatch(text):
        return int(text)
    if _SERIAL.fullmatch(text):
        return FIRST_DAY + dt.timedelta(days=int(float(text)))
    if with_time := _DAY_WITH_TIME.fullmatch(text):
        text = with_time[1]
    if isinstance(cell, (int, float)) and re.fullmatch(r"[1-9][0-9]{6}", text):
        text = f"0{text}"  # 05101989 that Excel took for a number
    try:
        return parse_date(text)
    except ValueError:
        if re.fullmatch(r"[0-9]{1,4}([/.\- ][0-9]{1,4}){2}", text):
            raise Wrong("day_impossible", value=text) from None
        raise Wrong("day_unreadable", value=text[:40]) from None


def parse_sex(cell: Cell) -> str:
    text = fold(plain(cell))
    if not text:
        return ""
    if text not in SEXES:
        raise Wrong("sex_unknown", value=plain(cell)[:40])
    return SEXES[text]


def parse_identity(cell: Cell) -> tuple[str, bool]:
    """Return the number, and whether zeros that a spreadsheet had dropped were put back.

    They are put back only where the length tells: 10 or 11 digits are a căn cước without its first zeros, 8 a
    CMND. A number that begins with a zero has lost none.
    """
    text = plain(cell)
    if _SHORTENED.fullmatch(text):
        raise Wrong("identity_shortened", value=text)
    number = identity.normalise(text)
    if not number or number in {"KHONG", "KHÔNG", "CHUACO", "CHƯACÓ", "0"}:
        return "", False
    mended = False
    if number.isascii() and number.isdigit() and not number.startswith("0"):
        wanted = {8: 9, 10: 12, 11: 12}.get(len(number), len(number))
        mended, number = wanted != len(number), number.zfill(wanted)
    kind = identity.classify(number)
    if number.isascii() and number.isdigit() and kind == identity.NumberKind.OTHER:
        raise Wrong("identity_digits", count=len(number))
    if kind == identity.NumberKind.OTHER:
        raise Wrong("identity_unknown")
    return number, mended


@lru_cache(maxsize=8_192)
def parse_phone(text: str) -> str:
    """Return the phone number of a text of `plain`. A zero that a spreadsheet had dropped is put back."""
    if not text:
        return ""
    if _SHORTENED.fullmatch(text):
        raise Wrong("phone_shortened", value=text)
    digits = re.sub(r"\D", "", text)
    if len(digits) == 9 and digits[0] in "35789" and not text.startswith("+"):
        text = f"0{digits}"
    try:
        number = phones.normalise(text)
    except phones.HotlineError as error:
        raise Wrong("phone_hotline") from error
    except phones.PhoneError as error:
        raise Wrong("phone_unreadable") from error
    if not phones.is_mobile(number):
        raise Wrong("phone_no_messages")
    return number


def parse_flag(cell: Cell) -> bool:
    text = fold(plain(cell))
    if text in YES:
        return True
    if text in NO:
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


def parse_travel_day(cell: Cell) -> str:
    """Return `2026-11-24`, or an empty text."""
    if cell is None or cell == "":
        return ""
    day = read_day(cell)
    if isinstance(day, int) or not 2000 <= day.year <= NEWEST_YEAR:
        raise Wrong("day_unreadable", value=plain(cell)[:40])
    return day.isoformat()


@cache
def names_of(choices: type[Choices]) -> dict[str, Any]:
    """Return the values by their folded names, in each language of the portal."""
    return {
        name: choice.value
        for choice in choices
        for name in {fold(str(choice.value)), *in_every_language(choice.label)}
    }


def parse_address(cell: Cell) -> str:
    text = nfc(plain(cell))
    if len(text) > ADDRESS_LENGTH:
        raise Wrong("too_long", limit=ADDRESS_LENGTH)
    return text


def refuse_formula(cell: Cell) -> None:
    if is_formula(cell):
        raise Wrong("formula")
