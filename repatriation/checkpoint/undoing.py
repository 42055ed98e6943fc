"""Take an arrival back that was recorded by mistake: for some minutes, by who recorded it, while nobody has accepted.

Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citizens.models import Person
from portal import locks
from portal.accounts.duty import officers_for
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.notifications.officers import notify_officers
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.log import record
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.formats import vn_datetime, vn_time
from repatriation.checkpoint import health_course
from repatriation.models import Arrival, Boarding, Handover, Offer, Registration, Trip
from repatriation.rules import may_record_at

RECORDED_BY_MISTAKE = "ghi nhầm"
LEAVES_SEAT = frozenset({Registration.Status.CONFIRMED, Registration.Status.OFFERED})


def undo_until(arrival: Arrival) -> dt.datetime:
    """Return until when the arrival can be taken back, by the clock of the server."""
    return arrival.at + dt.timedelta(minutes=settings.PORTAL_UNDO_MINUTES)


def may_take_back(user: User, arrivals: Iterable[Arrival]) -> bool:
    """Let whoever recorded the arrivals take them back while they may still record at the checkpoint."""
    return all(row.entered_by_id == user.pk and may_record_at(user, row.checkpoint) for row in arrivals)


@transaction.atomic
def take_back_arrival(
    client_key: UUID, *, by: User, people: Collection[int] | None = None, reason: str = ""
) -> list[Arrival]:
    """Take back what a form recorded, all of it or `people` (ids of persons), as if it had not been recorded.

    The open handovers are withdrawn, the people are again where they were, and the registration goes back when
    nobody of it stands at a checkpoint any more. A second call changes nothing. Raises `Refused` when somebody
    accepted, when the time is over or when another officer recorded it, `PermissionDenied` at another checkpoint.
    """
    locks.hold(locks.Kind.ARRIVAL_KEY, str(client_key))
    rows = Arrival.objects.filter(client_key=client_key).select_related("checkpoint", "destination", "trip")
    arrivals = [row for row in rows.order_by("person_id") if people is None or row.person_id in people]
    if not arrivals:
        raise Refused(_("Không còn ai trong phiếu này. Vui lòng tải lại trang để xem."))
    if not all(may_record_at(by, row.checkpoint) for row in arrivals):
        raise PermissionDenied
    standing = [row for row in arrivals if row.taken_back_at is None]
    if not standing:
        return arrivals
    require_in_time(standing, by)
    trip = _lock_trip(standing)
    registration = _lock_registration(standing)
    offer = _lock_offer(registration, trip)
    persons = _lock_persons(standing)
    links = _lock_last_links(standing)
    require_nobody_accepted(links.values())
    reason = reason.strip() or RECORDED_BY_MISTAKE
    now = timezone.now()
    before = _logged_before(standing)
    for row in standing:
        _withdraw(links[row.pk], by=by, reason=reason, now=now)
        row.taken_back_at, row.taken_back_by, row.taken_back_because = now, by, reason[:300]
        row.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_because"])
        _put_back(persons[row.person_id], row, before.get(row.pk, {}))
        record(row, "take_back", by=by, reason=reason, data={"person": row.person_id})
    health_course.take_back_course(standing, by=by, reason=reason)
    if registration is not None:
        _put_registration_back(registration, trip, offer, by=by)
    _notify(standing, registration, persons.values())
    return standing


def require_in_time(rows: Sequence[Arrival], by: User) -> None:
    """Raise `Refused` when somebody else recorded one of these arrivals, or the minutes are over."""
    other = next((row for row in rows if row.entered_by_id != by.pk), None)
    if other is not None:
        raise Refused(
            _("%(officer)s đã ghi nhận, nên chỉ người đó bỏ được. Anh/chị có thể sửa và ghi lý do.")
            % {"officer": other.entered_by.full_name}
        )
    if any(timezone.now() > undo_until(row) for row in rows):
        text = ngettext(
            "Đã quá %(minutes)d phút nên không bỏ được nữa. Vui lòng sửa và ghi lý do.",
            "Đã quá %(minutes)d phút nên không bỏ được nữa. Vui lòng sửa và ghi lý do.",
            settings.PORTAL_UNDO_MINUTES,
        )
        raise Refused(text % {"minutes": settings.PORTAL_UNDO_MINUTES})


def require_nobody_accepted(links: Iterable[Handover]) -> None:
    """Raise `Refused` when somebody accepted one of these handovers, naming the officer. The caller has locked them."""
    row = next((one for one in links if one.status == Handover.Status.ACCEPTED), None)
    if row is not None:
        raise Refused(
            _("%(officer)s (%(place)s) đã tiếp nhận lúc %(time)s nên không bỏ, không đổi nơi đến được nữa.")
            % {
                "officer": row.decided_by.full_name if row.decided_by else "",
                "place": row.to_place.name,
                "time": vn_datetime(row.decided_at),
            }
        )


def last_links(arrivals: Iterable[int]) -> dict[int, Handover]:
    """Return the last handover of each arrival's chain, by the arrival's id."""
    rows = Handover.objects.filter(arrival__in=arrivals).select_related(
        "to_place", "from_place", "decided_by"
    )
    return {row.arrival_id: row for row in rows.order_by("pk")}


def _lock_trip(rows: Sequence[Arrival]) -> Trip | None:
    trip = next((row.trip for row in rows if row.trip is not None), None)
    return Trip.objects.select_for_update(of=("self",)).get(pk=trip.pk) if trip is not None else None


def _lock_registration(rows: Sequence[Arrival]) -> Registration | None:
    pk = rows[0].registration_id
    return Registration.objects.select_for_update(of=("self",)).get(pk=pk) if pk is not None else None


def _lock_offer(registration: Registration | None, trip: Trip | None) -> Offer | None:
    """Lock the offer with which the family travelled."""
    if registration is None or trip is None:
        return None
    offers = Offer.objects.filter(registration=registration, trip=trip, status=Offer.Status.TRAVELLED)
    return offers.select_for_update(of=("self",)).order_by("-pk").first()


def _lock_persons(rows: Sequence[Arrival]) -> dict[int, Person]:
    people = Person.objects.select_for_update(of=("self",)).filter(pk__in=[row.person_id for row in rows])
    return {person.pk: person for person in people.order_by("pk")}


def _lock_last_links(rows: Sequence[Arrival]) -> dict[int, Handover]:
    handovers = Handover.objects.select_for_update(of=("self",)).filter(arrival__in=rows)
    ids = [row.pk for row in handovers.order_by("pk")]
    return last_links({row.pk for row in rows}) if ids else {}


def _withdraw(link: Handover, *, by: User, reason: str, now: dt.datetime) -> None:
    if link.status == Handover.Status.SENT:
        transition(
            link,
            "withdraw",
            by=by,
            reason=reason,
            columns={"reason": reason[:300]},
            decided_at=now,
            decided_by=by,
        )


def _logged_before(rows: Sequence[Arrival]) -> dict[int, Mapping[str, Any]]:
    """Return where each person stood before, as the log of the arrival says it."""
    events = Event.objects.filter(
        subject_type=Arrival._meta.label_lower, subject_id__in=[row.pk for row in rows], verb="arrive"
    )
    return {event.subject_id: event.data.get("before") or {} for event in events if event.subject_id}


def _put_back(person: Person, arrival: Arrival, before: Mapping[str, Any]) -> None:
    """Let the person stand where they stood before, unless they have passed another checkpoint since."""
    if person.arrived_at != arrival.at:
        return
    place = Place.objects.filter(pk=before.get("responsible_place") or 0).first()
    moment = before.get("arrived_at")
    person.responsible_place = place
    person.arrived_at = parse_datetime(moment) if moment and place else None
    person.save(update_fields=["responsible_place", "arrived_at"])


def _put_registration_back(row: Registration, trip: Trip | None, offer: Offer | None, *, by: User) -> None:
    """Let the family be again where it was before it arrived, unless others of it have arrived."""
    if row.status != Registration.Status.ARRIVED:
        return
    if Arrival.objects.standing().filter(registration=row).exists():
        return
    events = Event.objects.filter(
        subject_type=Registration._meta.label_lower, subject_id=row.pk, verb="arrive"
    )
    last = events.order_by("-at", "-pk").first()
    was = last.from_status if last else Registration.Status.WAITING
    is_counted = trip is not None and trip.status == Trip.Status.RECONCILED
    if offer is not None and not is_counted:
        transition(offer, "not_travelled", by=by)
    transition(row, _way_back(was, row, trip, offer, is_counted=is_counted), by=by)


def _way_back(
    was: str, row: Registration, trip: Trip | None, offer: Offer | None, *, is_counted: bool
) -> str:
    """Return the verb that undoes the arrival of a family with this status before it.

    A seat that was given up when the family came by itself went to the next families, so it waits again. After
    the count of its trip a family is where that count would have left it.
    """
    if was == Registration.Status.DEPARTED:
        return "back_on_the_road"
    if was == Registration.Status.NO_SHOW:
        return "back_to_missed"
    if was in LEAVES_SEAT and offer is not None and trip is not None:
        if not is_counted:
            return "back_to_seat"
        on_board = Boarding.objects.standing().filter(trip=trip, registration=row).exists()
        return "back_on_the_road" if on_board else "back_to_missed"
    return "back_to_queue"


def _notify(rows: Sequence[Arrival], registration: Registration | None, people: Iterable[Person]) -> None:
    """Tell the family, and the officers of the place to which it was sent."""
    phone = registration.phone if registration is not None else ""
    phone = phone or next((person.phone for person in people if person.phone), "")
    checkpoint, destination = rows[0].checkpoint, rows[0].destination
    notify(
        "arrival_taken_back",
        phone=phone,
        about=registration or rows[0],
        context={"people": len(rows), "checkpoint": checkpoint.name, "time": vn_time(rows[0].at)},
    )
    notify_officers(
        "handover_withdrawn",
        officers_for(destination, Permission.DECIDE_HANDOVERS),
        about=rows[0],
        context={"people": len(rows), "sender": checkpoint.name, "commune": destination.name},
    )
