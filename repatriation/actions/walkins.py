"""People who come without a registration: found by their papers or written down, then entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from citizens import identity
from citizens.matching import same_name
from citizens.models import Household, Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.log import record
from portal.ui.formats import mask_identity
from repatriation.actions.arrivals import ArrivalResult, PersonFacts, first_result, record_arrival
from repatriation.models import Arrival, Member
from repatriation.refusal import Refusal, broken_constraint


@dataclass(frozen=True)
class NewPerson:
    """What somebody without a registration says of themselves; children may have no number."""

    full_name: str
    birth_year: int
    birth_date: dt.date | None = None
    sex: str = ""
    identity_number: str = ""


@transaction.atomic
def record_walk_in(
    *,
    checkpoint: Place,
    people: Sequence[NewPerson],
    destination: Place,
    client_key: UUID,
    by: User,
    phone: str = "",
    address: str = "",
    rapid_test: str = Arrival.RapidTest.NONE,
) -> ArrivalResult:
    """Enter people who are in no registration. Sent again with the same key it changes nothing.

    Somebody known by their number is taken as they stand in the portal, never written over. Raises
    `Refusal` when a number belongs to another name, or to somebody who is registered.
    """
    first = first_result(client_key, checkpoint)
    if first is not None:
        return first
    known = [_known(new) for new in people]
    household = Household(home_commune=destination, address=address)
    if not all(known):
        household.save(force_insert=True)
    persons = [
        person or _written_down(new, household, phone=phone, by=by)
        for person, new in zip(known, people, strict=True)
    ]
    return record_arrival(
        checkpoint=checkpoint,
        people=[
            PersonFacts(person, identity_checked=bool(person.identity_number), rapid_test=rapid_test)
            for person in persons
        ],
        destination=destination,
        client_key=client_key,
        by=by,
        address=address,
    )


def _known(new: NewPerson) -> Person | None:
    """Who has this number already. Raises `Refusal`."""
    if not new.identity_number:
        return None
    number = Q(identity_number=new.identity_number) | Q(old_identity_number=new.identity_number)
    person = Person.objects.filter(number).first()
    if person is None:
        return None
    if not same_name(person.full_name, new.full_name):
        raise Refusal(
            _("Số giấy tờ %(number)s đã thuộc về người tên khác. Vui lòng xem lại số, hoặc quét mã trên thẻ.")
            % {"number": mask_identity(new.identity_number)}
        )
    member = Member.objects.filter(person=person, live=True).select_related("registration").first()
    if member is not None:
        raise Refusal(
            _("%(name)s có trong đăng ký %(code)s. Vui lòng quét hoặc gõ mã đó để ghi nhận cả gia đình.")
            % {"name": new.full_name, "code": member.registration.code}
        )
    return person


def _written_down(new: NewPerson, household: Household, *, phone: str, by: User) -> Person:
    number = new.identity_number
    kind = str(identity.classify(number)) if number else ""
    person = Person(
        full_name=new.full_name,
        birth_date=new.birth_date,
        birth_year=new.birth_year,
        sex=new.sex,
        identity_kind=kind if kind in Person.IdentityKind.values else "",
        identity_number=number or None,
        phone=phone,
        household=household,
        home_commune=household.home_commune,
        address=household.address,
    )
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        if broken_constraint(error) != "person_identity_number_unique":
            raise
        raise Refusal(_("Người này vừa được nhập ở nơi khác. Vui lòng gửi lại một lần nữa.")) from error
    record(person, "create", by=by, data={"from": "checkpoint"})
    return person
