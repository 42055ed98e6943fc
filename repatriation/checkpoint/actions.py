"""A family passes a checkpoint: its arrivals and handovers are written in one transaction.

Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal import bulk, locks
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.log import event_for, save_events
from portal.records.models import Event
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import allowed, transition_many
from portal.ui.formats import vn_datetime, vn_time
from quarantine.models import AlertNotice
from repatriation.checkpoint import health_course
from repatriation.checkpoint.refusals import already_entered, nobody_chosen
from repatriation.checkpoint.resending import ContentDifference, differences
from repatriation.intake.actions import lock_day
from repatriation.models import Arrival, Boarding, Campaign, Handover, Offer, Registration, Trip
from repatriation.seats.answering import ask_next

DEFAULT_HANDOVER_HOURS = 4
ONE_ARRIVAL = {"arrival_once_per_registration_and_person", "handover_one_open_per_person"}
ON_THE_ROAD = frozenset({Trip.Status.DEPARTED, Trip.Status.ARRIVED})


@dataclass(frozen=True)
class ArrivalFacts:
    """The facts about one person, as the officer at the checkpoint entered them."""

    person: Person
    identity_checked: bool = False
    temperature: Decimal | None = None
    has_symptoms: bool = False
    symptoms: Sequence[str] = ()
    needs: str = ""
    papers: Sequence[str] = ()
    rapid_test: str = Arrival.RapidTest.NONE
    decision: str = Arrival.Decision.HOME
    facility: Place | None = None  # the named facility or hospital, where one was chosen


@dataclass(frozen=True)
class ArrivalResult:
    """The arrivals of a form. `repeated`: the form had been sent before, and nothing was changed now.

    `told`: which officers were told of a positive test, a fever or a red symptom.
    `differences`: what a repeated form says otherwise than it did first; the first content stands.
    """

    arrivals: list[Arrival]
    repeated: bool = False
    told: list[AlertNotice] = field(default_factory=list)
    differences: list[ContentDifference] = field(default_factory=list)


def record_arrival(
    *,
    checkpoint: Place,
    people: Sequence[ArrivalFacts],
    destination: Place,
    client_key: UUID,
    by: User,
    registration: Registration | None = None,
    address: str = "",
    vehicle_plate: str = "",
    entered_at: dt.datetime | None = None,
) -> ArrivalResult:
    """Enter the people of one family who are present, one row a person, and hand each over to `destination`.

    `entered_at`: when that was by a paper or a device, where the form comes later; order and deadlines follow the
    server. The checkpoint answers for them until a commune accepts. Sent again with the same key it changes nothing
    and returns the first rows. Raises `Refused` when somebody was entered before with another form, and for
    an empty form.
    """
    form = {
        "client_key": client_key,
        "checkpoint": checkpoint,
        "destination": destination,
        "address": address,
        "vehicle_plate": vehicle_plate,
        "entered_at": entered_at,
        "entered_by": by,
    }
    try:
        return _record(people, registration, form, by=by)
    except IntegrityError as error:
        if broken_constraint(error) not in ONE_ARRIVAL:
            raise
        raise Refused(already_entered([one.person for one in people], registration)) from error


@transaction.atomic
def _record(
    people: Sequence[ArrivalFacts], registration: Registration | None, form: dict[str, Any], *, by: User
) -> ArrivalResult:
    """Write a form, with few statements whatever the size of the family: the road waits behind each of them."""
    first = first_result(form["client_key"], form["checkpoint"], people, form["destination"], form["address"])
    if first is not None:
        return first
    if not people:
        raise nobody_chosen(registration)
    events: list[Event] = []  # what happened to the family and its seat; saved with the arrivals' own
    if registration is not None:
        registration, trip = _settle_registration(registration, events, by=by)
    else:
        trip = _trip_of_strangers(people)
    facts = health_course.not_straight_home(_lock_people(people, registration))
    came_before = {one.person.pk for one in facts if one.person.arrived_at is not None}
    now = timezone.now()
    deadline = now + dt.timedelta(hours=handover_hours(registration))
    tests = health_course.enter_tests(facts, form["checkpoint"], by=by)
    common = {
        **form,
        "vehicle_plate": form["vehicle_plate"] or _plate_of(trip),
        "registration": registration,
        "trip": trip,
        "at": now,
        "means": Arrival.Means.TRIP if trip else Arrival.Means.PRIVATE,
        "was_expected": registration is not None,
    }
    rows = [_arrival_of(one, test_result=tests.get(one.person.pk), **common) for one in facts]
    arrivals = _enter(rows, deadline, events, by=by)
    told = health_course.follow(arrivals, registration, came_before=came_before, by=by)
    _notify_family(arrivals, registration, deadline)
    return ArrivalResult(arrivals, told=told)


def first_result(
    client_key: UUID,
    checkpoint: Place,
    people: Sequence[ArrivalFacts] | None = None,
    destination: Place | None = None,
    address: str | None = None,
) -> ArrivalResult | None:
    """Lock the form's key until the transaction ends. Return what the form entered if it was sent before.

    With `people` given, the result says where this content differs from the first. Raises `Refused` when the
    form was sent at another checkpoint.
    """
    locks.hold(locks.Kind.ARRIVAL_KEY, str(client_key))
    rows = Arrival.objects.filter(client_key=client_key)
    if not rows.exists():
        return None
    rows = rows.select_related("person", "destination", "checkpoint", "facility", "entered_by")
    first = list(rows.order_by("id"))
    if first[0].checkpoint_id != checkpoint.pk:
        raise Refused(_("Trang đã cũ. Vui lòng tải lại trang rồi quét lại."))
    found = differences(first, people, destination, address) if people is not None else []
    return ArrivalResult(first, repeated=True, differences=found)


def _plate_of(trip: Trip | None) -> str:
    return trip.vehicle_plate[:12] if trip else ""


def _settle_registration(
    row: Registration, events: list[Event], *, by: User
) -> tuple[Registration | None, Trip | None]:
    """Lock the family, and bring its registration and seat up to date; what happened to them goes into `events`.

    Returns the registration and the trip it came on, if any. A registration that was withdrawn, declined or
    marked as a duplicate takes nobody any more: its people came by themselves, and are entered without it. A
    seat that nobody needs now goes to the next family.
    """
    live = _lock_trip_of(row)
    trip = live.trip if live else None
    under_way = trip is not None and trip.status in ON_THE_ROAD
    if (
        trip is not None and not under_way
    ):  # a seat may become free, which the campaign and the day's limits count
        Campaign.objects.hold_rules(trip.campaign_id)
        lock_day(trip.day)
    campaign = row.campaign  # which nobody takes a family away from
    row = Registration.objects.select_for_update(of=("self",)).get(pk=row.pk)
    row.campaign = campaign
    seats = Offer.objects.filter(registration=row, status__in=Offer.LIVE).values_list("pk", "status")
    if list(seats) != ([(live.pk, live.status)] if live else []):
        raise Refused(_("Đăng ký này vừa thay đổi. Vui lòng quét lại mã."))
    came_on = trip if trip and (under_way or _is_on_board(trip, row)) else _left_on(row)
    if allowed(row, "arrive"):
        data = {"trip": came_on.code if came_on else ""}
        transition_many([row], "arrive", by=by, data=data, locked=True, into=events)
        if live is not None and trip is not None:
            live.registration = row
            verb = "travel" if came_on else "cancel"
            transition_many([live], verb, by=by, locked=True, into=events)
            ask_next(trip)
        return row, came_on
    if row.status in {Registration.Status.ARRIVED, Registration.Status.CLOSED}:
        return row, _trip_of(row)
    return None, None


def _lock_trip_of(registration: Registration) -> Offer | None:
    """Lock the trip on which the family has a seat; return the offer, with the trip as it is under the lock."""
    live = Offer.objects.filter(registration=registration, status__in=Offer.LIVE)
    return live.select_related("trip").select_for_update(of=("trip",)).first()


def _is_on_board(trip: Trip, registration: Registration) -> bool:
    """Return whether the family was scanned at the pick-up point, also before the trip is marked as left."""
    return Boarding.objects.standing().filter(trip=trip, registration=registration).exists()


def _left_on(registration: Registration) -> Trip | None:
    """Return the trip of a family on the road, if it has one.

    That trip was reconciled before the family reached a checkpoint.
    """
    if registration.status != Registration.Status.DEPARTED:
        return None
    offer = registration.offers.filter(status=Offer.Status.TRAVELLED).select_related("trip").last()
    return offer.trip if offer else None


def _trip_of_strangers(people: Sequence[ArrivalFacts]) -> Trip | None:
    """Return the trip on which people without a registration were walk-ons."""
    rows = Boarding.objects.standing().filter(person__in=[one.person.pk for one in people])
    rows = rows.filter(registration=None, trip__status__in=[Trip.Status.CLOSED, *ON_THE_ROAD])
    last = rows.select_related("trip").order_by("at", "pk").last()
    return last.trip if last else None


def _trip_of(registration: Registration) -> Trip | None:
    """Return the trip on which others of the family came before."""
    earlier = (
        Arrival.objects.standing()
        .filter(registration=registration)
        .exclude(trip=None)
        .select_related("trip")
        .first()
    )
    return earlier.trip if earlier else None


def _lock_people(people: Sequence[ArrivalFacts], registration: Registration | None) -> list[ArrivalFacts]:
    """Lock the persons, and return the facts with the persons as they are under the lock.

    Raises `Refused` when one was entered before.
    """
    ids = [one.person.pk for one in people]
    locked = {
        person.pk: person
        for person in Person.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    }
    if len(locked) < len(set(ids)):
        raise ValueError("somebody is not stored")
    facts = [ArrivalFacts(**{**vars(one), "person": locked[one.person.pk]}) for one in people]
    if _stand_already(ids, registration):
        raise Refused(already_entered([one.person for one in facts], registration))
    return facts


def _stand_already(ids: Sequence[int], registration: Registration | None) -> bool:
    """Return whether one of these locked people waits in a handover, or was entered with this registration.

    Raises ValueError for somebody who is no member of it. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "people": list(ids),
                "registration": registration.pk if registration else None,
                "open": (Handover.Status.SENT,),
            },
        )
        members, stands = cursor.fetchone()
    if registration is not None and not members:
        raise ValueError("somebody is no member of this registration")
    return bool(stands)


