"""Actions on a list of registrations: upload, check, commit, and revoke it as a whole.

A worker checks and commits. It finds the batches in work in the database, locks each while it works on it,
and does each step in one transaction. A worker that is killed leaves the batch as it was, and the next run
starts the step anew; a batch whose worker died twice in a step is refused.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import bulk, locks
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.notifications.outbox import Note, notify_many
from portal.places.home import home_province
from portal.places.models import Place
from portal.places.text import fold
from portal.records.actors import SYSTEM, Actor
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition, transition_many
from portal.sheets.refusals import FileRefused
from portal.work import GivenUp, begin_attempt, progress_beside, run_apart, take, without_collector
from repatriation.importing import commit as import_commit
from repatriation.importing import guessing, kinds
from repatriation.importing.checking import Checked, Progress, check, layout_of, read
from repatriation.importing.families import ListLine
from repatriation.models import Campaign, ImportBatch, ImportFile, ImportRow, Offer, Registration
from repatriation.models.import_batch import ImportKind
from repatriation.screening.actions import end_screening_many

logger = logging.getLogger(__name__)
NAME_LENGTH = 160
MEGABYTES, SECONDS = 600, 240  # that one step of a list may take; the longest list takes a third of each
PATIENCE = 300  # seconds after which the worker leaves further lists to the next run
_PASSING = {"55P03", "40P01", "40001"}  # lock timeout, deadlock, serialization failure: the next run retries


class SeatedAlready(Refused):
    """Families of the list have been given seats, so it can no longer be revoked as a whole."""

    def __init__(self, families: int) -> None:
        super().__init__(families)
        self.families = families

    def __str__(self) -> str:
        return ngettext(
            "Đã có %(count)d gia đình của danh sách này được xếp chỗ hoặc đã đi, nên không thu hồi cả danh sách "
            "được. Vui lòng xử lý từng gia đình.",
            "Đã có %(count)d gia đình của danh sách này được xếp chỗ hoặc đã đi, nên không thu hồi cả danh sách "
            "được. Vui lòng xử lý từng gia đình.",
            self.families,
        ) % {"count": self.families}


class NothingGood(Refused):
    """No family of the list can be registered."""

    def __str__(self) -> str:
        return _("Chưa có gia đình nào nhập được. Vui lòng sửa tệp rồi gửi lại.")


@transaction.atomic
def upload(
    campaign: Campaign,
    name: str,
    content: bytes,
    *,
    by: User,
    client_key: uuid.UUID,
    kind: ImportKind = ImportKind.REGISTRATIONS,
    place: Place | None = None,
) -> ImportBatch:
    """Store a file to be checked; without a `place` it is the sender's. The same form sent again returns the batch
    that it made."""
    batch, made = ImportBatch.objects.get_or_create(
        client_key=client_key,
        defaults={
            "campaign": campaign,
            "kind": kind,
            "file_name": _short(name),
            "created_by": by,
            "place": place
            or by.place_of(Permission.PLAN_TRIPS)
            or by.place_of(Permission.REGISTER_OTHERS)
            or home_province(),
        },
    )
    if made:
        ImportFile.objects.create(batch=batch, content=content)
        record(batch, "upload", by=by, data={"bytes": len(content)})
    return batch


def _short(name: str) -> str:
    """Shorten a long name from its beginning: the end says what the file is."""
    name = "".join(sign for sign in name if sign.isprintable()).strip() or "danh-sach"
    return name if len(name) <= NAME_LENGTH else f"…{name[1 - NAME_LENGTH :]}"


@transaction.atomic
def order_commit(batch: ImportBatch, *, by: User) -> ImportBatch:
    """Have the good families registered by a worker. Raises `NothingGood` when there is none."""
    row = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if row.status == ImportBatch.Status.CHECKED and not row.families_good:
        raise NothingGood
    return transition(row, "commit", by=by, committed_by=by, setback="", done=0, total=row.people_good)


def cancel(batch: ImportBatch, *, by: User | Actor) -> ImportBatch:
    """Cancel a list that was not committed."""
    return transition(batch, "cancel", by=by, attempts=0)


@transaction.atomic
def revoke(batch: ImportBatch, *, by: User, reason: str) -> ImportBatch:
    """Withdraw every family of the list from the queue, while nobody of it has been seated.

    The people stay: the withdrawn registrations and the log refer to them, and a corrected list finds them
    again by their numbers. A family that withdrew by itself is left as it is. Raises `SeatedAlready`.
    """
    families = _families_of(batch)
    batch = transition(batch, "revoke", by=by, reason=reason)
    over = {Registration.Status.WITHDRAWN, Registration.Status.DUPLICATE}
    waiting = [row for row in families if row.status == Registration.Status.WAITING]
    seated = set(Offer.objects.filter(registration__in=families).values_list("registration_id", flat=True))
    seated |= {row.pk for row in families if row.status not in over | {Registration.Status.WAITING}}
    if seated:
        raise SeatedAlready(len(seated))
    waiting = transition_many(
        waiting, "withdraw", by=by, reason=reason, data={"batch": batch.pk}, locked=True
    )
    end_screening_many([row.pk for row in waiting], by=by)
    notify_many(
        "import_revoked",
        [Note(phone=row.phone, about=row, context={"code": row.code}) for row in waiting],
    )
    return batch


def _families_of(batch: ImportBatch) -> list[Registration]:
    """Lock the list's registrations and those that were split from them since, and return them."""
    ids: set[int] = set()
    reached = set(batch.lines.exclude(registration=None).values_list("registration_id", flat=True))
    families: list[Registration] = []
    while reached - ids:  # queried again once all are locked: then no family can be split
        ids |= reached
        rows = Registration.objects.filter(pk__in=ids).order_by("pk")
        families = list(rows.select_for_update(of=("self",)))
        reached = set(Registration.objects.filter(split_from__in=ids).values_list("pk", flat=True))
    return families


