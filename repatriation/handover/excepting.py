"""Exceptions: people whom no commune of the province receives, recorded by the province.

No deadline runs for them any more. The province answers for them, so that nobody is without a place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition
from quarantine.models import Order
from repatriation.editing import require_edit
from repatriation.handover.actions import _close_when_complete
from repatriation.handover.routing import continue_chain, told_of, withdraw_locked
from repatriation.handover.shared import (
    lock_handovers,
    notify_places,
    registrations_of,
    require_no_newer_handover,
)
from repatriation.models import Handover, HandoverException


@transaction.atomic
def record_exception(
    handovers: Iterable[Handover],
    *,
    by: User,
    kind: str,
    where: str,
    at: dt.datetime,
    reason: str,
    taken_over_by: str = "",
) -> list[HandoverException]:
    """Record that people left by another way: an open handover is withdrawn, and an order in force is cancelled.

    Raises `Refused` when somebody of them is in another handover, or has left already.
    """
    rows = lock_handovers(handovers)
    require_edit(by, "record_exception", rows)
    require_no_newer_handover(rows)
    gone = HandoverException.objects.standing().filter(person__in=[row.person_id for row in rows])
    if (before := gone.select_related("person").first()) is not None:
        raise Refused(_("%(name)s đã được ghi là rời đi.") % {"name": before.person.full_name})
    waiting = [row for row in rows if row.status == Handover.Status.SENT]
    if waiting:
        withdraw_locked(waiting, by=by, reason=reason)
    exceptions = []
    for row in rows:
        place = by.place_of(Permission.ROUTE_HANDOVERS, row.from_place, row.to_place)
        assert place is not None  # require_edit has asked
        left_from = row.person.responsible_place or row.from_place
        row.settled_at, row.home_by = timezone.now(), None if row.home_safe_at is None else row.home_by
        row.save(update_fields=["settled_at", "home_by"])
        row.person.responsible_place = place
        row.person.save(update_fields=["responsible_place"])
        for order in Order.objects.open().filter(person=row.person):
            transition(order, "cancel", by=by, reason=reason)
        exception = HandoverException.objects.create(
            kind=kind,
            person=row.person,
            handover=row,
            left_from=left_from,
            place=place,
            where=where,
            taken_over_by=taken_over_by,
            at=at,
            reason=reason,
            recorded_by=by,
        )
        record(exception, "record", by=by, reason=reason, data={"handover": row.pk})
        exceptions.append(exception)
    for registration in registrations_of(rows):
        _close_when_complete(registration, by=by)
    notify_places("handover_exception", rows, told_of(rows[0]), by=by)
    return exceptions


@transaction.atomic
def end_exception(exception: HandoverException, *, by: User, reason: str) -> HandoverException:
    """Take an exception back: the place that answered before answers again, and a handover that it closed waits
    anew, as the next link. An order that was cancelled stays so.

    Raises `Refused` without a reason, and when it stands no more.
    """
    if not by.may(Permission.ROUTE_HANDOVERS, exception.place):
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do."))
    (row,) = lock_handovers([exception.handover])
    exception = HandoverException.objects.select_related("left_from", "person").get(pk=exception.pk)
    if not HandoverException.objects.standing().filter(pk=exception.pk).exists():
        raise Refused(_("Ghi nhận này không còn hiệu lực. Vui lòng tải lại trang để xem."))
    exception.ended_at, exception.ended_by, exception.ended_because = timezone.now(), by, reason[:300]
    exception.save(update_fields=["ended_at", "ended_by", "ended_because"])
    record(exception, "end", by=by, reason=reason)
    row.person.responsible_place = exception.left_from
    row.person.save(update_fields=["responsible_place"])
    row.settled_at = None
    row.save(update_fields=["settled_at"])
    if row.status == Handover.Status.WITHDRAWN:
        row = continue_chain(row, to_place=row.to_place, by=by, reason=reason)
    notify_places("handover_reopened", [row], told_of(row), by=by)
    return exception
