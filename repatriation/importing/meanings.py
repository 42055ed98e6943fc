"""What the headings of a list mean, in one row or two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.utils.translation import override

from portal.places.text import fold, fold_keep_marks
from portal.sheets import headings
from portal.sheets.cells import Cell, plain
from portal.sheets.headings import Headings
from portal.sheets.letters import is_broken
from portal.sheets.refusals import FileRefused
from repatriation.importing.columns import BY_KEY, COLUMNS

_REMARK = re.compile(r"\(.*?\)|\*|:")
_NUMBERED = re.compile(r"^\s*(?:[0-9]{1,2}|[IVX]{1,4})\s*[.)/-]\s*")
_TWO_WAYS = re.compile(r"\s*[/\n]\s*")  # “Họ và tên/Full name”
_LOST = re.compile("[?\ufffd]+")
SEXES = ("male", "female")
_SEX_WORDS = {"nam": "male", "nữ": "female", "nu": "female"}
_BY_SEX = re.compile(r"(.+) (nam|nữ|nu)")
REMARK_KEY = "remark"
REMARKS = frozenset({"ly do khong nhan", "vi sao khong nhan duoc", "reason not accepted", "ket qua kiem tra"})
# Beside a column “Tên”, which has the given name alone.
SURNAMES = (
    "ho", "ho dem", "ho lot", "ho va dem", "ho va lot", "ho va ten dem", "ho va ten lot", "ho va chu dem",
    "ho va chu lot", "ho chu dem", "ho ten dem", "surname", "last name",
)  # fmt: skip
_HOUSEHOLDS = frozenset(("hộ", "hộ số", "số hộ"))  # without its mark a surname
# Between the surname and the given name.
MIDDLE_NAMES = (
    "ten dem",
    "chu dem",
    "dem",
    "ten lot",
    "chu lot",
    "lot",
    "ten chu dem",
    "ten dem lot",
    "middle name",
)
_COMMUNE = frozenset(
    ("xa phuong", "phuong xa", "xa", "phuong", "xa phuong thi tran", "phuong xa thi tran", "xa phuong dac khu")
)  # fmt: skip
_PROVINCE = frozenset(
    ("tinh", "tinh thanh pho", "tinh tp", "tinh thanh", "thanh pho", "tp", "thanh pho tinh", "tp tinh")
)  # fmt: skip
_ADDRESS = frozenset(
    ("dia chi", "so nha", "so nha duong", "so nha ten duong", "duong", "ap", "ap khu pho", "khu pho ap", "thon",
     "thon ap", "to", "to ap", "khu pho", "chi tiet", "dia chi cu the", "dia chi chi tiet", "so nha to ap")
)  # fmt: skip
_PARTS = {
    "origin": {"origin": _COMMUNE, "origin_province": _PROVINCE, "origin_address": _ADDRESS},
    "origin_address": {"origin": _COMMUNE, "origin_province": _PROVINCE, "origin_address": _ADDRESS},
    "home": {"home": _COMMUNE, "home_address": _ADDRESS},
    "home_address": {"home": _COMMUNE, "home_address": _ADDRESS},
}
_DIGITS = {"birth": 4, "identity": 8, "phone": 8}  # that a person has at least in such a column
_COUNTED = re.compile(r"(?:người|hộ|khẩu)\b")
# Words that are no given names, whatever column they are from.
_MARKS = frozenset(
    [
        "nam",
        "nu",
        "co",
        "khong",
        "xx",
        "ok",
        "kinh",
        "khmer",
        "cham",
        "con",
        "vo",
        "chong",
        "me",
        "cha",
        "chau",
        "chu",
        "ho",
        "anh",
        "chi",
        "em",
        "ong",
        "ba",
        "bo",
        "dau",
        "re",
        "bac",
        "co",
        "di",
        "cau",
    ]
)
MANY_NAMES = 8  # different ones, in a long list
OWN_NUMBER = frozenset({"stt", "so thu tu", "tt", "no"})


def find_headings(rows: Sequence[tuple[int, list[Cell]]], *, sheet: str = "") -> Headings:
    """Return the rows that name most columns. Raises `FileRefused` where a required one is missing.

    `sheet` is the name of the sheet that was read, if there are more.
    """
    best = headings.find(rows, _useful)
    missing = [column for column in COLUMNS if column.required and not _has(best, column.key)]
    if missing:
        texts = [
            cell for _number, cells in rows[: headings.SEARCHED] for cell in cells if isinstance(cell, str)
        ]
        if sum(map(_has_lost, texts)) * 4 > len(texts):
            raise FileRefused("lost_letters")
        if sheet and len(best.places) <= 2:
            raise FileRefused("not_first_sheet", sheet=sheet[:80])
        names = [str(column.heading) for column in (missing if len(best.places) > 2 else COLUMNS)]
        raise FileRefused("no_heading", columns=", ".join(names))
    _find_given_names(best, rows)
    headings.skip_numbers(best, rows)
    headings.skip_end(best, rows, partial(_is_person, best))
    headings.skip_between(best, rows, partial(_is_person, best), _named)
    return best


def _find_given_names(found: Headings, rows: Sequence[tuple[int, list[Cell]]]) -> None:
    """Find the given names of a list whose “Họ và tên” reaches over two columns, the second without a heading."""
    place = found.places["full_name"]
    beside = place + 1
    if found.places.keys() & {"surname", "middle_name"} or beside in found.places.values():
        return
    if any(
        beside < len(cells) and cells[beside] not in (None, "")
        for number, cells in rows
        if found.row <= number <= found.last
    ):
        return
    pairs = [
        (plain(cells[place]), plain(cells[beside]) if beside < len(cells) else "")
        for number, cells in rows
        if number > found.last and _is_person(found, cells) and place < len(cells) and cells[place]
    ]
    given = [second for _first, second in pairs if second.isalpha() and len(second) > 1]
    if len(given) * 5 >= len(pairs) * 4 and len({fold(word) for word in given} - _MARKS) >= min(
        len(given) // 2 + 1, MANY_NAMES
    ):
        found.places |= {"surname": place, "full_name": beside}


def _has(found: Headings, key: str) -> bool:
    return key in found.places or any(f"{key}_{sex}" in found.places for sex in SEXES)


def _is_person(found: Headings, cells: Sequence[Cell]) -> bool:
    """Tell whether a row has what only a person has: a year of birth, the number of a paper or a phone, a name that
    is numbered."""
    texts = [plain(cell) for cell in cells]
    for key, place in found.places.items():
        wanted = _DIGITS.get(key.removesuffix("_male").removesuffix("_female"), 0)
        if wanted and place < len(texts) and sum(map(str.isdigit, texts[place])) >= wanted:
            return key != "birth" or not _COUNTED.search(texts[place])
    name = found.places.get("full_name", 0)
    return (
        name < len(texts)
        and any(map(str.isalpha, texts[name]))
        and any(text.strip("().").isdecimal() for text in texts[:name])
    )


def _named(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the columns that a row names in full, each with the place where it does."""
    found = ((_meanings().get(fold(plain(cell)[:60]), ""), place) for place, cell in enumerate(cells))
    return {key: place for key, place in found if key in BY_KEY}