_STANDING = """
SELECT bool_and(EXISTS (SELECT FROM repatriation_member AS member
        WHERE member.registration_id = %(registration)s AND member.person_id = person.id)),
    bool_or(EXISTS (SELECT FROM repatriation_handover AS handover
            WHERE handover.person_id = person.id AND handover.status IN %(open)s)
        OR EXISTS (SELECT FROM repatriation_arrival AS arrival
            WHERE arrival.registration_id = %(registration)s AND arrival.person_id = person.id
                AND arrival.taken_back_at IS NULL))
FROM unnest(%(people)s::bigint[]) AS person (id)
"""


def handover_hours(registration: Registration | None) -> int:
    """Return within how many hours the receiving place has to accept."""
    if registration is not None:
        return registration.campaign.handover_hours
    campaign = Campaign.objects.open().first()
    return campaign.handover_hours if campaign else DEFAULT_HANDOVER_HOURS


def _arrival_of(facts: ArrivalFacts, **common: Any) -> Arrival:
    """Build, without saving, one person's arrival; `common` holds what the form says of everybody."""
    return Arrival(
        person=facts.person,
        identity_checked=facts.identity_checked,
        temperature=facts.temperature,
        has_symptoms=facts.has_symptoms or bool(facts.symptoms),
        symptoms=list(facts.symptoms),
        needs=facts.needs,
        papers=list(facts.papers),
        rapid_test=facts.rapid_test,
        decision=facts.decision,
        facility=facts.facility,
        **common,
    )


