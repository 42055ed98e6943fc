"""The counts of an officer's worklist, tab by tab."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts.models import User
from portal.ui.counting import count_all
from portal.ui.parts import WorklistPart


def how_many(tabs: Sequence[WorklistPart], user: User) -> list[int]:
    """Count the rows behind each tab in one statement; each kind is counted up to `COUNT_CAP` only."""
    kinds = [tab.waits(user) for tab in tabs]
    counts = iter(count_all(rows for kind in kinds for rows in kind))
    return [sum(next(counts) for _rows in kind) for kind in kinds]