def _useful(heading: str, group: str) -> str | None:
    key = meaning_in(group, heading) if group else meaning(heading)
    return None if key == REMARK_KEY or fold(heading) in OWN_NUMBER else key


def meaning_in(group: str, part: str) -> str:
    """Return the key of a heading under another: “Tỉnh” under “Nơi ở hiện nay”."""
    where, what = meaning(group), fold(part)
    if where in _PARTS:
        return next((key for key, words in _PARTS[where].items() if what in words), "")
    return meaning(f"{group} {part}") or meaning(f"{part} {group}") or meaning(part)


def meaning(heading: str) -> str:
    """Return the key of the column that a heading names; empty where it names none.

    A key of births or sexes in two columns ends with the sex: “Năm sinh: Nam | Nữ”.
    """
    bare = _NUMBERED.sub("", _REMARK.sub(" ", heading))
    if fold_keep_marks(bare) in _HOUSEHOLDS:
        return "family"
    known = _meanings().get(fold(bare), "") or _meanings().get(fold(heading), "")
    if known or not heading:
        return known
    if len(ways := _TWO_WAYS.split(bare.strip())) == 2:
        keys = {key for way in ways if (key := meaning(way))}
        return keys.pop() if len(keys) == 1 and meaning(ways[0]) else ""
    if by_sex := _BY_SEX.fullmatch(fold_keep_marks(bare)):
        base = _meanings().get(fold(by_sex[1]), "")
        return f"{base}_{_SEX_WORDS[by_sex[2]]}" if base in {"birth", "sex"} else ""
    return _meaning_of_lost(bare) if _has_lost(heading) else ""


def _has_lost(text: str) -> bool:
    return "?" in text or is_broken(text)


def _meaning_of_lost(heading: str) -> str:
    """Return the key of a heading of which letters were lost, where only one can be meant."""
    # `fold` trims each part: spaces between it and a lost letter do not count.
    wanted = re.compile(r" *\w+ *".join(re.escape(fold(part)) for part in _LOST.split(heading)))
    keys = {key for text, key in _meanings().items() if wanted.fullmatch(text)}
    return keys.pop() if len(keys) == 1 else ""


def in_every_language(text: Any) -> set[str]:
    """Return the folded text in each language of the portal.

    A template was fetched in one language, and a worker speaks another.
    """
    folded = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            folded.add(fold(str(text)))
    return folded


@cache
def _meanings() -> dict[str, str]:
    """Return the keys by folded headings, on the first use: translations are not loaded before."""
    found = {
        heading: column.key
        for column in COLUMNS
        for heading in (*in_every_language(column.heading), *column.others.split(", "))
    }
    return (
        found
        | dict.fromkeys(SURNAMES, "surname")
        | dict.fromkeys(MIDDLE_NAMES, "middle_name")
        | dict.fromkeys(REMARKS, REMARK_KEY)
    )
