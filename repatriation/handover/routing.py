"""A handover sent on to another commune by the province, withdrawn, or kept by the place that sent it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused
from portal.ui.formats import vn_datetime
from quarantine.alerts.actions import move_alerts
from quarantine.facilities.stays import move_stays
from repatriation.editing import decided_sentence, require_edit
from repatriation.handover.shared import (
    decide,
    hours_to_accept,
    lock_handovers,
    notify_family,
    notify_places,
    receivers,
    require_no_newer_handover,
    senders,
)
from repatriation.models import Handover


@transaction.atomic
def reroute(handovers: Iterable[Handover], *, to_place: Place, by: User, reason: str = "") -> list[Handover]:
    """Send the people of a party to another commune: the next link of each chain, with a new deadline.

    An open handover is refused first, with the reason. A party that is on its way to `to_place` already stays
    as it is, so that a second press sends nothing. Raises `Refused` when the party was accepted or sent on
    meanwhile, or when somebody of it has passed a checkpoint again.
    """
    rows = lock_handovers(handovers)
    if all(row.status == Handover.Status.SENT and row.to_place_id == to_place.pk for row in rows):
        return rows
    require_edit(by, "reroute", rows)
    if _sent_on(rows):
        raise Refused(decided_sentence(rows))
    if to_place.pk == rows[0].from_place_id:
        raise Refused(_("%(place)s là nơi đang gửi. Vui lòng chọn nơi khác.") % {"place": to_place.name})
    require_no_newer_handover(rows)
    reason = reason.strip() or _("Tỉnh chuyển nơi tiếp nhận")
    silent = [row for row in rows if row.status == Handover.Status.SENT]
    for row in silent:
        decide(row, "refuse", by=by, reason=reason)
    links = [continue_chain(row, to_place=to_place, by=by, reason=reason) for row in rows]
    move_stays([row.person_id for row in links], to=to_place)
    move_alerts([row.person_id for row in links], to=to_place, by=by)
    notify_family(links, "handover_rerouted", deadline=vn_datetime(links[0].deadline))
    notify_places("handover_sent", links, receivers(to_place), by=by, deadline=vn_datetime(links[0].deadline))
    if silent:
        notify_places("handover_withdrawn", silent, receivers(silent[0].to_place), by=by)
    return links


def continue_chain(row: Handover, *, to_place: Place, by: User, reason: str) -> Handover:
    """Write the next link of a chain that ended without an acceptance, with a new deadline."""
    now = timezone.now()
    link = Handover.objects.create(
        kind=row.kind,
        party=row.party,
        arrival=row.arrival,
        person=row.person,
        from_place=row.from_place,
        to_place=to_place,
        address=row.address,
        needs=row.needs,
        sent_at=now,
        sent_by=by,
        sent_because=reason[:300],
        deadline=now + dt.timedelta(hours=hours_to_accept(row)),
        previous=row,
    )
    record(link, "reroute", by=by, reason=reason, data={"previous": row.pk})
    return link


@transaction.atomic
def withdraw(handovers: Iterable[Handover], *, by: User, reason: str) -> list[Handover]:
    """Take back a transfer that nobody has answered. Raises `Refused` when it was answered, and without a reason."""
    rows = lock_handovers(handovers)
    require_edit(by, "withdraw", rows)
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do rút lại, để nơi nhận đọc."))
    withdraw_locked(rows, by=by, reason=reason)
    notify_family(rows, "transfer_withdrawn")
    return rows


@transaction.atomic
def close_open(handovers: Iterable[Handover], *, by: User | Actor, reason: str) -> list[Handover]:
    """Withdraw the handovers of these that still wait, because the person is handed over no more: they were entered
    by mistake, or taken in by another road. The receiving place is told, and reads the reason in its list.

    Returns those that were withdrawn; who was answered already is left as they are.
    """
    rows = lock_handovers(handovers)
    waiting = [row for row in rows if row.status == Handover.Status.SENT]
    if waiting:
        withdraw_locked(waiting, by=by, reason=reason)
    return waiting


def withdraw_locked(rows: Sequence[Handover], *, by: User | Actor, reason: str) -> None:
    """Withdraw locked rows, and tell the places that were to receive the people."""
    for row in rows:
        decide(row, "withdraw", by=by, reason=reason)
    officer = by if isinstance(by, User) else None
    notify_places("handover_withdrawn", rows, receivers(rows[0].to_place), by=officer)


@transaction.atomic
def keep(handovers: Iterable[Handover], *, by: User) -> list[Handover]:
    """Keep people whose transfer was refused: they stay where they are, and leave the list of those sent back."""
    rows = lock_handovers(handovers)
    require_edit(by, "keep", rows)
    for row in rows:
        if row.settled_at is None:
            row.settled_at = timezone.now()
            row.save(update_fields=["settled_at"])
            record(row, "keep", by=by)
    return rows


def told_of(row: Handover) -> list[User]:
    """Return the officers of both places of a handover."""
    return [*senders(row), *receivers(row.to_place)]


def _sent_on(rows: Sequence[Handover]) -> bool:
    return Handover.objects.filter(previous__in=rows).exists()
