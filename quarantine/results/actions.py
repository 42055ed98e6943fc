"""Test results and vaccination doses, entered by hand."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import Actor, as_actor
from portal.records.log import record
from portal.ui.formats import vn_date
from quarantine.daily.links import results_address
from quarantine.models import ScheduledTest, TestResult, VaccinationDose
from quarantine.orders.actions import lock_person
from quarantine.refusals import Refused


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
    """Write a result down, settle the tests due by then, and tell the citizen that there is one.

    The same `client_key` again returns the first result and changes nothing. An unclear result
    settles nothing: the test is to be taken again.
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
    """An officer has the case in hand: it leaves the worklist. Pressed twice, the first one stays."""
    row = TestResult.objects.select_for_update(of=("self",)).select_related("person").get(pk=result.pk)
    if row.outcome == TestResult.Outcome.POSITIVE and row.seen_at is None:
        row.seen_at, row.seen_by = timezone.now(), by
        row.save(update_fields=["seen_at", "seen_by"])
        record(row, "see", by=by)
    return row


@transaction.atomic
def record_dose(
    person: Person,
    *,
    number: int,
    vaccine: str,
    given_on: dt.date,
    by: User | Actor,
    place_name: str = "",
    lot: str = "",
    source: str = VaccinationDose.Source.OFFICER,
) -> VaccinationDose:
    """Write a dose down. The same dose again returns the first; raises `Refused` when another one has
    the number, or when the days do not follow the numbers."""
    lock_person(person)
    known = {dose.number: dose for dose in person.doses.all()}
    if (same := known.get(number)) is not None:
        if (same.vaccine, same.given_on) == (vaccine, given_on):
            return same
        raise Refused(
            _("Mũi %(number)s đã có: %(vaccine)s, ngày %(day)s. Vui lòng xem lại số mũi.")
            % {"number": number, "vaccine": same.vaccine, "day": vn_date(same.given_on)}
        )
    for other in known.values():
        if (other.number < number) != (other.given_on < given_on):
            raise Refused(
                _("Ngày tiêm không khớp với mũi %(number)s, ngày %(day)s. Vui lòng xem lại.")
                % {"number": other.number, "day": vn_date(other.given_on)}
            )
    dose = VaccinationDose.objects.create(
        person=person,
        number=number,
        vaccine=vaccine,
        given_on=given_on,
        place_name=place_name,
        lot=lot,
        source=source,
        entered_by=as_actor(by).user,
    )
    record(dose, "enter", by=by, data={"number": number, "given_on": str(given_on)})
    return dose
