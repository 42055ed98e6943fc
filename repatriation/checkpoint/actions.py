"""A family passes a checkpoint: its arrivals and handovers are written in one transaction.

Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal import locks
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import allowed, transition
from portal.ui.formats import vn_datetime, vn_time
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
    rapid_test: str = Arrival.RapidTest.NONE
    decision: str = Arrival.Decision.HOME


@dataclass(frozen=True)
class ArrivalResult:
    """The arrivals of a form. `repeated`: the form had been sent before, and nothing was changed now."""

    arrivals: list[Arrival]
    repeated: bool = False


@transaction.atomic
def record_arrival(
    *,
    checkpoint: Place,
    people: Sequence[ArrivalFacts],
    destination: Place,
    client_key: UUID,
    by: User,
    registration: Registration | None = None,
    address: str = "",
) -> ArrivalResult:
    """Enter the people of one family who are present, one row a person, and hand each over to `destination`.

    The checkpoint answers for them until a commune accepts. Sent again with the same key it changes nothing
    and returns the first rows. Raises `Refused` when somebody was entered before with another form, and for
    an empty form.
    """
    first = first_result(client_key, checkpoint)
    if first is not None:
        return first
    if not people:
        raise _nobody_chosen(registration)
    trip = None
    if registration is not None:
        registration, trip = _settle_registration(registration, by=by)
    else:
        trip = _trip_of_strangers(people)
    facts = _lock_people(people, registration)
    now = timezone.now()
    deadline = now + dt.timedelta(hours=_handover_hours(registration))
    try:
        with transaction.atomic():
            arrivals = [
                _enter(
                    one,
                    Arrival(
                        client_key=client_key,
                        registration=registration,
                        trip=trip,
                        checkpoint=checkpoint,
                        destination=destination,
                        address=address,
                        at=now,
                        means=Arrival.Means.TRIP if trip else Arrival.Means.PRIVATE,
                        was_expected=registration is not None,
                    ),
                    deadline,
                    by=by,
                )
                for one in facts
            ]
    except IntegrityError as error:
        if broken_constraint(error) not in ONE_ARRIVAL:
            raise
        raise Refused(_already_entered(facts, registration)) from error
    _notify_family(arrivals, registration, deadline)
    return ArrivalResult(arrivals)


def first_result(client_key: UUID, checkpoint: Place) -> ArrivalResult | None:
    """Lock the form's key until the transaction ends. Return what the form entered if it was sent before.

    Raises `Refused` when that was at another checkpoint.
    """
    locks.hold(locks.Kind.ARRIVAL_KEY, str(client_key))
    rows = Arrival.objects.filter(client_key=client_key).select_related("person", "destination", "checkpoint")
    first = list(rows.order_by("id"))
    if first and first[0].checkpoint_id != checkpoint.pk:
        raise Refused(_("Trang đã cũ. Vui lòng tải lại trang rồi quét lại."))
    return ArrivalResult(first, repeated=True) if first else None


def _nobody_chosen(registration: Registration | None) -> Refused:
    """Return the refusal for a form on which nobody is marked.

    Where a colleague entered the whole family meanwhile, it names the colleague.
    """
    if registration is not None:
        missing = registration.members.exclude(person__arrivals__registration=registration)
        if not missing.exists():
            return Refused(_already_entered([], registration))
    return Refused(_("Chưa chọn ai có mặt. Vui lòng đánh dấu ít nhất một người."))


def _settle_registration(row: Registration, *, by: User) -> tuple[Registration | None, Trip | None]:
    """Lock the family, and bring its registration and seat up to date.

    Returns the registration and the trip it came on, if any. A registration that was withdrawn, declined or
    marked as a duplicate takes nobody any more: its people came by themselves, and are entered without it. A
    seat that nobody needs now goes to the next family.
    """
    live = Offer.objects.filter(registration=row, status__in=Offer.LIVE).select_related("trip").first()
    trips = Trip.objects.select_for_update(of=("self",)).select_related("campaign")
    trip = trips.get(pk=live.trip_id) if live else None
    if trip is not None:
        Campaign.objects.hold_rules(trip.campaign_id)
        lock_day(trip.day)
    row = Registration.objects.select_for_update(of=("self",)).get(pk=row.pk)
    offer = Offer.objects.filter(registration=row, status__in=Offer.LIVE).first()
    if (offer and offer.pk) != (live and live.pk):
        raise Refused(_("Đăng ký này vừa thay đổi. Vui lòng quét lại mã."))
    came_on = trip if trip and (trip.status in ON_THE_ROAD or _is_on_board(trip, row)) else _left_on(row)
    if allowed(row, "arrive"):
        row = transition(row, "arrive", by=by, data={"trip": came_on.code if came_on else ""})
        if offer is not None and trip is not None:
            transition(offer, "travel" if came_on else "cancel", by=by)
            ask_next(trip)
        return row, came_on
    if row.status in {Registration.Status.ARRIVED, Registration.Status.CLOSED}:
        return row, _trip_of(row)
    return None, None


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
        Arrival.objects.filter(registration=registration).exclude(trip=None).select_related("trip").first()
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
    if registration is not None:
        members = set(registration.members.values_list("person_id", flat=True))
        if not set(ids) <= members:
            raise ValueError("somebody is no member of this registration")
    facts = [ArrivalFacts(**{**vars(one), "person": locked[one.person.pk]}) for one in people]
    open_now = Handover.objects.open().filter(person__in=ids)
    before = Arrival.objects.filter(registration=registration, person__in=ids) if registration else None
    if open_now.exists() or (before is not None and before.exists()):
        raise Refused(_already_entered(facts, registration))
    return facts


def _already_entered(facts: Sequence[ArrivalFacts], registration: Registration | None) -> str:
    rows = Arrival.objects.filter(person__in=[one.person.pk for one in facts])
    if registration is not None:
        members = Arrival.objects.filter(registration=registration)
        of_family = members & rows if facts else members
        rows = of_family if of_family.exists() else rows
    row = rows.select_related("person", "checkpoint", "entered_by").first()
    if row is None:
        return _("Có người vừa được ghi nhận ở nơi khác. Vui lòng quét lại mã để xem.")
    return _("%(name)s đã được %(officer)s ghi nhận lúc %(time)s tại %(place)s. Không cần nhập lại.") % {
        "name": row.person.full_name,
        "officer": row.entered_by.full_name,
        "time": vn_datetime(row.at),
        "place": row.checkpoint.name,
    }


def _handover_hours(registration: Registration | None) -> int:
    if registration is not None:
        return registration.campaign.handover_hours
    campaign = Campaign.objects.open().first()
    return campaign.handover_hours if campaign else DEFAULT_HANDOVER_HOURS


def _enter(facts: ArrivalFacts, arrival: Arrival, deadline: dt.datetime, *, by: User) -> Arrival:
    """Write one person's arrival and handover; the checkpoint answers for them until it is accepted."""
    arrival.person = facts.person
    arrival.identity_checked = facts.identity_checked
    arrival.temperature = facts.temperature
    arrival.has_symptoms = facts.has_symptoms
    arrival.rapid_test = facts.rapid_test
    arrival.decision = facts.decision
    arrival.entered_by = by
    arrival.save(force_insert=True)
    handover = Handover.objects.create(
        arrival=arrival,
        person=facts.person,
        from_place=arrival.checkpoint,
        to_place=arrival.destination,
        sent_at=arrival.at,
        deadline=deadline,
    )
    facts.person.responsible_place = arrival.checkpoint
    facts.person.arrived_at = arrival.at
    facts.person.save(update_fields=["responsible_place", "arrived_at"])
    record(arrival, "arrive", by=by, data={"person": facts.person.pk, "handover": handover.pk})
    record(handover, "send", by=by, data={"person": facts.person.pk, "deadline": deadline.isoformat()})
    return arrival


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
