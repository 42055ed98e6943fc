"""Text files whose fields are parted by a sign: which sign it is, and their rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from portal.sheets.refusals import FileRefused

SEPARATORS = ";\t|,"  # of equals the first; a comma stands in texts and numbers, too
SAMPLE = 100_000  # characters
SAMPLED = 200  # rows
CUT = 20  # lines of the field with which a sample may end
SPACED = re.compile(r'(?:^|[;,|\t]) +"', re.MULTILINE)
FEWEST = 3  # fields of a row, from which on rows inside a field are looked for
_NAMED = re.compile(r"sep=(.)[\r\n]", re.IGNORECASE)


def separator_of(text: str) -> str:
    """Return the sign with which most rows come out alike, in as many fields as the widest."""
    if named := _NAMED.match(text):
        return "," if named[1].isalnum() or named[1] in "\"' " else named[1]
    # First as strict as the file is read later; a file that no sign fits so has a quotation mark too many.
    return _best(text, strict=True) or _best(text, strict=False) or ","


def _best(text: str, *, strict: bool) -> str:
    best, highest = "", (0.0, 0)
    for separator in SEPARATORS:
        widths = _widths(text[:SAMPLE], separator, strict=strict)
        # The headings count as the other rows: what only the others agree in is their text.
        width, many = max(Counter(widths).items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        score = (many / len(widths), width) if width > 1 else (0.0, 0)
        if score > highest:
            best, highest = separator, score
    return best


def _widths(text: str, separator: str, *, strict: bool) -> list[int]:
    """Return how many fields each of the first rows has; none where the separator makes no sense of them."""
    widths, line = [], 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    try:
        for cells in reader:
            line = reader.line_num
            if any(cells):
                widths.append(len(cells))
            if len(widths) == SAMPLED:
                break
    except csv.Error:
        if len(text) < SAMPLE or text.count("\n") - line > CUT:
            return []
    return widths


def rows_of(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their numbers. A first line that names the separator keeps its number.

    Raises `FileRefused` with the line of a quotation mark that is not closed, or closes within a field: rows
    would be lost in it.
    """
    if _NAMED.match(text):
        text = "\n" + text.partition("\n")[2]
    spaced = bool(SPACED.search(text)) and _is_readable(text, separator, spaced=True)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=spaced
    )
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


def _is_readable(text: str, separator: str, *, spaced: bool) -> bool:
    """Tell whether all quotation marks fit, with those behind a space."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=spaced
    )
    try:
        for _cells in reader:
            pass
    except csv.Error:
        return False
    return True


def _holds_rows(cell: str, separator: str, width: int) -> bool:
    """Tell whether a field of several lines has a line in it that is nearly a whole row."""
    if "\n" not in cell and "\r" not in cell:
        return False
    return any(line.count(separator) >= max(width - 2, 2) for line in cell.splitlines())
