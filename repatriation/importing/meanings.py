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
from repatriation.importing.columns import COLUMNS

_REMARK = re.compile(r"\(.*?\)|\*|:")
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
OWN_NUMBER = frozenset({"stt", "so thu tu", "tt", "no"})


def find_headings(rows: Sequence[tuple[int, list[Cell]]]) -> Headings:
    """Return the rows that name most columns. Raises `FileRefused` where a required one is missing."""
    best = headings.find(rows, _useful)
    missing = [column for column in COLUMNS if column.required and not _has(best, column.key)]
    if missing:
        texts = [
            cell for _number, cells in rows[: headings.SEARCHED] for cell in cells if isinstance(cell, str)
        ]
        if sum(map(_has_lost, texts)) * 4 > len(texts):
            raise FileRefused("lost_letters")
        names = [str(column.heading) for column in (missing if len(best.places) > 2 else COLUMNS)]
        raise FileRefused("no_heading", columns=", ".join(names))
    headings.skip_numbers(best, rows)
    headings.skip_end(best, rows, partial(_is_person, best))
    return best


def _has(found: Headings, key: str) -> bool:
    return key in found.places or any(f"{key}_{sex}" in found.places for sex in SEXES)


def _is_person(found: Headings, cells: Sequence[Cell]) -> bool:
    """Tell whether a row has a birth: a cell of that column with a year in it."""
    places = [place for key, place in found.places.items() if key.partition("_")[0] == "birth"]
    return any(sum(map(str.isdigit, plain(cells[place]))) >= 4 for place in places if place < len(cells))


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
    bare = _REMARK.sub(" ", heading)
    known = _meanings().get(fold(bare), "") or _meanings().get(fold(heading), "")
    if known or not heading:
        return known
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
    return found | dict.fromkeys(SURNAMES, "surname") | dict.fromkeys(REMARKS, REMARK_KEY)
