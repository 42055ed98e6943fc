"""A family registered by somebody who is asked to: the hotline's operator, a hometown association.

The phone is told, not proved by a code: `phone_confirmed_at` stays empty, and the family gets its link by
message. The form's client key names the row, so that a form sent twice, or sent again after a refusal, is one
registration.
"""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from portal.accounts.models import User
from portal.records.log import record
from repatriation import consent
from repatriation.actions.registration import new_row, save_draft, send_link_again, submit
from repatriation.drafts import Draft
from repatriation.models import Campaign, Registration
from repatriation.models.declared import Channel
from repatriation.refusal import broken_constraint
from repatriation.rules import channels_of

CLIENT_KEY = "repatriation_registration_client_key_key"  # as PostgreSQL names the unique column


def register_others(
    draft: Draft,
    *,
    campaign: Campaign,
    channel: Channel,
    client_key: UUID,
    by: User,
    address: str | None = None,
) -> Registration:
    """Put a family into the queue for them. Sent twice, the second gives what the first made.

    Raises `PermissionDenied` for a channel that is not the officer's, and what `submit` raises; then the row
    stays a draft of this officer, which the same form sent again fills anew.
    """
    if channel not in channels_of(by):
        raise PermissionDenied
    row = _row(campaign, channel, client_key, by)
    save_draft(row, lambda _before: draft)
    return submit(row, by=by, address=address)


def _row(campaign: Campaign, channel: Channel, client_key: UUID, by: User) -> Registration:
    mine = Registration.objects.filter(client_key=client_key, entered_by=by)
    row = mine.first()
    if row is not None:
        return row
    try:
        with transaction.atomic():
            row = new_row(campaign, channel=channel, entered_by=by, client_key=client_key)
            record(row, "consented", by=by, data=consent.proof(spoken=True))
            return row
    except IntegrityError as error:  # the other press was first
        if broken_constraint(error) != CLIENT_KEY:
            raise
    row = mine.first()
    if row is None:  # somebody else's key
        raise PermissionDenied
    return row


@transaction.atomic
def send_link_for(registration: Registration, *, by: User) -> bool:
    """The family's link again, to its own phone, because somebody asked on its behalf; False as
    `send_link_again` says it."""
    sent = send_link_again(registration)
    if sent:
        record(registration, "link_sent", by=by)
    return sent
