"""Handovers from the checkpoint to the commune: accepted, refused, or sent elsewhere (design §5.7, §5.8).

People who came together are decided together. Until a commune accepts, the sending place answers for them.
Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import event_for, record, save_events
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.formats import vn_datetime, vn_time
from quarantine.models import Protocol
from quarantine.models.protocol import Mode
from quarantine.orders.actions import open_order
from repatriation.checkpoint.actions import DEFAULT_HANDOVER_HOURS
from repatriation.models import Arrival, Handover, Registration

ESCALATED_AT_ONCE = 500  # rows of one run; the next run comes in half a minute


@transaction.atomic
def accept(handovers: Iterable[Handover], *, by: User) -> list[Handover]:
    """Accept the people of a party: the commune answers for them, and each gets a quarantine order.

    The registration closes with the last of its people. Raises `Refused` when somebody else decided first.
    """
    rows = _lock_party(handovers)
    _require_open(rows)
    for row in rows:
        _decide(row, "accept", by=by)
        person, arrival = row.person, row.arrival
        person.responsible_place = row.to_place
        person.save(update_fields=["responsible_place"])
        try:
            open_order(
                person,
                place=row.to_place,
                address=arrival.address or person.address,
                starts_on=timezone.localdate(arrival.at),
                by=by,
                person_class=Protocol.PersonClass.RETURNEE,
                mode=None if arrival.decision == Arrival.Decision.HOME else Mode.FACILITY,
            )
        except Refused as error:
            raise Refused(str(error)) from error
    for registration in _registrations_of(rows):
        _close_when_complete(registration, by=by)
    _notify_family(rows, "handover_accepted", time=vn_time(timezone.now()))
    return rows


@transaction.atomic
def refuse(handovers: Iterable[Handover], *, by: User, reason: str) -> list[Handover]:
    """Refuse the people of a party: they stay with the sending place, and the province sees it at once.

    Raises `Refused` when somebody else decided first, and without a reason.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do chưa tiếp nhận, để nơi gửi và tỉnh thu xếp."))
    rows = _lock_party(handovers)
    _require_open(rows)
    for row in rows:
        _decide(row, "refuse", by=by, reason=reason)
    _notify_family(rows, "handover_refused")
    return rows


@transaction.atomic
def reroute(handovers: Iterable[Handover], *, to_place: Place, by: User, reason: str = "") -> list[Handover]:
    """Send the people of a party to another commune: the next link of each chain, with a new deadline.

    An open handover is refused first, with the reason. A party that is on its way to `to_place` already stays
    as it is, so that a second press sends nothing. Raises `Refused` when the party was accepted or sent on
    meanwhile, or when somebody of it has passed a checkpoint again.
    """
    rows = _lock_party(handovers)
    if all(row.status == Handover.Status.SENT and row.to_place_id == to_place.pk for row in rows):
        return rows
    if any(row.status == Handover.Status.ACCEPTED for row in rows) or _sent_on(rows):
        raise Refused(_decided_sentence(rows))
    _require_no_newer_handover(rows)
    reason = reason.strip() or _("Tỉnh chuyển nơi tiếp nhận")
    now = timezone.now()
    links = []
    for row in rows:
        if row.status == Handover.Status.SENT:
            _decide(row, "refuse", by=by, reason=reason)
        deadline = now + dt.timedelta(hours=_hours(row))
        link = Handover.objects.create(
            arrival=row.arrival,
            person=row.person,
            from_place=row.from_place,
            to_place=to_place,
            sent_at=now,
            deadline=deadline,
            previous=row,
        )
        record(link, "reroute", by=by, reason=reason, data={"previous": row.pk})
        links.append(link)
    _notify_family(links, "handover_rerouted", deadline=vn_datetime(links[0].deadline))
    return links


@transaction.atomic
def confirm_home(handovers: Iterable[Handover], *, by: User) -> list[Handover]:
    """Confirm that the people of a party reached home. A second call changes nothing.

    Raises `Refused` unless all were accepted.
    """
    rows = _lock_party(handovers)
    if any(row.status != Handover.Status.ACCEPTED for row in rows):
        raise Refused(_("Chỉ xác nhận về nhà sau khi đã tiếp nhận. Vui lòng tải lại trang để xem."))
    news = [row for row in rows if row.home_safe_at is None]
    for row in news:
        row.home_safe_at = timezone.now()
        row.save(update_fields=["home_safe_at"])
        record(row, "home_safe", by=by)
    if news:
        _notify_family(news, "home_safe")
    return rows


