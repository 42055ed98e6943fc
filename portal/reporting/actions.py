"""Actions on export jobs: a file is ordered by its owner, made by a worker, deleted after a day."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
import tempfile
from array import array
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook

from portal import locks
from portal.accounts.models import User
from portal.records.actors import SYSTEM
from portal.records.log import record_read
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition
from portal.reporting.collecting import Collected, NothingToExport, collect
from portal.reporting.export import LIMIT, as_text
from portal.reporting.models import ExportJob, ExportPart
from portal.ui.downloads import sheet_name
from portal.work import begin_attempt, progress_beside, take

logger = logging.getLogger(__name__)
KEPT = dt.timedelta(days=1)
STEP = 2_000  # rows fetched at once
NAME_LENGTH = 40  # characters, as the model has it
PIECE = 512 * 1024  # bytes
SHEET = 1_000_000  # rows; Excel has a few more
Writer = Callable[[list[Any]], None]


class RolesEnded(Refused):
    """A role with which the file was made is no longer the owner's: they might not see its rows today."""

    def __str__(self) -> str:
        return _(
            "Vai trò của anh/chị đã thay đổi từ khi lập tệp này. Vui lòng mở lại trang danh sách rồi xuất lại."
        )


@transaction.atomic
def order_export(address: str, *, by: User, language: str) -> ExportJob:
    """Order the file of a list, or return the job of the same list that still waits.

    Raises `NothingToExport` for an address that is no list of this user's.
    """
    collected = collect(address, by)
    waiting = ExportJob.objects.filter(owner=by, address=address, status=ExportJob.Status.WAITING).first()
    if waiting is not None:
        return waiting
    return ExportJob.objects.create(
        owner=by,
        place=by.main_place,
        name=collected.name[:NAME_LENGTH],
        kind="csv" if "export=csv" in address else "xlsx",
        language=language,
        address=address,
        filters=collected.filters[:300],
    )


def work() -> int:
    """Make every file that waits and that no other worker makes; return how many were made or failed."""
    waiting = ExportJob.objects.filter(status__in=[ExportJob.Status.WAITING, ExportJob.Status.RUNNING])
    return sum(work_on(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True))


def work_on(pk: int) -> bool:
    """Make one file, all of it or nothing. Return False when another worker has it.

    A file that the worker died of twice has failed.
    """
    job = ExportJob.objects.select_related("owner", "place").get(pk=pk)
    try:
        if job.status == ExportJob.Status.WAITING:
            transition(job, "start", by=SYSTEM)
        with transaction.atomic():
            if not take(locks.Kind.EXPORT_WORK, pk):
                return False
            job.refresh_from_db(fields=["status"])
            if job.status != ExportJob.Status.RUNNING:
                return False
            begin_attempt(job)
            roles = roles_of(job.owner)
            with translation.override(job.language), tempfile.TemporaryFile() as file:
                rows = _write(job, file)
                size = _store(job, file)
            transition(
                job,
                "finish",
                by=SYSTEM,
                done=rows,
                total=rows,
                size=size,
                made_with=roles,
                finished_at=timezone.now(),
            )
    except TransitionRefused:
        return False
    except NothingToExport:
        transition(job, "fail", by=SYSTEM, finished_at=timezone.now())
    except Exception:
        logger.exception("export %s could not be made", pk)
        transition(job, "fail", by=SYSTEM, finished_at=timezone.now())
    return True


def _write(job: ExportJob, file: BinaryIO) -> int:
    """Write the rows step by step and log their ids; return how many."""
    collected = collect(job.address, job.owner)
    ids = array("q", _ids(collected))
    model = collected.queryset.model
    with progress_beside(job) as write_progress, _writer(job.kind, file, job.name) as write:
        write(list(_headings(collected)))
        for start in range(0, len(ids), STEP):
            for row in _rows(collected, ids[start : start + STEP].tolist()):
                write(row)
            write_progress(min(start + STEP, len(ids)), len(ids))
    for start in range(0, max(len(ids), 1), LIMIT):
        record_read(
            job.owner,
            "export",
            subject_type=model._meta.label_lower,
            subject_ids=ids[start : start + LIMIT].tolist(),
            reason=job.filters,
            place=job.place,
        )
    return len(ids)


def _ids(collected: Collected) -> Iterator[int]:
    """Yield the ids in the order of the list. Of all rows at once only these are in memory."""
    rows = collected.queryset.prefetch_related(None).values_list("pk", flat=True)
    return rows.iterator(chunk_size=20_000)


def _headings(collected: Collected) -> Iterator[str]:
    yield from (str(heading) for heading in collected.resource.export([]).headers)


def _rows(collected: Collected, ids: list[int]) -> Iterator[list[Any]]:
    """Yield the rows with these ids, in this order, without those that have left the list meanwhile."""
    by_id = {row.pk: row for row in collected.queryset.filter(pk__in=ids)}
    rows = as_text(collected.resource.export([by_id[pk] for pk in ids if pk in by_id]))
    yield from (list(row) for row in rows)


class _writer:
    """A writer of rows into a file of the kind, never with all of them in memory."""

    def __init__(self, kind: str, file: BinaryIO, title: str) -> None:
        self.kind, self.file, self.title = kind, file, sheet_name(title)

    def __enter__(self) -> Writer:
        if self.kind == "csv":
            self.text = io.TextIOWrapper(self.file, "utf-8-sig", newline="")
            return csv.writer(self.text, lineterminator="\r\n").writerow
        self.book = Workbook(write_only=True)
        self.sheet, self.rows = self.book.create_sheet(self.title), 0
        self.head: list[Any] = []
        return self._append

    def _append(self, row: list[Any]) -> None:
        self.head = self.head or row
        if self.rows > SHEET:
            self.sheet, self.rows = self.book.create_sheet(self.title), 1
            self.sheet.append(self.head)
        self.sheet.append(row)
        self.rows += 1

    def __exit__(self, *error: object) -> None:
        if self.kind == "csv":
            self.text.flush()
            self.text.detach()
        elif error[0] is None:
            self.book.save(self.file)


def _store(job: ExportJob, file: BinaryIO) -> int:
    """Store the file piece by piece; return its size in bytes."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    number = 0
    while piece := file.read(PIECE):
        ExportPart.objects.create(job=job, number=number, content=piece)
        number += 1
    return size


def roles_of(user: User) -> list[list[Any]]:
    """Return the roles that are in force, each with its place (id)."""
    return sorted([one.role, one.place_id] for one in user.current_assignments)


def require_roles(job: ExportJob, user: User) -> None:
    """Raise `RolesEnded` unless the user still has every role, at its place, with which the file was made."""
    held = roles_of(user)
    if not job.made_with or any(role not in held for role in job.made_with):
        raise RolesEnded


def pieces(job: ExportJob) -> Iterator[bytes]:
    """Yield the file, piece by piece."""
    number = 0
    while (content := job.parts.filter(number=number).values_list("content", flat=True).first()) is not None:
        yield bytes(content)
        number += 1


def clear_old(now: dt.datetime | None = None) -> int:
    """Expire the jobs whose day is over and delete their files; return how many."""
    before = (now or timezone.now()) - KEPT
    over = [ExportJob.Status.READY, ExportJob.Status.FAILED]
    cleared = 0
    for job in ExportJob.objects.filter(status__in=over, finished_at__lt=before).order_by("pk"):
        with transaction.atomic():
            transition(job, "expire", by=SYSTEM, address="", filters="")
            ExportPart.objects.filter(job=job).delete()
        cleared += 1
    return cleared
