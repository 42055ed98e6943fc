"""The good rows of a sheet are recorded, one family in one transaction, each as the form at the checkpoint does it.

A worker that is killed leaves whole families: the next run goes on with those that are not recorded yet. A family
that was recorded, or changed, after the sheet was checked is refused by the same rules as at the checkpoint; its
rows then say why. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.matching import fold
from citizens.models import Person
from portal import locks
from portal.places.models import Place
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.work import GivenUp, begin_attempt, progress_beside, take
from repatriation.checkpoint.actions import ArrivalFacts, ArrivalResult, first_result, record_arrival
from repatriation.importing.families import ListLine
from repatriation.models import Arrival, ImportBatch, ImportRow, Registration
from repatriation.on_paper.matching import phone_of
from repatriation.registration.people import Home, settle_people
from repatriation.registration.refusals import require_unregistered

logger = logging.getLogger(__name__)
NAMESPACE = uuid.UUID("6f2f4d9e-6a3c-4b0e-9f0e-0d2a4f6a7b11")
_PASSING = {"55P03", "40P01", "40001"}  # lock timeout, deadlock, serialization failure: the next run retries
GOOD = (ImportRow.Verdict.GOOD, ImportRow.Verdict.ODD)


def commit_sheet(pk: int) -> bool:
    """Record the families of a sheet that is to be committed. Return False when another worker has it."""
    batch = ImportBatch.objects.select_related("campaign", "committed_by", "place").get(pk=pk)
    with transaction.atomic():
        if not take(locks.Kind.IMPORT_WORK, pk):
            return False
        try:
            begin_attempt(batch)
        except GivenUp:
            logger.warning("sheet %s: the worker died in each attempt to record it", pk)
            _refuse_rest(batch)
    todo = _families(batch)
    done = 0
    with progress_beside(batch) as progress:
        for rows in todo:
            try:
                if not _record_or_refuse(batch, rows):
                    return False
            except DatabaseError as error:
                if getattr(error.__cause__, "pgcode", "") in _PASSING:
                    ImportBatch.objects.filter(pk=pk).update(attempts=0)
                    return False
                logger.exception("sheet %s: a family could not be recorded", pk)
                _refuse(batch, rows, _trouble())
            except Exception:
                logger.exception("sheet %s: a family could not be recorded", pk)
                _refuse(batch, rows, _trouble())
            done += len(rows)
            progress(done, batch.total)
    _finish(batch)
    return True


def _trouble() -> str:
    return _(
        "Hệ thống gặp trục trặc khi ghi gia đình này. Vui lòng nhập ở trang của chốt, và báo người quản trị."
    )


def _families(batch: ImportBatch) -> list[list[ImportRow]]:
    """Return the rows that are to be recorded, by family."""
    families: dict[int, list[ImportRow]] = {}
    for row in batch.lines.filter(verdict__in=GOOD, arrival=None).order_by("number"):
        families.setdefault(row.family, []).append(row)
    return list(families.values())


def _record_or_refuse(batch: ImportBatch, rows: Sequence[ImportRow]) -> bool:
    """Record one family, or write its refusal into its rows. Return False when another worker is at the sheet."""
    try:
        with transaction.atomic():
            if not take(locks.Kind.IMPORT_WORK, batch.pk):
                return False
            if batch.lines.filter(pk__in=[row.pk for row in rows], arrival=None).count() < len(rows):
                return True  # recorded by another worker meanwhile
            result = _record(batch, rows)
            _trace(rows, result)
    except Refused as refusal:
        _refuse(batch, rows, str(refusal))
    return True


def _record(batch: ImportBatch, rows: Sequence[ImportRow]) -> ArrivalResult:
    assert batch.committed_by is not None
    head = batch.lines.filter(family=rows[0].family).order_by("number")[0].values
    lines = [ListLine(row.number, row.values, row.family) for row in rows]
    came = dt.datetime.fromisoformat(head["family_came"])
    destination = Place.objects.get(pk=head["family_home"])
    address = next((line.values["address"] for line in lines if line.values.get("address")), "")
    key = key_of(batch.place, came, lines)
    registration = None
    first = first_result(key, batch.place)
    if first is not None:
        return first
    if head.get("registration"):
        registration = Registration.objects.select_related("campaign", "home_commune").get(
            pk=head["registration"]
        )
        people = Person.objects.in_bulk([line.values["person"] for line in lines])
        persons = [people[line.values["person"]] for line in lines]
        address = address or registration.home_address
    else:
        home = Home(destination, address, phone_of(lines))
        persons = settle_people([line.entry for line in lines], home, by=batch.committed_by)
        require_unregistered(persons)
    return record_arrival(
        checkpoint=batch.place,
        people=[facts_of(line.values, person) for line, person in zip(lines, persons, strict=True)],
        destination=destination,
        client_key=key,
        by=batch.committed_by,
        registration=registration,
        address=address,
        vehicle_plate=next((line.values["plate"] for line in lines if line.values.get("plate")), ""),
        entered_at=came,
    )


def key_of(checkpoint: Place, came: dt.datetime, lines: Sequence[ListLine]) -> uuid.UUID:
    """Return the key of a family's form, made of what it says: the same sheet sent twice changes nothing."""
    people = sorted(
        f"{fold(line.values['full_name'])}|{line.values['birth']}|{line.values.get('identity', '')}"
        for line in lines
    )
    return uuid.uuid5(NAMESPACE, "\n".join([str(checkpoint.pk), came.isoformat(), *people]))


