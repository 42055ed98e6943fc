"""The headings of a table: in one row or two, with titles above and a row of column numbers below.

    found = find(rows, meaning)     # meaning(heading, group) gives its key, "" where unknown, None where of no use

A heading of two rows is read from both: a group (“Nơi ở hiện nay”) over its parts (“Xã, phường”, “Tỉnh”).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
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
_NUMBER = re.compile(r"([0-9]{1,2})[a-d]?(?:[) ]*=.*)?")
_COLUMN = re.compile("^(?:cột|cot|c) *(?=[0-9])")
_NOTE = re.compile(r"\(.{4,}\)")
_FRAME = "()[]{}-–/. "  # what stands around the number of a column; Excel makes -1 of (1)
_ROMAN = {
    f"{tens}{ones}": 10 * len(tens) + place
    for tens in ("", "x", "xx")
    for place, ones in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
    if tens or ones
}
LONGEST = 120  # characters that are looked at
MOST_AT_END = 3  # cells of a row that ends the list, where not most of them are such words
_PLACES = r"(?:ấp|khu phố|khu|kp|tổ|thôn|xã|phường|thị trấn|huyện|quận|thị xã|thành phố|tp|tỉnh)"
_SUM = rf"(?:(?:tổng cộng|tổng số|tổng|cộng|tong cong|tong so|grand total|total)(?:$|(?= (?:[0-9]|là|số|có|{_PLACES}|người|hộ|nhân khẩu|toàn)\b)))"
_END = re.compile(
    rf"(?:{_SUM}|(?:người lập|nguoi lap|cán bộ lập|người duyệt|lập biểu|lập bảng|ký tên|xác nhận|thủ trưởng|thủ quỹ|nơi nhận|"
    r"chủ tịch|trưởng$|trưởng (?:ban|phòng|đoàn|ấp|thôn|khu|công an|trạm)|phó$|phó (?:chủ tịch|trưởng|ban|phòng|giám đốc)|"
    r"tm|kt|ubnd|ủy ban|kế toán|danh sách này|trong đó|ghi chú|lưu ý|chú thích|bằng chữ|(?:.* )?ngày .*tháng .*năm|"
    r"(?:.* )?ngày [0-9]+ [0-9]+ [0-9]{4}$)\b)"
)
_GROUP = re.compile(
    rf"(?:(?:[0-9]{{1,2}}|[a-z]|[ivx]+) )?(?:(?:{_PLACES}|hộ|gia đình|nhóm|danh sách)\b|(?:trang|chuyến|xe) (?:số|[0-9]))"
)
_LETTER = re.compile(r"[a-z]|[ivx]+")  # that numbers a group
_COUNT = re.compile(r"[0-9.]{1,6}(?: (?:người|hộ|khẩu|nhân khẩu|gia đình))*")


class Skipped(StrEnum):
    """Why a row under the headings holds nobody."""

    COLUMN_NUMBERS = "column_numbers"
    NOTES = "notes"
    HEADINGS = "headings"
    GROUP = "group"
    SUM = "sum"
    EMPTY = "empty"
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
    several = [
        found
        for read in (_two_rows, _three_rows)
        for index in range(len(top))
        if (found := read(rows, index, meaning))
    ]
    # Of equals one row, and the first: a title above is no group.
    best = max([*single, *several], key=lambda found: len(found.places), default=Headings())
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


def _three_rows(rows: Rows, index: int, meaning: Meaning) -> Headings | None:
    """Read three rows as one heading: groups in the first, and under some of them groups again."""
    if index + 2 >= len(rows):
        return None
    (number, groups), (second, lower) = rows[index], rows[index + 1]
    if second != number + 1 or not _holds_words(lower):
        return None
    width = max(len(groups), len(lower))
    both: list[Cell] = [_text(lower, place) or _text(groups, place) for place in range(width)]
    found = _two_rows([(second, both), rows[index + 2]], 0, meaning)
    if found is not None:
        found.row = number
    return found


def _holds_words(cells: Sequence[Cell]) -> bool:
    texts = [cell for cell in cells if cell not in (None, "")]
    return bool(texts) and all(isinstance(cell, str) and not any(map(str.isdigit, cell)) for cell in texts)


def _pairs(groups: Sequence[Cell], parts: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """Yield the group and the part of each column. A group reaches as far to the right as no other begins."""
    group = ""
    for position in range(max(len(groups), len(parts))):
        top, part = _text(groups, position), _text(parts, position)
        group = top or (group if part else "")
        yield group, part


def _is_second_row(groups: Sequence[Cell], parts: Sequence[Cell], meaning: Meaning) -> bool:
    if not _holds_words(parts):
        return False
    told = [part == group or bool(meaning(part, group)) for group, part in _pairs(groups, parts) if part]
    return sum(told) * 2 > len(told)


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
    texts = [
        _COLUMN.sub("", unicodedata.normalize("NFKC", plain(cell)).lower()).strip(_FRAME)
        for cell in cells
        if cell not in (None, "")
    ]
    if len(texts) < FEWEST:
        return False
    if all(text in _ROMAN for text in texts):
        return _rises([_ROMAN[text] for text in texts])
    letters = [text for text in texts if len(text) == 1 and text.isascii() and text.isalpha()]
    numbers = [found for text in texts[len(letters) :] if (found := _NUMBER.fullmatch(text))]
    if len(letters) + len(numbers) != len(texts):
        return False
    return _rises([ord(letter) - ord("a") + 1 for letter in letters]) and _rises(
        [int(found[1]) for found in numbers]
    )


def _rises(places: list[int]) -> bool:
    """Tell whether the numbers of columns rise from one; 3a and 3b are one number."""
    return not places or (
        places[0] == 1
        and len(set(places)) * 2 > len(places)
        and all(left <= right for left, right in itertools.pairwise(places))
    )


def skip_between(
    found: Headings,
    rows: Rows,
    is_person: Callable[[Sequence[Cell]], bool],
    keys: Callable[[Sequence[Cell]], dict[str, int]],
) -> None:
    """Leave out what parts a list: headings that a printed page repeats, the name of a group, its sum, numbers of rows
    that nobody filled in.

    `keys` gives the columns that a row names. Raises `FileRefused` where they are others than the headings name.
    """
    headings = [_filled(cells) for number, cells in rows if found.row <= number <= found.last]
    before: Skipped | None = None
    for number, cells in rows:
        if number <= found.last or number in found.skipped:
            continue
        why = None
        if not is_person(cells):
            texts = _filled(cells)
            why = Skipped.HEADINGS if len(texts) > 1 and texts in headings else _between(texts)
            named = keys(cells) if why is None else {}
            if len(named) >= FEWEST:
                if any(found.places.get(key) != place for key, place in named.items()):
                    raise FileRefused("heading_again", line=number)
                why = Skipped.HEADINGS
        if why in (None, Skipped.EMPTY) and before == Skipped.HEADINGS and _numbers_columns(cells):
            why = Skipped.COLUMN_NUMBERS
        if why is not None:
            found.skipped[number] = why
        before = why


def _filled(cells: Sequence[Cell]) -> list[str]:
    return [fold_keep_marks(plain(cell)[:LONGEST]) for cell in cells if cell not in (None, "")]


def _between(texts: list[str]) -> Skipped | None:
    if all(not text or (len(text) < 4 and text.isdecimal()) for text in texts):
        return Skipped.EMPTY
    words = [text for text in texts if not _COUNT.fullmatch(text)]
    if len(words) == 2 and _LETTER.fullmatch(words[0]):
        words = words[1:]
    if len(words) != 1:
        return None
    if re.match(_SUM, words[0]):
        return Skipped.SUM
    return Skipped.GROUP if len(texts) <= 3 and _GROUP.match(words[0]) else None


def skip_end(found: Headings, rows: Rows, is_person: Callable[[Sequence[Cell]], bool]) -> None:
    """Leave out what stands under the last person: sums, the place and day, signatures."""
    end: list[int] = []
    for number, cells in reversed([row for row in rows if row[0] > found.last]):
        filled = _filled(cells)
        ends = sum(bool(_END.match(text)) for text in filled)
        is_end = ends * 2 > len(filled) if len(filled) > MOST_AT_END else ends > 0
        if is_person(cells) and not (is_end and len(filled) == 1):  # a place and a day in its column
            break
        if any(re.match(_SUM, text) for text in filled):
            end = []  # whoever stands under a sum signs nothing
        end.append(number)
        if is_end:  # with it, the names under “NGƯỜI LẬP BIỂU”
            found.skipped |= dict.fromkeys(end, Skipped.END)
            end = []
