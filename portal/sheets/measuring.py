"""What it would cost to build a whole workbook in memory, as openpyxl does to write into a sender's file.

A cell costs about a thousand bytes and twenty microseconds; a range is expanded cell by cell; a formula that cells
share is written anew for each of them; everything else costs more than a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openpyxl.utils import range_boundaries

from portal.sheets.walking import Reader

SIZE = 16 * 1024 * 1024  # bytes of all parts together
TAGS = 600_000  # a hundred thousand cells
ODD_TAGS = 40_000
SPREAD = 50_000  # cells
SHARED = 20_000_000  # characters of formulas


@dataclass
class Cost:
    """What was counted in the parts of one file."""

    size: int = 0
    tags: int = 0
    odd_tags: int = 0  # of what is neither a row, a cell nor a text
    spread: int = 0  # cells of ranges
    shared: int = 0  # cells that share a formula
    formulas: int = 0  # characters of all formulas

    @property
    def is_light(self) -> bool:
        return (
            self.size <= SIZE
            and self.tags <= TAGS
            and self.odd_tags <= ODD_TAGS
            and self.spread <= SPREAD
            and self.shared * self.formulas <= SHARED
        )

    def add_odd(self) -> None:
        self.odd_tags += 1

    def add_range(self, attributes: dict[str, str]) -> None:
        """Count the cells of a range that is merged or a link."""
        self.odd_tags += 1
        try:
            left, top, right, bottom = range_boundaries(attributes.get("ref", ""))
            self.spread += (right - left + 1) * (bottom - top + 1)
        except (ValueError, TypeError):  # whole rows or columns, or no range
            self.spread += SPREAD + 1

    def add_formula(self, attributes: dict[str, str]) -> None:
        self.shared += attributes.get("t") == "shared"


def readers_of_costs(cost: Cost) -> dict[str, Callable[[dict[str, str]], None]]:
    """Return what is done at the beginning of each element of a sheet of which nothing but the cost is wanted."""

    def pass_by(_attributes: dict[str, str]) -> None:
        """Leave cells and texts to the count of all tags."""

    plain = dict.fromkeys(("row", "c", "v", "is", "r", "t", "rPr", "sheetData"), pass_by)
    return {**plain, "mergeCell": cost.add_range, "hyperlink": cost.add_range, "f": cost.add_formula}


class CostReader(Reader):
    """Counts what a sheet costs that is not read."""

    def __init__(self, cost: Cost) -> None:
        super().__init__()
        self.cost = cost
        self.is_formula = False
        self.starts = readers_of_costs(cost) | {"f": self.begin_formula}
        self.ends = {"f": self.finish_formula}
        self.other = cost.add_odd
        self.text = self.add_text

    def begin_formula(self, attributes: dict[str, str]) -> None:
        self.cost.add_formula(attributes)
        self.is_formula = True

    def finish_formula(self) -> None:
        self.is_formula = False

    def add_text(self, piece: str) -> None:
        if self.is_formula:
            self.cost.formulas += len(piece)
