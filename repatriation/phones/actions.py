"""A wrong phone is put right: asked for by who knows a member's number and birth and holds the new phone, or
by a caller of the hotline; decided by the home commune.

Nothing that a citizen who asks sees depends on whether there is such a registration. Whoever asks first keeps
nobody else out: the commune sees all requests for a family beside each other. The old phone keeps its links
until the commune confirms one. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from citizens.links import revoke_links_to
from citizens.matching import birth_compatible
from citizens.models import OneTimeCode, Person
from citizens.onetime import check_code, send_code
from citizens.phones import mask
from portal import locks
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.actors import Actor, citizen_actor
from portal.records.log import event_for, record
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.forms import Birth
from repatriation.models import PhoneCorrection, Registration
from repatriation.models.registration import LIVE, Status
from repatriation.registration.submitting import send_link

WITHIN = dt.timedelta(hours=1)
TRIES_BY_NUMBER = 5  # of codes for one identity number
TRIES_BY_ADDRESS = 20
PURPOSE = "wrong_phone:"
NEVER = frozenset({Status.DRAFT, Status.WITHDRAWN, Status.DUPLICATE})
# Stored and sent as it stands here, in the language of the messages.
CHANGED_BY_ANOTHER = gettext_noop("Xã, phường đã đổi số theo một yêu cầu khác của gia đình.")


class PhoneChangedMeanwhile(Refused):
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
    """A code to the new phone. Raises `Refused` past the limits, whoever is asked for."""
    # Tries for one number, or from one address, count in turn.
    locks.hold(locks.Kind.WRONG_PHONE_NUMBER, told.purpose)
    if address:
        locks.hold(locks.Kind.WRONG_PHONE_ADDRESS, address)
    recent = OneTimeCode.objects.filter(created_at__gt=timezone.now() - WITHIN)
    by_address = recent.filter(purpose__startswith=PURPOSE, address=address) if address else recent.none()
    if (
        recent.filter(purpose=told.purpose).count() >= TRIES_BY_NUMBER
        or by_address.count() >= TRIES_BY_ADDRESS
    ):
        raise Refused(
            _("Đã có quá nhiều yêu cầu. Vui lòng thử lại sau một giờ, hoặc gọi %(hotline)s.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    send_code(told.phone, told.purpose, address=address)


def request_correction(told: WrongPhone, one_time_code: str) -> None:
    """Use the code up, and ask the home commune where what was told agrees with a registration; else
    nothing is written. Raises `Refused` for the code alone."""
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
    return _ask(registration, person, told.phone, by=citizen_actor(mask(told.phone)))


@transaction.atomic
def request_for(
    registration: Registration, *, person: Person, phone: str, by: Actor, asked_by: User
) -> PhoneCorrection:
    """An operator asks for a caller of this family. Sent twice, it is one request.

    Raises `Refused` where there is nothing to change.
    """
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.status in NEVER:
        raise Refused(_("Đăng ký này đã kết thúc nên không đổi số nữa."))
    if row.phone == phone:
        raise Refused(_("Đăng ký đang nhận tin ở chính số này."))
    return _ask(row, person, phone, by=by, asked_by=asked_by)


def _ask(
    registration: Registration, person: Person, phone: str, *, by: Actor, asked_by: User | None = None
) -> PhoneCorrection:
    """The open request for this phone, else a new one, of which the old phone is told. The caller holds the
    registration."""
    known = PhoneCorrection.objects.open().filter(registration=registration, new_phone=phone).first()
    if known is not None:
        return known
    correction = PhoneCorrection(
        registration=registration,
        person=person,
        old_phone=registration.phone,
        new_phone=phone,
        asked_by=asked_by,
    )
    correction.save(force_insert=True)
    record(correction, "request", by=by)
    notify(
        "phone_correction_asked",
        phone=registration.phone,
        about=registration,
        context={"code": registration.code},
    )
    return correction


def _member(told: WrongPhone) -> tuple[Person, int] | None:
    """The person whose number and birth were told, and the registration that counts: a live one first."""
    number = Q(identity_number=told.identity) | Q(old_identity_number=told.identity)
    for person in Person.objects.filter(number).order_by("pk"):
        known = person.birth_date or person.birth_year
        if not birth_compatible(known, told.birth.date or told.birth.year):
            continue
        rows = Registration.objects.filter(members__person=person).exclude(status__in=NEVER)
        if told.code:
            rows = rows.filter(code=told.code)
        newest = sorted(rows, key=lambda row: (row.status in LIVE, row.pk))
        if newest:
            return person, newest[-1].pk
    return None


@transaction.atomic
def confirm_correction(correction: PhoneCorrection, *, by: User, checked: str) -> PhoneCorrection:
    """From now on the new phone is the family's; other requests for the family end with this one.

    `checked`: how the officer made sure that it is the family. Raises `TransitionRefused` when it is decided
    already, `PhoneChangedMeanwhile`.
    """
    registration = Registration.objects.select_for_update().get(pk=correction.registration_id)
    now = timezone.now()
    row = transition(
        correction, "confirm", by=by, reason=checked, checked=checked, decided_by=by, decided_at=now
    )
    if registration.phone != row.old_phone:
        raise PhoneChangedMeanwhile
    change_phone(registration, row.new_phone, by=by, proved_at=now)
    send_link(registration, "phone_corrected")
    others = PhoneCorrection.objects.open().filter(registration=registration).order_by("pk")
    for other in others.select_for_update(of=("self",)):
        refuse_correction(other, by=by, reason=CHANGED_BY_ANOTHER)
    return row


def change_phone(
    registration: Registration, new: str, *, by: User, proved_at: dt.datetime | None = None
) -> None:
    """The family and its people get its messages at another phone: links sent to the old one die, and it is
    told. The caller holds the registration, and sends the new phone its link."""
    old = registration.phone
    _move_people(registration, old, new, by)
    registration.phone, registration.phone_confirmed_at = new, proved_at
    registration.save(update_fields=["phone", "phone_confirmed_at"])
    record(registration, "phone_changed", by=by, data={"from": mask(old), "to": mask(new)})
    revoke_links_to([registration, *registration.offers.all(), *registration.screenings.all()])
    notify(
        "phone_left",
        phone=old,
        about=registration,
        context={"code": registration.code},
    )


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
        context={"reason": reason},
    )
    return row