@transaction.atomic
def escalate_overdue(now: dt.datetime | None = None) -> int:
    """Mark the open handovers past their deadline, each once; return how many.

    The worklist of the province shows them.
    """
    moment = now or timezone.now()
    overdue = Handover.objects.overdue(moment).filter(escalated_at=None).order_by("pk")
    rows = list(overdue.select_for_update(skip_locked=True)[:ESCALATED_AT_ONCE])
    Handover.objects.filter(pk__in=[row.pk for row in rows]).update(escalated_at=moment)
    save_events(event_for(row, "escalate", by=SYSTEM) for row in rows)
    return len(rows)


def _lock_party(handovers: Iterable[Handover]) -> list[Handover]:
    """Lock the registrations, people and handovers in the fixed order, and return the handovers."""
    given = list(handovers)
    if not given:
        raise Refused(_("Không còn ai trong bàn giao này. Vui lòng tải lại trang để xem."))
    ids = [row.pk for row in given]
    families = Registration.objects.filter(arrivals__handovers__in=ids).values("pk")
    list(Registration.objects.select_for_update(of=("self",)).filter(pk__in=families).order_by("pk"))
    people = Person.objects.select_for_update(of=("self",)).filter(handovers__in=ids).order_by("pk")
    by_id = {person.pk: person for person in people}
    rows = Handover.objects.select_related(
        "arrival__registration__campaign", "to_place", "from_place", "decided_by"
    )
    locked = list(rows.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    for row in locked:
        row.person = by_id[row.person_id]
    return locked


def _require_open(rows: Sequence[Handover]) -> None:
    if any(row.status != Handover.Status.SENT for row in rows):
        raise Refused(_decided_sentence(rows))


def _sent_on(rows: Sequence[Handover]) -> bool:
    return Handover.objects.filter(previous__in=rows).exists()


def _require_no_newer_handover(rows: Sequence[Handover]) -> None:
    """Raise `Refused` when somebody waits in another handover: they passed a checkpoint again.

    The caller has locked the people.
    """
    others = Handover.objects.open().filter(person__in=[row.person_id for row in rows])
    other = others.exclude(pk__in=[row.pk for row in rows]).select_related("person", "from_place").first()
    if other is not None:
        raise Refused(
            _("%(name)s đã qua %(place)s lúc %(time)s và đang chờ tiếp nhận ở bàn giao mới hơn.")
            % {
                "name": other.person.full_name,
                "place": other.from_place.name,
                "time": vn_datetime(other.sent_at),
            }
        )


def _decided_sentence(rows: Sequence[Handover]) -> str:
    row = next((one for one in rows if one.status != Handover.Status.SENT), rows[0])
    values = {
        "officer": row.decided_by.full_name if row.decided_by else "",
        "time": vn_datetime(row.decided_at),
        "place": row.to_place.name,
    }
    if row.status == Handover.Status.ACCEPTED:
        return _("%(officer)s (%(place)s) đã tiếp nhận lúc %(time)s. Không cần làm gì thêm.") % values
    return _("%(officer)s đã trả lại lúc %(time)s. Vui lòng tải lại trang để xem nơi nhận mới.") % values


def _decide(row: Handover, verb: str, *, by: User, reason: str = "") -> None:
    """Make the transition of a locked row, and keep the rows that were loaded with it."""
    decided: dict[str, Any] = {"decided_at": timezone.now(), "decided_by": by}
    moved = transition(row, verb, by=by, reason=reason, columns={"reason": reason}, **decided)
    row.status, row.reason, row.decided_at, row.decided_by = moved.status, reason, moved.decided_at, by


def _hours(row: Handover) -> int:
    registration = row.arrival.registration
    return registration.campaign.handover_hours if registration else DEFAULT_HANDOVER_HOURS


def _registrations_of(rows: Sequence[Handover]) -> list[Registration]:
    registrations = {row.arrival.registration for row in rows if row.arrival.registration is not None}
    return sorted(registrations, key=lambda registration: registration.pk)


def _close_when_complete(registration: Registration, *, by: User) -> None:
    """Close the registration when everybody of it was accepted; somebody still on the way keeps it open."""
    taken = Handover.objects.filter(arrival__registration=registration, status=Handover.Status.ACCEPTED)
    missing = registration.members.exclude(person__in=taken.values("person")).exists()
    if not missing and registration.status == Registration.Status.ARRIVED:
        transition(registration, "close", by=by)


def _notify_family(rows: Sequence[Handover], kind: str, **context: str) -> None:
    """Send one message to the family, whose people may share a phone."""
    registration = rows[0].arrival.registration
    phone = registration.phone if registration is not None else ""
    phone = phone or next((row.person.phone for row in rows if row.person.phone), "")
    facts = {
        "people": len(rows),
        "commune": rows[0].to_place.name,
        "sender": rows[0].from_place.name,
    }
    notify(kind, phone=phone, about=registration or rows[0].arrival, context={**facts, **context})
