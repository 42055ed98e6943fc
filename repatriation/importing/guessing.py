"""The limit of what a list may learn: known identity numbers whose name or birth disagree.

Each such row counts against the sender, in the same hour and with the same limit as in a form
(`registration.refusals`). A list with more of them is not told which they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from portal import locks
from portal.records.log import event_for, subject_of
from portal.records.models import Event
from portal.sheets.refusals import FileRefused
from repatriation.importing.families import ListLine
from repatriation.models import ImportBatch
from repatriation.registration.refusals import REFUSALS_BY_OFFICER, REFUSALS_WITHIN, number_marks

SHARE = 5  # one in so many of the rows with a number
FEW = 5  # rows; up to here the share does not matter


class NumbersDisagree(FileRefused):
    """More numbers disagree than a list may learn. `rows` are those that still count against the sender."""

    def __init__(self, rows: Sequence[int]) -> None:
        super().__init__("numbers_disagree")
        self.rows = rows


def require_few_refusals(batch: ImportBatch) -> None:
    """Require that the sender has not reached the limit of the hour. Raises `FileRefused`."""
    if _refusals_of_sender(batch) >= REFUSALS_BY_OFFICER:
        raise FileRefused("numbers_limit")


def count_disagreements(batch: ImportBatch, lines: Sequence[ListLine]) -> None:
    """Count the rows whose number disagrees, once for each list. Raises `NumbersDisagree`."""
    rows = [line.number for line in lines if any(fault.code == "identity_taken" for fault in line.errors)]
    if not rows:
        return
    locks.hold(locks.Kind.LIST_NUMBERS, batch.created_by_id)
    numbered = sum(1 for line in lines if line.values.get("identity"))
    is_a_share = len(rows) > FEW and len(rows) * SHARE > numbered
    if is_a_share or len(rows) > REFUSALS_BY_OFFICER - _refusals_of_sender(batch):
        raise NumbersDisagree(rows[:REFUSALS_BY_OFFICER])
    record_rows(batch, rows)


def record_rows(batch: ImportBatch, rows: Sequence[int]) -> None:
    """Log these rows; one that was logged when the list was checked before is not logged again."""
    subject_type, subject_id = subject_of(batch)
    logged = Event.objects.filter(subject_type=subject_type, subject_id=subject_id, verb="number_refused")
    known = set(logged.values_list("data__row", flat=True))
    marks = number_marks("", None, batch.created_by_id)
    Event.objects.bulk_create(
        event_for(batch, "number_refused", by=batch.created_by, data={"row": row, **marks})
        for row in rows
        if row not in known
    )


def _refusals_of_sender(batch: ImportBatch) -> int:
    """Return how many numbers disagreed within the hour in all that the sender entered but this list."""
    subject_type, subject_id = subject_of(batch)
    marks = {f"data__{name}": mark for name, mark in number_marks("", None, batch.created_by_id).items()}
    refusals = Event.objects.filter(verb="number_refused", at__gt=timezone.now() - REFUSALS_WITHIN, **marks)
    return refusals.exclude(subject_type=subject_type, subject_id=subject_id).count()