def facts_of(values: dict[str, Any], person: Person) -> ArrivalFacts:
    """Return the facts about one person, as the action takes them."""
    facility = values.get("facility_place")
    return ArrivalFacts(
        person,
        identity_checked=values.get("compared", False),
        temperature=Decimal(values["temperature"]) if values.get("temperature") else None,
        symptoms=values.get("symptoms", ()),
        needs=values.get("needs", ""),
        papers=values.get("papers", ()),
        rapid_test=values.get("test") or Arrival.RapidTest.NONE,
        decision=values.get("decision") or Arrival.Decision.HOME,
        facility=Place.objects.get(pk=facility) if facility else None,
    )


def _trace(rows: Sequence[ImportRow], result: ArrivalResult) -> None:
    """Write into each row what became of it; the arrivals stand in the order of the rows."""
    arrivals = {arrival.person_id: arrival for arrival in result.arrivals}
    in_order = list(result.arrivals)
    for row, arrival in zip(rows, in_order, strict=True):
        arrival = arrivals.get(row.values.get("person", 0), arrival)
        row.arrival, row.person_id, row.registration_id = arrival, arrival.person_id, arrival.registration_id
    ImportRow.objects.bulk_update(rows, ["arrival", "person", "registration"])


def _refuse(batch: ImportBatch, rows: Sequence[ImportRow], words: str) -> None:
    """Count the family's rows as refused, with the sentence why."""
    with transaction.atomic():
        for number, row in enumerate(rows):
            row.verdict = ImportRow.Verdict.WRONG if number == 0 else ImportRow.Verdict.LEFT_OUT
            if number == 0:
                row.errors = [{"column": "", "code": "refused", "params": {"words": words}}]
        ImportRow.objects.bulk_update(rows, ["verdict", "errors"])


def _refuse_rest(batch: ImportBatch) -> None:
    for rows in _families(batch):
        _refuse(batch, rows, _trouble())


def _finish(batch: ImportBatch) -> None:
    """Mark the sheet as committed, with the sums as they are now."""
    assert batch.committed_by is not None
    lines = batch.lines.all()
    recorded = lines.filter(verdict__in=GOOD).exclude(arrival=None)
    transition(
        batch,
        "committed",
        by=batch.committed_by,
        committed_at=timezone.now(),
        attempts=0,
        rows_wrong=lines.filter(verdict=ImportRow.Verdict.WRONG).count(),
        rows_odd=lines.filter(verdict=ImportRow.Verdict.ODD).count(),
        families_good=recorded.values("family").distinct().count(),
        people_good=recorded.count(),
    )
