"""The headings of a table: in one row or two, with titles above and a row of column numbers below.

    found = find(rows, meaning)     # meaning(heading, group) gives its key, "" where unknown, None where of no use

A heading of two rows is read from both: a group (“Nơi ở hiện nay”) over its parts (“Xã, phường”, “Tỉnh”).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portal.places.text import fold_keep_marks
from portal.sheets.cells import Cell, plain
from portal.sheets.refusals import FileRefused

SEARCHED = 20  # rows in which the headings are looked for; titles may stand above
BELOW = 3  # rows under the headings among which one may number the columns
FEWEST = 3  # cells of a row that numbers the columns
Rows = Sequence[tuple[int, list[Cell]]]
Meaning = Callable[[str, str], str | None]
_NUMBER = re.compile(r"([0-9]{1,2})(?:[) ]*=.*)?")
_COLUMN = re.compile("^(?:cột|cot|c) *(?=[0-9])")
_NOTE = re.compile(r"\(.{4,}\)")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
MOST_AT_END = 3  # cells of a row that ends the list
_END = re.compile(
    r"(?:tổng cộng|tổng số|tổng|cộng|tong cong|tong so|người lập|nguoi lap|cán bộ lập|lập biểu|ký tên|xác nhận|"
    r"thủ trưởng|nơi nhận|chủ tịch|trưởng|phó|tm|kt|ubnd|ủy ban|kế toán|danh sách này|(?:.* )?ngày .*tháng .*năm)\b"
)


class Skipped(StrEnum):
    """Why a row under the headings holds nobody."""

    COLUMN_NUMBERS = "column_numbers"
    NOTES = "notes"
    END = "end"


@dataclass
class Headings:
    """Where the headings are. `row` is their first row, `last` the last one above the data."""

    row: int = 0
    last: int = 0
    places: dict[str, int] = field(default_factory=dict)  # key → position from 0
    ignored: list[str] = field(default_factory=list)  # headings that were not understood
    twice: str = ""  # a heading that means the same as one before
    skipped: dict[int, Skipped] = field(default_factory=dict)  # rows that hold nobody


def find(rows: Rows, meaning: Meaning) -> Headings:
    """Return the row, or the two rows, that name most columns; without places where none does."""
    top = rows[:SEARCHED]
    single = [_one_row(number, cells, meaning) for number, cells in top]
    double = [found for index in range(len(top)) if (found := _two_rows(rows, index, meaning))]
    # Of equals one row, and the first: a title above is no group.
    best = max([*single, *double], key=lambda found: len(found.places), default=Headings())
    if best.twice and len(best.places) > 2:  # surely the headings
        raise FileRefused("heading_twice", column=best.twice)
    return best


def _one_row(number: int, cells: Sequence[Cell], meaning: Meaning) -> Headings:
    found = Headings(number, number)
    for position, cell in enumerate(cells):
        if isinstance(cell, str) and cell:
            _add(found, position, cell, meaning(cell, ""))
    return found


def _add(found: Headings, position: int, heading: str, key: str | None) -> None:
    if key is None:
        return
    if key and key in found.places:
        found.twice = found.twice or heading
    elif key:
        found.places[key] = position
    else:
        found.ignored.append(heading[:60])


def _two_rows(rows: Rows, index: int, meaning: Meaning) -> Headings | None:
    """Read a row and the next as one heading, if no data can stand in the second."""
    if index + 1 >= len(rows):
        return None
    (number, groups), (second, parts) = rows[index], rows[index + 1]
    if second != number + 1 or not _is_second_row(groups, parts, meaning):
        return None
    found = Headings(number, second)
    own: dict[str, int] = {}  # groups that stand for one of their columns themselves
    for position, (group, part) in enumerate(_pairs(groups, parts)):
        key = meaning(part or group, group if part and part != group else "") if group or part else None
        if part and not key and meaning(group, ""):
            own.setdefault(group, position)
        _add(found, position, part or group, key)
    for group, position in own.items():
        key = meaning(group, "")
        if key and key not in found.places:
            found.places[key] = position
    return found


def _pairs(groups: Sequence[Cell], parts: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """Yield the group and the part of each column. A group reaches as far to the right as no other begins."""
    group = ""
    for position in range(max(len(groups), len(parts))):
        top, part = _text(groups, position), _text(parts, position)
        group = top or (group if part else "")
        yield group, part


def _is_second_row(groups: Sequence[Cell], parts: Sequence[Cell], meaning: Meaning) -> bool:
    texts = [cell for cell in parts if cell not in (None, "")]
    if not texts or not all(isinstance(cell, str) and not any(map(str.isdigit, cell)) for cell in texts):
        return False
    named = sum(part == group or bool(meaning(part, group)) for group, part in _pairs(groups, parts) if part)
    return named * 2 > len(texts)


def _text(cells: Sequence[Cell], position: int) -> str:
    cell = cells[position] if position < len(cells) else None
    return cell if isinstance(cell, str) else ""


# --- Rows that hold nobody -------------------------------------------------------------------------


def skip_numbers(found: Headings, rows: Rows) -> None:
    """Leave out the row that numbers the columns, `(1) (2) (3)`, `A B 1 2`, `I II III`, and notes in brackets."""
    for number, cells in [row for row in rows if row[0] > found.last][:BELOW]:
        if _numbers_columns(cells):
            found.skipped[number] = Skipped.COLUMN_NUMBERS
        elif all(_NOTE.fullmatch(plain(cell)) for cell in cells if cell not in (None, "")):
            found.skipped[number] = Skipped.NOTES


def _numbers_columns(cells: Sequence[Cell]) -> bool:
    texts = [_COLUMN.sub("", plain(cell).lower()).strip("()[]. ") for cell in cells if cell not in (None, "")]
    if len(texts) < FEWEST:
        return False
    if all(text in _ROMAN for text in texts):
        return _rises([_ROMAN.index(text) + 1 for text in texts])
    letters = [text for text in texts if len(text) == 1 and text.isascii() and text.isalpha()]
    numbers = [found for text in texts[len(letters) :] if (found := _NUMBER.fullmatch(text))]
    if len(letters) + len(numbers) != len(texts):
        return False
    return _rises([ord(letter) - ord("a") + 1 for letter in letters]) and _rises(
        [int(found[1]) for found in numbers]
    )


def _rises(places: list[int]) -> bool:
    return not places or (places[0] == 1 and all(left < right for left, right in itertools.pairwise(places)))


def skip_end(found: Headings, rows: Rows, is_person: Callable[[Sequence[Cell]], bool]) -> None:
    """Leave out what stands under the last person: sums, the place and day, signatures."""
    end: list[int] = []
    for number, cells in reversed([row for row in rows if row[0] > found.last]):
        filled = [fold_keep_marks(plain(cell)) for cell in cells if cell not in (None, "")]
        is_end = len(filled) <= MOST_AT_END and any(map(_END.match, filled))
        if is_person(cells) and not (is_end and len(filled) == 1):  # a place and a day in its column
            break
        end.append(number)
        if is_end:  # with it, the names under “NGƯỜI LẬP BIỂU”
            found.skipped |= dict.fromkeys(end, Skipped.END)
            end = []
