"""The action that enters a vaccine dose."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.records.actors import Actor, as_actor
from portal.records.log import record
from portal.records.refusals import Refused
from portal.ui.formats import vn_date
from quarantine.models import VaccinationDose
from quarantine.orders.actions import lock_person


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
    """Enter a dose, or return the one that was entered with the same data.

    Raises `Refused` when another dose has the number, or when the dates do not follow the numbers.
    """
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
