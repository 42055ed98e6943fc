"""Actions on test results: enter one, mark a positive one as seen."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import Actor, as_actor
from portal.records.log import record
from portal.ui.formats import vn_date
from quarantine.links import results_address
from quarantine.models import ScheduledTest, TestResult
from quarantine.orders.actions import lock_person


@transaction.atomic
def record_test_result(
    person: Person,
    *,
    kind: str,
    outcome: str,
    taken_on: dt.date,
    by: User | Actor,
    place: Place | None = None,
    client_key: UUID | None = None,
) -> TestResult:
    """Enter a result, settle the tests due by its day, and tell the citizen that there is one.

    The same `client_key` again returns the first result and changes nothing. An unclear result
    settles nothing: the test has to be taken again.
    """
    lock_person(person)
    if client_key is not None:
        known = TestResult.objects.filter(client_key=client_key).first()
        if known is not None:
            return known
    result = TestResult.objects.create(
        person=person,
        kind=kind,
        outcome=outcome,
        taken_on=taken_on,
        place=place,
        entered_by=as_actor(by).user,
        client_key=client_key,
    )
    if outcome != TestResult.Outcome.UNCLEAR:
        due = ScheduledTest.objects.due(taken_on).filter(order__person=person, order__starts_on__lte=taken_on)
        due.update(result=result)
    record(result, "enter", by=by, data={"kind": kind, "taken_on": str(taken_on)})
    notify(
        "test_result_ready",
        phone=person.phone,
        about=result,
        context={"name": person.full_name, "day": vn_date(taken_on), "link": results_address()},
    )
    return result


@transaction.atomic
def see_positive(result: TestResult, *, by: User) -> TestResult:
    """Mark a positive result as seen, which takes it off the worklist.

    Pressed twice, the first officer stays.
    """
    row = TestResult.objects.select_for_update(of=("self",)).select_related("person").get(pk=result.pk)
    if row.outcome == TestResult.Outcome.POSITIVE and row.seen_at is None:
        row.seen_at, row.seen_by = timezone.now(), by
        row.save(update_fields=["seen_at", "seen_by"])
        record(row, "see", by=by)
    return row
