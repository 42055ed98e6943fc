"""A wrong phone is put right: asked for by who knows a member's number and birth and holds the new phone,
decided by the home commune.

Nothing that the asker sees depends on whether there is such a registration. The old phone keeps its links
until the commune confirms. Locks: the registration, then the correction, then persons by id.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from citizens.links import revoke_links_to
from citizens.models import OneTimeCode, Person
from citizens.onetime import CodeRefused, check_code, send_code
from citizens.phones import mask
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.actors import citizen_actor
from portal.records.log import event_for, record
from portal.records.models import Event
from portal.records.transitions import transition
from portal.ui.forms import Birth
from repatriation.actions.registration import send_link
from repatriation.models import PhoneCorrection, Registration
from repatriation.models.registration import LIVE, Status
from repatriation.refusal import Refusal

WITHIN = dt.timedelta(hours=1)
TRIES_BY_NUMBER = 5  # of codes for one identity number
TRIES_BY_ADDRESS = 20
PURPOSE = "wrong_phone:"
NEVER = frozenset({Status.DRAFT, Status.WITHDRAWN, Status.DUPLICATE})


class PhoneChangedMeanwhile(Refusal):
    def __str__(self) -> str:
        return _(
            "Số điện thoại của đăng ký này đã được đổi sau khi có yêu cầu. Vui lòng từ chối yêu cầu này và báo "
            "gia đình gửi lại nếu vẫn cần."
        )


@dataclass(frozen=True)
class WrongPhone:
    """What somebody says who was written down with a wrong number. `code` may be empty."""

    identity: str
    birth: Birth
    phone: str
    code: str = ""

    @property
    def purpose(self) -> str:
        """Of the one-time code: it serves this identity number alone, and counts the tries for it."""
        key = salted_hmac("repatriation.wrong_phone", self.identity, algorithm="sha256")
        return PURPOSE + key.hexdigest()[:16]


@transaction.atomic
def send_correction_code(told: WrongPhone, *, address: str | None) -> None:
    """A code to the new phone. Raises `CodeRefused` past the limits, whoever is asked for."""
    with connection.cursor() as cursor:  # tries for one number, or from one address, count in turn
        for name in filter(None, [told.purpose, address]):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"wrong_phone|{name}"])
    recent = OneTimeCode.objects.filter(created_at__gt=timezone.now() - WITHIN)
    by_address = recent.filter(purpose__startswith=PURPOSE, address=address) if address else recent.none()
    if (
        recent.filter(purpose=told.purpose).count() >= TRIES_BY_NUMBER
        or by_address.count() >= TRIES_BY_ADDRESS
    ):
        raise CodeRefused(
            _("Đã có quá nhiều yêu cầu. Vui lòng thử lại sau một giờ, hoặc gọi %(hotline)s.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    send_code(told.phone, told.purpose, address=address)


def request_correction(told: WrongPhone, one_time_code: str) -> None:
    """Use the code up, and ask the home commune where what was told agrees with a registration; else
    nothing is written. Raises `CodeRefused` for the code alone."""
    check_code(told.phone, told.purpose, one_time_code)
    _request(told)


@transaction.atomic
def _request(told: WrongPhone) -> PhoneCorrection | None:
    found = _member(told)
    if found is None:
        return None
    person, registration_id = found
    registration = Registration.objects.select_for_update().get(pk=registration_id)
    if registration.phone == told.phone or registration.status in NEVER:
        return None
    if PhoneCorrection.objects.open().filter(registration=registration).exists():
        return None
    correction = PhoneCorrection(
        registration=registration, person=person, old_phone=registration.phone, new_phone=told.phone
    )
    correction.save(force_insert=True)
    record(correction, "request", by=citizen_actor(mask(told.phone)))
    notify(
        "phone_correction_asked",
        phone=registration.phone,
        about=registration,
        context={"code": registration.code, "hotline": settings.PORTAL_HOTLINE},
    )
    return correction


def _member(told: WrongPhone) -> tuple[Person, int] | None:
    """The person whose number and birth were told, and the registration that counts: a live one first."""
    number = Q(identity_number=told.identity) | Q(old_identity_number=told.identity)
    for person in Person.objects.filter(number).order_by("pk"):
        known = (person.birth_date, person.birth_year)
        if known != (told.birth.date, told.birth.year):
            continue
        rows = Registration.objects.filter(members__person=person).exclude(status__in=NEVER)
        if told.code:
            rows = rows.filter(code=told.code)
        newest = sorted(rows, key=lambda row: (row.status in LIVE, row.pk))
        if newest:
            return person, newest[-1].pk
    return None


@transaction.atomic
def confirm_correction(correction: PhoneCorrection, *, by: User) -> PhoneCorrection:
    """From now on the new phone is the family's: links sent to the old one die, both are told.

    Raises `TransitionRefused` when it is decided already, `PhoneChangedMeanwhile`.
    """
    registration = Registration.objects.select_for_update().get(pk=correction.registration_id)
    row = transition(correction, "confirm", by=by, decided_by=by, decided_at=timezone.now())
    if registration.phone != row.old_phone:
        raise PhoneChangedMeanwhile
    old, new = row.old_phone, row.new_phone
    _move_people(registration, old, new, by)
    registration.phone, registration.phone_confirmed_at = new, timezone.now()
    registration.save(update_fields=["phone", "phone_confirmed_at"])
    record(registration, "phone_changed", by=by, data={"from": mask(old), "to": mask(new)})
    revoke_links_to([registration, *registration.offers.all(), *registration.screenings.all()])
    send_link(registration, "phone_corrected")
    notify(
        "phone_left",
        phone=old,
        about=registration,
        context={"code": registration.code, "hotline": settings.PORTAL_HOTLINE},
    )
    return row


def _move_people(registration: Registration, old: str, new: str, by: User) -> None:
    """The members whose own phone was the wrong one too."""
    rows = Person.objects.select_for_update(of=("self",)).filter(memberships__registration=registration)
    people = list(rows.filter(phone=old).order_by("pk"))
    for person in people:
        person.phone = new
    Person.objects.bulk_update(people, ["phone"])
    Event.objects.bulk_create(
        [event_for(person, "updated", by=by, data={"fields": ["phone"]}) for person in people]
    )


@transaction.atomic
def refuse_correction(correction: PhoneCorrection, *, by: User, reason: str) -> PhoneCorrection:
    """The phone stays as it is; who asked is told why."""
    row = transition(
        correction,
        "refuse",
        by=by,
        reason=reason,
        refusal=reason,
        decided_by=by,
        decided_at=timezone.now(),
    )
    notify(
        "phone_correction_refused",
        phone=row.new_phone,
        about=row.registration,
        context={"reason": reason, "hotline": settings.PORTAL_HOTLINE},
    )
    return row
