"""Requests for another phone, and the home commune's decision.

A citizen who gives a member's number and birth and holds the new phone may send one, and an operator of the
hotline for a caller. A citizen sees the same answer whether or not a registration matches. The first request
blocks no other: the commune sees all requests for a family beside each other. The old phone keeps its links
until the commune confirms one. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

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
from portal.networks import network_of
from portal.notifications.outbox import notify
from portal.records.actors import Actor, citizen_actor
from portal.records.log import event_for, record, save_events
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.forms import Birth
from repatriation.models import PhoneCorrection, Registration
from repatriation.models.registration import LIVE, Status
from repatriation.registration.proving import prove_people
from repatriation.registration.submitting import send_link

WITHIN = dt.timedelta(hours=1)
TRIES_BY_NUMBER = 5  # codes for one identity number within `WITHIN`, from one network
TRIES_BY_NUMBER_OF_ALL = 20  # and from all networks together
TRIES_BY_ADDRESS = 20
PURPOSE = "wrong_phone:"
NOT_CORRECTABLE = frozenset({Status.DRAFT, Status.WITHDRAWN, Status.DUPLICATE})
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
    """The answers of somebody whose registration has a wrong phone. `code` may be empty."""

    identity: str
    birth: Birth
    phone: str
    code: str = ""

    @property
    def purpose(self) -> str:
        """Return the purpose that binds a one-time code to this identity number, and by which tries are
        counted."""
        key = salted_hmac("repatriation.wrong_phone", self.identity, algorithm="sha256")
        return PURPOSE + key.hexdigest()[:16]


@transaction.atomic
def send_correction_code(
    claim: WrongPhone, *, address: str | None, browser: str = "", proved: bool = False
) -> None:
    """Send a code to the new phone. Raise `Refused` past the limits, even if no registration matches."""
    # Without the locks, requests at the same moment would not count each other.
    address = network_of(address)
    locks.hold(locks.Kind.WRONG_PHONE_NUMBER, claim.purpose)
    if address:
        locks.hold(locks.Kind.WRONG_PHONE_ADDRESS, address)
    recent = OneTimeCode.objects.filter(created_at__gt=timezone.now() - WITHIN)
    by_address = recent.filter(purpose__startswith=PURPOSE, address=address) if address else recent.none()
    if (
        recent.filter(purpose=claim.purpose, address=address).count() >= TRIES_BY_NUMBER
        or recent.filter(purpose=claim.purpose).count() >= TRIES_BY_NUMBER_OF_ALL
        or by_address.count() >= TRIES_BY_ADDRESS
    ):
        raise Refused(
            _("Đã có quá nhiều yêu cầu. Vui lòng thử lại sau một giờ, hoặc gọi %(hotline)s.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    send_code(claim.phone, claim.purpose, address=address, browser=browser, proved=proved)


def request_correction(
    claim: WrongPhone, one_time_code: str, *, browser: str = "", form_key: UUID | None = None
) -> None:
    """Use up the code, and send the request to the home commune if the claim matches a registration; else
    write nothing. Raise `Refused` for a wrong code alone."""
    check_code(claim.phone, claim.purpose, one_time_code, browser=browser, form_key=form_key)
    _request(claim)


@transaction.atomic
def _request(claim: WrongPhone) -> PhoneCorrection | None:
    match = _match(claim)
    if match is None:
        return None
    person, registration_id = match
    registration = Registration.objects.select_for_update().get(pk=registration_id)
    if registration.phone == claim.phone or registration.status in NOT_CORRECTABLE:
        return None
    return _find_or_add(registration, person, claim.phone, by=citizen_actor(mask(claim.phone)))


@transaction.atomic
def request_for(
    registration: Registration, *, person: Person, phone: str, by: Actor, asked_by: User
) -> PhoneCorrection:
    """Ask for another phone for a caller of this family. Sent twice, it is one request.

    Raise `Refused` where there is nothing to change.
    """
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.status in NOT_CORRECTABLE:
        raise Refused(_("Đăng ký này đã kết thúc nên không đổi số nữa."))
    if row.phone == phone:
        raise Refused(_("Đăng ký đang nhận tin ở chính số này."))
    return _find_or_add(row, person, phone, by=by, asked_by=asked_by)


def _find_or_add(
    registration: Registration, person: Person, phone: str, *, by: Actor, asked_by: User | None = None
) -> PhoneCorrection:
    """Return the open request for this phone, else add one and notify the old phone. The caller has locked
    the registration."""
    correction = PhoneCorrection.objects.open().filter(registration=registration, new_phone=phone).first()
    if correction is not None:
        return correction
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


def _match(claim: WrongPhone) -> tuple[Person, int] | None:
    """Return the person of this number and birth, and their newest live registration, else the newest."""
    number = Q(identity_number=claim.identity) | Q(old_identity_number=claim.identity)
    for person in Person.objects.filter(number).order_by("pk"):
        known = person.birth_date or person.birth_year
        if not birth_compatible(known, claim.birth.date or claim.birth.year):
            continue
        rows = Registration.objects.filter(members__person=person).exclude(status__in=NOT_CORRECTABLE)
        if claim.code:
            rows = rows.filter(code=claim.code)
        newest = sorted(rows, key=lambda row: (row.status in LIVE, row.pk))
        if newest:
            return person, newest[-1].pk
    return None


@transaction.atomic
def confirm_correction(correction: PhoneCorrection, *, by: User, checked: str) -> PhoneCorrection:
    """Make the new phone the family's, and refuse the other open requests for the family.

    `checked` says how the officer made sure that it is the family. Raise `TransitionRefused` when it is
    decided already, and `PhoneChangedMeanwhile`.
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
    """Change the phone of the family and of its people, revoke the links sent to the old one, and notify it.

    The caller has locked the registration, and sends the new phone its link.
    """
    old = registration.phone
    _move_people(registration, old, new, by)
    registration.phone, registration.phone_confirmed_at = new, proved_at
    registration.save(update_fields=["phone", "phone_confirmed_at"])
    prove_people(registration)
    record(registration, "phone_changed", by=by, data={"from": mask(old), "to": mask(new)})
    revoke_links_to([registration, *registration.offers.all(), *registration.screenings.all()])
    notify(
        "phone_left",
        phone=old,
        about=registration,
        context={"code": registration.code},
    )


def _move_people(registration: Registration, old: str, new: str, by: User) -> None:
    """Change the phone of the members whose own phone was the old one too."""
    rows = Person.objects.select_for_update(of=("self",)).filter(memberships__registration=registration)
    people = list(rows.filter(phone=old).order_by("pk"))
    for person in people:
        person.phone = new
    Person.objects.bulk_update(people, ["phone"])
    save_events([event_for(person, "updated", by=by, data={"fields": ["phone"]}) for person in people])


@transaction.atomic
def refuse_correction(correction: PhoneCorrection, *, by: User, reason: str) -> PhoneCorrection:
    """Leave the phone as it is, and send the reason to the new phone."""
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
