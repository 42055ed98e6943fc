"""Kinds of lists. All are uploaded, checked, shown and committed by the same steps of a worker.

kinds.register(ImportBatch.Kind.ARRIVALS, kinds.ListKind(check=…, commit=…))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from repatriation.importing.checking import Progress
from repatriation.models import ImportBatch
from repatriation.models.import_batch import ImportKind


@dataclass(frozen=True)
class ListKind:
    """`check(batch, progress)` reads the file and stores each row with its verdict; it raises `FileRefused`.
    `commit(pk)` takes in the good rows of a batch that is to be committed; it returns whether it did anything."""

    check: Callable[[ImportBatch, Progress], None]
    commit: Callable[[int], bool]


_kinds: dict[str, ListKind] = {}


def register(kind: ImportKind, how: ListKind) -> None:
    if kind in _kinds:
        raise ValueError(f"the kind {kind} is registered twice")
    _kinds[kind] = how


def kind_of(batch: ImportBatch) -> ListKind:
    return _kinds[batch.kind]