# --- The worker's side -----------------------------------------------------------------------------


def work_apart() -> int:
    """Have the next step of every batch done in a process of its own. Return how many steps ended well."""
    started, steps = time.monotonic(), 0
    for pk in _waiting():
        if time.monotonic() - started > PATIENCE:
            break
        with transaction.atomic():
            is_free = take(locks.Kind.IMPORT_WORK, pk)
        if is_free:  # else another worker has it, and no process has to find that out
            steps += run_apart("work_on_import", str(pk), megabytes=MEGABYTES, seconds=SECONDS)
    return steps


def work() -> int:
    """Do the next step of every batch that no other worker has locked. Return how many steps were done."""
    return sum(work_on(pk) for pk in _waiting())


def _waiting() -> list[int]:
    return list(ImportBatch.objects.in_work().order_by("pk").values_list("pk", flat=True))


def work_on(pk: int) -> bool:
    """Do the next step of one batch. Return False when another worker has it, or nothing is to be done."""
    batch = ImportBatch.objects.get(pk=pk)
    try:
        match batch.status:
            case ImportBatch.Status.UPLOADED:
                transition(batch, "check", by=SYSTEM)
                return _check(pk)
            case ImportBatch.Status.CHECKING:
                return _check(pk)
            case ImportBatch.Status.COMMITTING:
                return kinds.kind_of(batch).commit(pk)
    except TransitionRefused:  # cancelled meanwhile
        return False
    return False


def _check(pk: int) -> bool:
    try:
        with transaction.atomic():
            if not take(locks.Kind.IMPORT_WORK, pk):
                return False
            batch = ImportBatch.objects.select_related("campaign", "created_by").get(pk=pk)
            if batch.status != ImportBatch.Status.CHECKING:
                return False
            begin_attempt(batch)
            with progress_beside(batch) as progress, without_collector():
                kinds.kind_of(batch).check(batch, progress)
    except FileRefused as refusal:
        _fail(batch, refusal)
    except TransitionRefused:
        raise
    except (MemoryError, GivenUp) as error:
        logger.warning("import %s takes too much memory or time: %r", pk, error)
        _fail(batch, FileRefused("heavy"))
    except Exception:
        logger.exception("import %s could not be checked", pk)
        _fail(batch, FileRefused("trouble"))
    return True


@transaction.atomic
def _fail(batch: ImportBatch, refusal: FileRefused) -> None:
    transition(batch, "fail", by=SYSTEM, refusal={"code": refusal.code, "params": refusal.params}, attempts=0)
    if isinstance(refusal, guessing.NumbersDisagree):
        guessing.record_rows(batch, refusal.rows)


