"""Actions at the pick-up point (design §5.5): board families, take a boarding back, record an absent family.

The trip's lock makes the boardings of one vehicle go one after the other. Order of locks:
docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.links import make_links
from citizens.models import Person
from portal import locks
from portal.accounts.models import User
from portal.records.actors import Actor
from portal.records.log import event_for, record, save_events
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import allowed, transition, transition_many
from repatriation.intake.actions import lock_day
from repatriation.models import Boarding, Offer, Registration, Trip
from repatriation.seats.offering import notify_families

BOARDABLE = frozenset({Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED})
ON_THE_ROAD = frozenset({Trip.Status.DEPARTED, Trip.Status.ARRIVED})
HAS_SEAT = (Offer.Status.CONFIRMED, Offer.Status.TRAVELLED)


@dataclass(frozen=True)
class BoardingResult:
    """The boardings that an entry made, and those that stood already.

    `repeated`: the entry had been sent before.
    """

    boarded: list[Boarding] = field(default_factory=list)
    already: list[Boarding] = field(default_factory=list)
    repeated: bool = False


@transaction.atomic
def board(
    trip: Trip,
    registration: Registration,
    *,
    by: User,
    client_key: UUID,
    people: Collection[int] | None = None,
    at: dt.datetime | None = None,
) -> BoardingResult:
    """Record that the family got on, all of it or `people` (ids of persons).

    Raises `Refused` when it has no seat on the trip, and when the trip takes nobody now.
    """
    if (before := sent_before(client_key)) is not None:
        return before
    (trip,) = lock_trips(trip)
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if not Offer.objects.filter(trip=trip, registration=row, status__in=HAS_SEAT).exists():
        raise Refused(
            _("%(code)s không có chỗ trên chuyến này. Vui lòng xem mã, hoặc ghi là người đi thêm.")
            % {"code": row.code}
        )
    return write_boardings(trip, members_of(row, people), row, by=by, client_key=client_key, at=at)


@transaction.atomic
def undo_boarding(trip: Trip, person_id: int, *, by: User, undo_key: UUID) -> Boarding | None:
    """Take back the boarding of a person who is not on the vehicle after all.

    Sent again with the same key it changes nothing. Returns None when there was nothing to take back.
    """
    (trip,) = lock_trips(trip)
    known = Boarding.objects.filter(trip=trip, person=person_id, undo_key=undo_key).first()
    if known is not None:
        return known
    row = Boarding.objects.standing().filter(trip=trip, person=person_id).select_related("person").first()
    if row is None:
        return None
    row.undone_at, row.undone_by, row.undo_key = timezone.now(), by, undo_key
    row.save(update_fields=["undone_at", "undone_by", "undo_key"])
    record(row, "undo", by=by, data={"trip": trip.code, "person": person_id})
    return row


@transaction.atomic
def mark_absent(trip: Trip, registration: Registration, *, by: User) -> Offer:
    """Record that a family that was waited for did not come: free its seats and tell it how to go on.

    A second call changes nothing. Raises `Refused` when it has no seat, or somebody of it is on the vehicle.
    """
    (trip,) = lock_trips(trip)
    lock_day(trip.day)
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    offers = Offer.objects.filter(trip=trip, registration=row).order_by("-pk")
    offer = offers.first()
    if offer is None or offer.status == Offer.Status.NO_SHOW:
        if offer is None:
            raise Refused(_("%(code)s không có chỗ trên chuyến này.") % {"code": row.code})
        return offer
    if Boarding.objects.standing().filter(trip=trip, registration=row).exists():
        raise Refused(_("Gia đình này có người đã lên xe. Vui lòng bỏ ghi lên xe trước."))
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    offer.registration = row
    return miss_families(trip, [offer], by=by)[0]


def miss_families(trip: Trip, offers: Sequence[Offer], *, by: User | Actor) -> list[Offer]:
    """Record that these families did not come, and tell each how to go on.

    The caller has locked the trip, the offers and their families, as `lock_offers` does.
    """
    missing = [offer.registration for offer in offers if allowed(offer.registration, "miss")]
    missing = transition_many(missing, "miss", by=by, data={"trip": trip.code}, locked=True)
    links = make_links([(family, family.phone) for family in missing], "registration")
    notify_families(trip, missing, "no_show", links=links)
    return transition_many(offers, "miss", by=by, locked=True)


def boarded_families(trip: Trip) -> set[int]:
    """Return the registrations (ids) of which somebody is on the vehicle."""
    rows = Boarding.objects.standing().filter(trip=trip, registration__isnull=False)
    return set(rows.values_list("registration_id", flat=True))


@transaction.atomic
def undo_all(trip: Trip, *, by: User) -> None:
    """Take back every boarding of a trip that does not go. The caller has locked the trip."""
    rows = list(Boarding.objects.standing().filter(trip=trip))
    Boarding.objects.filter(pk__in=[row.pk for row in rows]).update(undone_at=timezone.now(), undone_by=by)
    save_events(event_for(row, "undo", by=by, data={"trip": trip.code}) for row in rows)


def sent_before(client_key: UUID) -> BoardingResult | None:
    """Lock the entry's key until the transaction ends. Return what the entry did if it was sent before."""
    locks.hold(locks.Kind.BOARDING_KEY, str(client_key))
    rows = list(Boarding.objects.filter(client_key=client_key).select_related("person", "by").order_by("pk"))
    return BoardingResult(boarded=rows, repeated=True) if rows else None


