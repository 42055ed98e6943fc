"""Actions on test results: enter one, mark a positive one as seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import Actor, as_actor
from portal.records.log import event_for, record, save_events
from portal.ui.formats import vn_date
from quarantine.alerts.actions import raise_alert, take_alert
from quarantine.links import results_address
from quarantine.models import Alert, ScheduledTest, TestResult
from quarantine.models.alert import positive_sign
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

    A positive result raises the person's alert. The same `client_key` again returns the first result and changes
    nothing.
    """
    lock_person(person)
    if client_key is not None:
        known = TestResult.objects.filter(client_key=client_key).first()
        if known is not None:
            return known
    result = TestResult(
        person=person, kind=kind, outcome=outcome, taken_on=taken_on, place=place, client_key=client_key
    )
    enter_results([result], by=by)
    notify(
        "test_result_ready",
        phone=person.phone,
        about=result,
        context={"name": person.full_name, "day": vn_date(taken_on), "link": results_address()},
    )
    if outcome == TestResult.Outcome.POSITIVE:
        raise_alert(person, signs=[positive_sign(kind)], result=result, by=by)
    return result


def enter_results(results: Sequence[TestResult], *, by: User | Actor) -> None:
    """Save new results of one day, and settle the tests due by it; tells nobody. The caller has locked the people.

    An unclear result settles nothing: the test has to be taken again.
    """
    for result in results:
        result.entered_by = as_actor(by).user
    TestResult.objects.bulk_create(results)
    by_person = {
        result.person_id: result for result in results if result.outcome != TestResult.Outcome.UNCLEAR
    }
    if by_person:
        day = next(iter(by_person.values())).taken_on
        due = ScheduledTest.objects.due(day).filter(order__person__in=by_person, order__starts_on__lte=day)
        for test in due.select_related("order"):
            test.result = by_person[test.order.person_id]
            test.save(update_fields=["result"])
    save_events(
        event_for(one, "enter", by=by, data={"kind": one.kind, "taken_on": str(one.taken_on)})
        for one in results
    )


@transaction.atomic
def void_result(result: TestResult, *, by: User | Actor, reason: str) -> None:
    """Make a result unclear that was entered by mistake; the log keeps it. A second call changes nothing."""
    if result.outcome == TestResult.Outcome.UNCLEAR:
        return
    result.outcome = TestResult.Outcome.UNCLEAR
    result.save(update_fields=["outcome"])
    record(result, "void", by=by, reason=reason)


@transaction.atomic
def see_positive(result: TestResult, *, by: User) -> TestResult:
    """Take the person's alert over from a positive result.

    Pressed twice, the first officer stays.
    """
    row = TestResult.objects.select_for_update(of=("self",)).select_related("person").get(pk=result.pk)
    if row.outcome == TestResult.Outcome.POSITIVE and row.seen_at is None:
        row.seen_at, row.seen_by = timezone.now(), by
        row.save(update_fields=["seen_at", "seen_by"])
        record(row, "see", by=by)
        alert = Alert.objects.filter(person=row.person_id, status=Alert.Status.OPEN).first()
        if alert is not None:
            take_alert(alert, by=by)
    return row
