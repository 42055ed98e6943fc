"""The check of a file: a verdict on every row. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import column_index_from_string

from citizens.models import Person
from portal.places.gazetteer import Gazetteer
from portal.sheets.headings import Headings
from portal.sheets.reading import Table, read_table
from portal.sheets.refusals import FileRefused
from repatriation.importing.admitting import admit
from repatriation.importing.families import ListLine, join
from repatriation.importing.lines import read_lines
from repatriation.importing.matching import match, remark_alike
from repatriation.importing.meanings import find_headings
from repatriation.models import Campaign, ImportRow

Verdict = ImportRow.Verdict
MOST_NAMED = 20  # sheets, or ranges of rows
Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Report the progress to nobody."""


@dataclass
class Checked:
    """The rows of a file with what was found in them, by family, and the persons whom the portal knows."""

    lines: list[ListLine]
    families: dict[int, list[ListLine]]
    known: dict[int, Person]

    def verdict(self, line: ListLine) -> str:
        if line.errors:
            return Verdict.WRONG
        if not self.is_good(line.family):
            return Verdict.LEFT_OUT
        return Verdict.ODD if line.remarks else Verdict.GOOD

    def is_good(self, family: int) -> bool:
        """Return whether the family can be registered: it is taken whole or not at all."""
        if family not in self._good:
            self._good[family] = not any(line.errors for line in self.families[family])
        return self._good[family]

    def __post_init__(self) -> None:
        self._good: dict[int, bool] = {}

    @property
    def good_families(self) -> list[int]:
        return [family for family in self.families if self.is_good(family)]


def read(content: bytes) -> tuple[Table, Headings]:
    """Return the table of a file and the places of its columns. Raises `FileRefused`."""
    table = read_table(content)
    headings = find_headings(table.rows, sheet=table.sheet if table.unread else "")
    if all(number <= headings.last or number in headings.skipped for number, _cells in table.rows):
        raise FileRefused("no_rows")
    return table, headings


def check(table: Table, headings: Headings, campaign: Campaign, *, progress: Progress = silent) -> Checked:
    """Read, join and match every row. Writes nothing."""
    total = len(table.rows)
    lines = read_lines(table, headings, campaign)
    hidden = set(table.hidden_rows)
    for line in lines:
        if line.number in hidden:
            line.odd("", "hidden_row")
    progress(total // 2, total)
    origins = list(campaign.origins.all())
    families = join(lines, Gazetteer.load(), origins)
    admit(families, campaign)
    progress(total * 2 // 3, total)
    known = match(families, campaign)
    remark_alike(families, known)
    return Checked(lines, families, known)


def layout_of(table: Table, headings: Headings) -> dict[str, Any]:
    """Return what the batch stores about how the file was written."""
    used = set(headings.places.values())
    return {
        "kind": table.kind,
        "sheet": table.sheet,
        "encoding": table.encoding,
        "separator": table.separator,
        "hidden": _shortened(table.hidden),
        "unread": _shortened(table.unread),
        "hidden_rows": ranges_of([number for number in table.hidden_rows if number > headings.row]),
        "hidden_columns": [
            letter for letter in table.hidden_columns if column_index_from_string(letter) - 1 in used
        ],
        "heading_row": headings.row,
        "columns": headings.places,
        "ignored": headings.ignored,
        "skipped": {str(number): why for number, why in sorted(headings.skipped.items())},
    }


def ranges_of(numbers: Sequence[int]) -> list[str]:
    """Return ascending numbers as ranges for people: `3`, `5–9`."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return _shortened([str(first) if first == last else f"{first}–{last}" for first, last in ranges])


def _shortened(texts: Sequence[str]) -> list[str]:
    """Return so many of the texts as people read."""
    shown = [text[:80] for text in texts[:MOST_NAMED]]
    return [*shown, "…"] if len(texts) > MOST_NAMED else shown
