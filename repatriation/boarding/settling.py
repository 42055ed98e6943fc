"""The settling of a boarding: the province found out where somebody is who passed no checkpoint."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import allowed, transition
from repatriation.models import Boarding, Registration, Trip


@transaction.atomic
def settle_boarding(boarding: Boarding, *, found: str, reason: str, by: User) -> Boarding:
    """Record where this person is, who got on and passed no checkpoint.

    When it is the last person of a family of which nobody passed a checkpoint, the registration ends: as home
    when anybody of it went home, else as having missed the trip, from where it can go back into the queue.

    Raises `Refused` when a checkpoint entered the person, or the boarding was settled before.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do: ai báo, người này đang ở đâu."))
    Trip.objects.select_for_update(of=("self",)).get(pk=boarding.trip_id)
    family = None
    if boarding.registration_id:
        family = Registration.objects.select_for_update(of=("self",)).get(pk=boarding.registration_id)
    rows = Boarding.objects.select_for_update(of=("self",)).not_arrived()
    row = rows.filter(pk=boarding.pk).first()
    if row is None:
        raise Refused(_("Người này đã được ghi nhận. Vui lòng tải lại trang để xem."))
    row.found, row.settled_reason, row.settled_at, row.settled_by = found, reason.strip(), timezone.now(), by
    row.save(update_fields=["found", "settled_reason", "settled_at", "settled_by"])
    record(row, "settle", by=by, reason=reason, data={"person": row.person_id, "found": found})
    if family is not None and allowed(family, "found_home"):
        _end_family(family, row, by=by)
    return row


def _end_family(family: Registration, last: Boarding, *, by: User) -> None:
    on_board = Boarding.objects.standing().filter(trip=last.trip_id, registration=family)
    if on_board.filter(settled_at=None).exists():
        return
    at_home = on_board.filter(found=Boarding.Found.HOME).exists()
    data = {"boarding": last.pk}
    transition(family, "found_home" if at_home else "miss", by=by, reason=last.settled_reason, data=data)
