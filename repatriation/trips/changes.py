"""Changes of a trip while it is planned or open: its time, vehicle, pick-up point and destinations.

A family's answer is for one day. When the trip goes on another day, each of its families is asked anew and
keeps its seats meanwhile; a family that said that it cannot travel on that day goes back to the queue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.links import make_links
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import TransitionRefused, transition_many
from portal.ui.formats import vn_date, vn_datetime, vn_time
from repatriation.intake.actions import lock_day
from repatriation.models import Offer, Trip
from repatriation.seats.filling import ANSWER_BEFORE_DEPARTURE, SHORTEST_TIME_TO_ANSWER, answer_deadline
from repatriation.seats.offering import give_back, lock_offers, notify_families
from repatriation.trips.actions import fresh, usable_seats

FIELDS = ("departs_at", "pickup", "vehicle_plate", "vehicle_seats", "seats", "has_escort")


@dataclass(frozen=True)
class TripChange:
    """The values that the trip is to have."""

    departs_at: dt.datetime
    pickup: Place
    vehicle_seats: int
    vehicle_plate: str = ""
    has_escort: bool = False
    destinations: Sequence[Place] = field(default_factory=tuple)


@dataclass(frozen=True)
class TripMove:
    """The effect of another day on the families with seats: those that are asked again, and those that go
    back to the queue because they said that they cannot travel then."""

    day: dt.date
    asked: list[Offer]
    leaving: list[Offer]


def move_of(trip: Trip, offers: Sequence[Offer], departs_at: dt.datetime) -> TripMove | None:
    """Return the effect of the new time, or None where the day stays or nobody has a seat on the trip."""
    day = timezone.localdate(departs_at)
    if day == trip.day or not offers:
        return None
    asked = [offer for offer in offers if offer.registration.can_travel_on(day)]
    return TripMove(day, asked, [offer for offer in offers if offer not in asked])


def edit_trip(trip: Trip, change: TripChange, *, by: User) -> Trip:
    """Change the trip. Families that have seats are told of a new time, and asked again for a new day.

    Raise `Refused` with what stands against it, and `TransitionRefused` unless the trip is planned or open.
    """
    try:
        return _edit(trip, change, by)
    except IntegrityError as error:
        if broken_constraint(error) != "intake_taken_within_limit":
            raise
        raise Refused(
            _(
                "Ngày %(day)s có xã, phường không còn đủ sức nhận số người đang có chỗ trên chuyến. "
                "Vui lòng chọn ngày khác, hoặc chuyển bớt gia đình sang chuyến khác."
            )
            % {"day": vn_date(change.departs_at)}
        ) from error


@transaction.atomic
def _edit(trip: Trip, change: TripChange, by: User) -> Trip:
    rows = Trip.objects.select_for_update(of=("self",)).select_related("campaign", "pickup", "gateway")
    row = rows.get(pk=trip.pk)
    if row.status not in {Trip.Status.PLANNED, Trip.Status.OPEN}:
        raise TransitionRefused(row, "edit")
    lock_day(row.day, timezone.localdate(change.departs_at))
    offers = lock_offers(row, *Offer.LIVE)
    move = move_of(row, offers, change.departs_at)
    staying = move.asked if move else offers
    wanted = {
        "departs_at": change.departs_at,
        "pickup": change.pickup,
        "vehicle_plate": change.vehicle_plate,
        "vehicle_seats": change.vehicle_seats,
        "seats": usable_seats(row.campaign, change.vehicle_seats),
        "has_escort": change.has_escort,
    }
    before = {name: getattr(row, name) for name in FIELDS}
    destinations = set(row.destinations.values_list("pk", flat=True))
    new_destinations = {place.pk for place in change.destinations}
    _require_possible(row, wanted, new_destinations, staying, all_are_asked=move is not None)
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    if not changed and destinations == new_destinations:
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    if move:  # before the save, so that the limits of the new day do not count these families
        give_back(row, move.leaving, "cancel", by=by, message="trip_moved_away")
    row.save(update_fields=list(changed) or ["vehicle_plate"])
    row.destinations.set(change.destinations)
    data = {name: [str(before[name]), str(value)] for name, value in changed.items()}
    if destinations != new_destinations:
        data["destinations"] = [str(sorted(destinations)), str(sorted(new_destinations))]
    record(row, "edit", by=by, data=data)
    if move:
        _ask_again(row, staying, by=by)
    elif "departs_at" in changed:
        _notify_new_time(row, staying)
    return fresh(row)


def _require_possible(
    row: Trip, wanted: dict[str, object], destinations: set[int], offers: list[Offer], *, all_are_asked: bool
) -> None:
    """Raise `Refused` where the change does not suit `offers`, those that stay on the trip."""
    departs_at, seats = wanted["departs_at"], wanted["seats"]
    assert isinstance(departs_at, dt.datetime)
    assert isinstance(seats, int)
    if departs_at <= timezone.now():
        raise Refused(_("Giờ này đã qua. Vui lòng chọn ngày giờ sắp tới."))
    taken = sum(offer.people for offer in offers)
    if seats < taken:
        raise Refused(
            _("Đã có %(taken)d người có chỗ, xe này chỉ dùng được %(seats)d chỗ. Vui lòng chọn xe lớn hơn.")
            % {"taken": taken, "seats": seats}
        )
    if wanted["pickup"] != row.pickup and offers:
        raise Refused(
            _("Đã có gia đình được mời tại %(pickup)s nên không đổi điểm đón được. Vui lòng lập chuyến khác.")
            % {"pickup": row.pickup.name}
        )
    if row.has_escort and not wanted["has_escort"] and any(o.registration.needs_escort for o in offers):
        raise Refused(_("Chuyến đang có trẻ đi một mình nên cần người đi kèm."))
    if destinations and any(offer.registration.home_commune_id not in destinations for offer in offers):
        raise Refused(_("Có gia đình đã được mời về xã, phường khác. Vui lòng giữ các nơi đó trong chuyến."))
    unanswered = any(all_are_asked or offer.status == Offer.Status.OFFERED for offer in offers)
    if unanswered and departs_at - ANSWER_BEFORE_DEPARTURE < timezone.now() + SHORTEST_TIME_TO_ANSWER:
        raise Refused(
            _(
                "Với giờ mới (%(time)s), các gia đình chưa trả lời không kịp trả lời. Vui lòng chọn giờ muộn hơn."
            )
            % {"time": vn_time(departs_at)}
        )


def _notify_new_time(trip: Trip, offers: list[Offer]) -> None:
    """Send the families the new time with a link to answer, and cut deadlines that are too close to it."""
    last = trip.departs_at - ANSWER_BEFORE_DEPARTURE
    Offer.objects.filter(trip=trip, status=Offer.Status.OFFERED, deadline__gt=last).update(deadline=last)
    links = make_links([(offer, offer.registration.phone) for offer in offers], "offer")
    notify_families(trip, [offer.registration for offer in offers], "trip_changed", links=links)


def _ask_again(trip: Trip, offers: list[Offer], *, by: User) -> None:
    """Ask the families that stay for a new answer, with the deadline of a new offer and a link."""
    deadline = answer_deadline(trip)
    confirmed = [offer for offer in offers if offer.status == Offer.Status.CONFIRMED]
    data = {"trip": trip.code}
    transition_many([offer.registration for offer in confirmed], "ask_again", by=by, data=data, locked=True)
    transition_many(confirmed, "ask_again", by=by, locked=True, answered_at=None)
    Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(deadline=deadline)
    links = make_links([(offer, offer.registration.phone) for offer in offers], "offer")
    families = [offer.registration for offer in offers]
    notify_families(trip, families, "trip_moved", links=links, deadline=vn_datetime(deadline))
