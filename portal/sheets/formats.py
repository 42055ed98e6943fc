"""What the number format of a cell shows of a day."""

from __future__ import annotations

import re
from functools import lru_cache

_NAMED = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|\\.")


@lru_cache(maxsize=1_000)
def _bare(shown: str) -> str:
    """Return the first part of a format, without texts and locales."""
    return _NAMED.sub("", shown.split(";")[0]).lower()


def shows_time(shown: str) -> bool:
    return "h" in _bare(shown)


def shows_year_alone(shown: str) -> bool:
    bare = _bare(shown)
    return "y" in bare and "d" not in bare and "m" not in bare and "h" not in bare


def shows_no_day(shown: str) -> bool:
    """Tell whether a cell shows a month and a year alone: its day was never written."""
    bare = _bare(shown)
    return "y" in bare and "m" in bare and "d" not in bare and "h" not in bare


def shows_no_year(shown: str) -> bool:
    """Tell whether a cell shows a day and a month alone: its year is that of the day on which it was written."""
    bare = _bare(shown)
    return "d" in bare and "m" in bare and "y" not in bare and "h" not in bare


def shows_as_the_system(shown: str) -> bool:
    """Tell whether the cell is shown in the order of whoever opens it; openpyxl names that format `mm-dd-yy`."""
    return shown in {"mm-dd-yy", "m/d/yy h:mm"}


def shows_month_first(shown: str) -> bool:
    bare = _bare(shown)
    place = bare.find("m")
    return (
        not shows_as_the_system(shown)
        and 0 <= place < bare.find("d")
        and "mmm" not in bare
        and not bare.startswith("y")
    )