def lock_trips(*trips: Trip) -> list[Trip]:
    """Lock the trips in the order of their ids, and return them in the order given.

    Raises `Refused` when the first takes nobody now.
    """
    rows = Trip.objects.select_for_update(of=("self",)).select_related("campaign", "pickup", "gateway")
    locked = {row.pk: row for row in rows.filter(pk__in=[one.pk for one in trips]).order_by("pk")}
    ordered = [locked[one.pk] for one in trips]
    trip = ordered[0]
    if trip.status not in BOARDABLE:
        if trip.status in {Trip.Status.PLANNED, Trip.Status.OPEN}:
            text = _("Chuyến %(code)s chưa chốt danh sách. Vui lòng báo điều phối chốt trước khi đón khách.")
        else:
            text = _("Chuyến %(code)s: %(status)s, không ghi lên xe được nữa. Vui lòng báo điều phối.")
        raise Refused(text % {"code": trip.code, "status": trip.get_status_display().lower()})
    return ordered


def members_of(row: Registration, people: Collection[int] | None) -> list[Person]:
    """Return the persons of the family, all or those chosen. Raises `Refused` when nobody is chosen."""
    members = [member.person for member in row.members.select_related("person")]
    chosen = [one for one in members if people is None or one.pk in people]
    if not chosen:
        raise Refused(_("Chưa chọn ai lên xe. Vui lòng chọn ít nhất một người."))
    return chosen


def write_boardings(
    trip: Trip,
    people: Iterable[Person],
    registration: Registration | None,
    *,
    by: User,
    client_key: UUID,
    at: dt.datetime | None,
    reason: str = "",
) -> BoardingResult:
    """Write a boarding for each of these people who is not on the vehicle yet; with a `reason`, as walk-ons.

    Raises `Refused` when the database does.
    """
    people = list(people)
    on = Boarding.objects.standing().filter(trip=trip, person__in=people).select_related("person", "by")
    already = {row.person_id: row for row in on}
    moment = min(at or timezone.now(), timezone.now())
    new = [
        Boarding(
            trip=trip,
            person=person,
            registration=registration,
            client_key=client_key,
            at=moment,
            by=by,
            walk_on=bool(reason),
            reason=reason,
        )
        for person in people
        if person.pk not in already
    ]
    try:
        with transaction.atomic():
            Boarding.objects.bulk_create(new)
    except IntegrityError as error:
        raise no_room(error, trip) from error
    verb = "walk_on" if reason else "board"
    data = {"trip": trip.code}
    save_events(
        event_for(row, verb, by=by, reason=reason, data={**data, "person": row.person_id}) for row in new
    )
    if registration is not None and trip.status in ON_THE_ROAD:
        _depart_too(trip, registration, by=by)
    return BoardingResult(new, list(already.values()))


def _depart_too(trip: Trip, registration: Registration, *, by: User) -> None:
    """Let a family that is entered after the vehicle has left depart, too."""
    row = Registration.objects.get(pk=registration.pk)
    if allowed(row, "depart"):
        transition(row, "depart", by=by, data={"trip": trip.code})


def no_room_sentence(free: int) -> str:
    return _(
        "Xe chỉ còn %(free)d chỗ trống. Gia đình nào chắc chắn không đến, vui lòng ghi vắng để lấy lại chỗ."
    ) % {"free": max(free, 0)}


def no_room(error: IntegrityError, trip: Trip) -> Refused:
    """Return the refusal for the constraint that was broken. Any other error is raised again."""
    match broken_constraint(error):
        case "trip_seats_taken_within_seats":
            return Refused(no_room_sentence(Trip.objects.get(pk=trip.pk).seats_free))
        case "boarding_once_per_trip":
            return Refused(_("Có người vừa được máy khác ghi lên xe. Vui lòng tải lại trang để xem."))
        case "intake_taken_within_limit":
            return Refused(
                _("Xã, phường nơi gia đình về không nhận thêm được trong ngày này. Vui lòng gọi điều phối.")
            )
        case "offer_minors_with_escort":
            return Refused(_("Trẻ đi một mình cần chuyến có người đi kèm. Vui lòng gọi điều phối."))
        case "offer_trip_goes_there":
            return Refused(_("Chuyến này không về xã, phường của gia đình. Vui lòng gọi điều phối."))
        case "offer_one_live_per_family":
            return Refused(_("Đăng ký này vừa thay đổi. Vui lòng quét lại mã."))
    raise error