def _enter(
    arrivals: list[Arrival], deadline: dt.datetime, events: Sequence[Event], *, by: User
) -> list[Arrival]:
    """Write the arrivals and handovers of a form, each in one statement for everybody, and then all events.

    The checkpoint answers for the people until their handovers are accepted.
    """
    bulk.insert(arrivals)
    handovers = [
        Handover(
            arrival=arrival,
            party=arrival.client_key,
            person=arrival.person,
            from_place=arrival.checkpoint,
            to_place=arrival.destination,
            sent_at=arrival.at,
            sent_by=by,
            deadline=deadline,
        )
        for arrival in arrivals
    ]
    bulk.insert(handovers)
    first = arrivals[0]
    Person.objects.filter(pk__in=[arrival.person_id for arrival in arrivals]).update(
        responsible_place=first.checkpoint, arrived_at=first.at
    )
    own = []
    for arrival, handover in zip(arrivals, handovers, strict=True):
        came = {
            "person": arrival.person_id,
            "handover": handover.pk,
            "before": place_before(arrival.person),
        }
        arrival.person.responsible_place, arrival.person.arrived_at = arrival.checkpoint, arrival.at
        sent = {"person": arrival.person_id, "deadline": deadline.isoformat()}
        own += [
            event_for(arrival, "arrive", by=by, data=came),
            event_for(handover, "send", by=by, data=sent),
        ]
    save_events([*events, *own])
    return arrivals


def place_before(person: Person) -> dict[str, Any]:
    """Return where the person stood before the arrival, as the log keeps it for taking the arrival back."""
    arrived_at = person.arrived_at.isoformat() if person.arrived_at else None
    return {"responsible_place": person.responsible_place_id, "arrived_at": arrived_at}


def _notify_family(
    arrivals: Sequence[Arrival], registration: Registration | None, deadline: dt.datetime
) -> None:
    phone = registration.phone if registration is not None else ""
    phone = phone or next((row.person.phone for row in arrivals if row.person.phone), "")
    notify(
        "arrived",
        phone=phone,
        about=registration or arrivals[0],
        context={
            "people": len(arrivals),
            "checkpoint": arrivals[0].checkpoint.name,
            "commune": arrivals[0].destination.name,
            "time": vn_time(arrivals[0].at),
            "deadline": vn_datetime(deadline),
        },
    )