def check_file(batch: ImportBatch, progress: Progress) -> None:
    """Read the file of a batch that is being checked, and store every row with its verdict. Raises `FileRefused`."""
    guessing.require_few_refusals(batch)
    table, headings = read(bytes(batch.file.content))
    checked = check(table, headings, batch.campaign, progress=progress)
    guessing.count_disagreements(batch, checked.lines)
    batch.lines.all().delete()
    rows = [_row(batch, checked, line) for line in checked.lines]
    bulk.insert(rows)
    good = checked.good_families
    transition(
        batch,
        "checked",
        by=SYSTEM,
        layout=layout_of(table, headings),
        rows=len(rows),
        rows_wrong=sum(1 for row in rows if row.verdict == ImportRow.Verdict.WRONG),
        rows_odd=sum(1 for row in rows if row.verdict == ImportRow.Verdict.ODD),
        families=len(checked.families),
        families_good=len(good),
        people_good=sum(len(checked.families[family]) for family in good),
        done=len(rows),
        total=len(rows),
        attempts=0,
    )


def _row(batch: ImportBatch, checked: Checked, line: ListLine) -> ImportRow:
    return ImportRow(
        batch=batch,
        number=line.number,
        family=line.family,
        verdict=checked.verdict(line),
        search_name=fold(line.values.get("full_name") or line.values.get("typed_name", ""))[:120],
        values=line.values,
        errors=[fault.to_json() for fault in line.errors],
        remarks=[fault.to_json() for fault in line.remarks],
    )


def _commit(pk: int) -> bool:
    batch = ImportBatch.objects.select_related("campaign", "committed_by", "created_by", "place").get(pk=pk)
    try:
        with transaction.atomic():
            if not take(locks.Kind.IMPORT_WORK, pk):
                return False
            batch.refresh_from_db(fields=["status"])
            if batch.status != ImportBatch.Status.COMMITTING:
                return False
            begin_attempt(batch)
            with progress_beside(batch) as progress, without_collector():
                import_commit.register_families(batch, progress)
                transition(batch, "committed", by=batch.committed_by, committed_at=timezone.now(), attempts=0)
    except import_commit.Setback as setback:
        _take_back(batch, setback.code)
    except GivenUp:
        logger.warning("import %s: the worker died in each attempt to commit it", pk)
        _take_back(batch, "died")
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") in _PASSING:
            ImportBatch.objects.filter(pk=pk).update(attempts=0)
            return False  # retried in the next run
        code, why = import_commit.setback_of(error)
        write = logger.error if code == "trouble" else logger.warning
        write("import %s was taken back: %s", pk, why)
        _take_back(batch, code)
    except Exception:
        logger.exception("import %s could not be committed", pk)
        _take_back(batch, "trouble")
    else:
        import_commit.analyse(batch)
    return True


def _take_back(batch: ImportBatch, code: str) -> None:
    """Send a list of which nothing was registered back to be checked; the sender decides anew."""
    transition(
        batch,
        "recheck",
        by=SYSTEM,
        data={"setback": code},
        setback=code,
        committed_by=None,
        attempts=0,
    )


kinds.register(
    ImportBatch.Kind.REGISTRATIONS,
    kinds.ListKind(
        check=lambda batch, progress: check_file(batch, progress),
        commit=lambda pk: _commit(pk),
    ),
)


def clear_old(now: dt.datetime | None = None) -> int:
    """Remove the files and the contents of the rows of lists whose time is over.

    The link from a row to its registration stays. Returns how many lists were cleared.
    """
    before = (now or timezone.now()) - dt.timedelta(days=settings.PORTAL_IMPORT_DAYS)
    cleared = 0
    for batch in ImportBatch.objects.filter(created_at__lt=before, emptied_at=None).order_by("pk"):
        with transaction.atomic():
            if batch.status in {ImportBatch.Status.UPLOADED, ImportBatch.Status.CHECKED}:
                batch = transition(batch, "cancel", by=SYSTEM)
            if batch.is_in_work:
                continue
            ImportFile.objects.filter(batch=batch).delete()
            batch.lines.update(values={}, errors=[], remarks=[], search_name="")
            batch.emptied_at = timezone.now()
            batch.save(update_fields=["emptied_at"])
            record(batch, "emptied", by=SYSTEM)
        cleared += 1
    return cleared
