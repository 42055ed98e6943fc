"""Entries: families registered by an operator of the hotline or by a hometown association.

The phone is told, not proved by a code: `phone_confirmed_at` stays empty, and the family gets its link by
message. The form's client key names the row, so that a form sent twice, or sent again after a refusal, is one
registration.
"""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from repatriation.models import Campaign, Registration
from repatriation.models.declared import RegistrationChannel
from repatriation.models.registration import Status
from repatriation.phones.actions import change_phone
from repatriation.registration import consent
from repatriation.registration.drafts import Draft
from repatriation.registration.submitting import new_row, save_draft, send_first_link, send_link_again, submit
from repatriation.rules import channels_of
from repatriation.seats.leaving import withdraw

CLIENT_KEY = "repatriation_registration_client_key_key"  # as PostgreSQL names the unique column


def register_others(
    draft: Draft,
    *,
    campaign: Campaign,
    channel: RegistrationChannel,
    client_key: UUID,
    by: User,
    address: str | None = None,
) -> Registration:
    """Register a family for it. The same form sent twice returns the registration that it made first.

    Raise `PermissionDenied` for a channel that is not the officer's, and what `submit` raises; then the row
    stays a draft of this officer, which the same form sent again fills anew.
    """
    if channel not in channels_of(by):
        raise PermissionDenied
    row = _row(campaign, channel, client_key, by)
    save_draft(row, lambda _before: draft)
    return submit(row, by=by, address=address)


def _row(campaign: Campaign, channel: RegistrationChannel, client_key: UUID, by: User) -> Registration:
    mine = Registration.objects.filter(client_key=client_key, entered_by=by)
    row = mine.first()
    if row is not None:
        return row
    try:
        with transaction.atomic():
            row = new_row(campaign, channel=channel, entered_by=by, client_key=client_key)
            record(row, "consented", by=by, data=consent.proof(spoken=True))
            return row
    except IntegrityError as error:  # the same form was sent twice at once, and the other was first
        if broken_constraint(error) != CLIENT_KEY:
            raise
    row = mine.first()
    if row is None:  # somebody else's key
        raise PermissionDenied
    return row


class PhoneProved(Refused):
    """The phone was proved to be the family's, by a code or to its commune."""

    def __str__(self) -> str:
        return _("Số này đã được xác nhận. Gia đình muốn đổi số thì xin đổi trên cổng hoặc qua tổng đài.")


class NotWaiting(Refused):
    """The family holds a seat, is on its way, or has left the queue."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(registration.pk)
        self.registration = registration

    def __str__(self) -> str:
        return _(
            "Ở đây chỉ rút được đăng ký đang chờ. Hiện nay: %(status)s. Gia đình gọi tổng đài thì trả lời được."
        ) % {"status": self.registration.get_status_display()}


@transaction.atomic
def correct_phone(registration: Registration, *, by: User, phone: str) -> Registration:
    """Correct the phone that this officer mistyped: the link goes to the new one, earlier links are revoked.
    Sent twice, the second changes nothing.

    Raise `PermissionDenied` for another officer's entry, `PhoneProved`, and `Refused` for one that is over.
    """
    row = _lock_own(registration, by)
    if row.phone_confirmed_at is not None:
        raise PhoneProved
    if row.phone == phone:
        return row
    if not row.is_live:
        raise Refused(_("Đăng ký này đã kết thúc nên không đổi số nữa."))
    change_phone(row, phone, by=by)
    send_first_link(row)
    return row


@transaction.atomic
def withdraw_entry(registration: Registration, *, by: User, reason: str) -> Registration:
    """Withdraw a family that this officer entered, while it waits. Sent twice, the second changes nothing.

    Raise `PermissionDenied` for another officer's entry, and `NotWaiting`.
    """
    row = _lock_own(registration, by)
    if row.status not in {Status.WAITING, Status.WITHDRAWN}:
        raise NotWaiting(row)
    return withdraw(row, by=by, reason=reason)  # it holds no seat, so no trip is locked after it


def _lock_own(registration: Registration, by: User) -> Registration:
    """Lock the registration; raise `PermissionDenied` for another officer's entry."""
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if row.entered_by_id != by.pk:
        raise PermissionDenied
    return row


@transaction.atomic
def send_link_for(registration: Registration, *, by: User) -> bool:
    """Send the family's link to its own phone again, because somebody asked for it; return False where
    `send_link_again` does."""
    sent = send_link_again(registration)
    if sent:
        record(registration, "link_sent", by=by)
    return sent
