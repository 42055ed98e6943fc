"""Text files whose fields are parted by a sign: which sign it is, and their rows."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator

from portal.sheets.refusals import FileRefused

SEPARATORS = ",;\t|"
SAMPLE = 100_000  # characters
SAMPLED = 200  # rows
FEWEST = 3  # fields of a row, from which on rows inside a field are looked for
_NAMED = re.compile(r"sep=(.)[\r\n]", re.IGNORECASE)


def separator_of(text: str) -> str:
    """Return the sign with which most rows come out alike, in as many fields as the widest."""
    if named := _NAMED.match(text):
        return named[1] if named[1] in SEPARATORS else ","
    best, highest = SEPARATORS[0], (0.0, 0)
    for separator in SEPARATORS:
        widths = _widths(text[:SAMPLE], separator)
        # Titles stand above without a separator. The headings count: what only the rows agree in is their text.
        rows = list(itertools.dropwhile(lambda width: width == 1, widths))
        width, many = max(Counter(rows).items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        share = many / len(rows) if width > 1 else 0.0
        if (share, width) > highest:
            best, highest = separator, (share, width)
    return best


def _widths(text: str, separator: str) -> list[int]:
    widths = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == SAMPLED:
                break
    except csv.Error:
        pass
    return widths


def rows_of(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their numbers. A first line that names the separator keeps its number.

    Raises `FileRefused` with the line of a quotation mark that is not closed, or closes within a field: rows
    would be lost in it.
    """
    if _NAMED.match(text):
        text = "\n" + text.partition("\n")[2]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number, line, most = 0, 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused("open_quote", line=line) from error
        number += 1
        most = max(most, len(cells))
        if most >= FEWEST and any(_holds_rows(cell, separator, most) for cell in cells):
            raise FileRefused("open_quote", line=line)
        line = reader.line_num + 1
        yield number, cells


def _holds_rows(cell: str, separator: str, width: int) -> bool:
    """Tell whether a field of several lines has a line in it that is nearly a whole row."""
    if "\n" not in cell and "\r" not in cell:
        return False
    return any(line.count(separator) >= max(width - 2, 2) for line in cell.splitlines())
