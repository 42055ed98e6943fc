"""The demo's trips with their offers, the arrivals at the gateways, and the handovers to the communes."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from citizens import codes
from citizens.models import Person
from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.demo import Stage
from portal.places.models import Place
from portal.records.log import event_for
from portal.records.models import Event
from repatriation.demo.families import DemoFamily, event_at
from repatriation.demo.manifests import make_boardings, make_manifests
from repatriation.models import Arrival, Campaign, Handover, Offer, Trip
from repatriation.models.handover import HOME_WITHIN

SEATS = 45
GATEWAYS = {"79": "cp-suoi-sau", "75": "cp-ben-cui"}
PICKUPS = {
    "79": ["bx-an-suong", "bx-mien-tay", "bx-mien-dong-moi", "bx-binh-duong", "bx-cu-chi"],
    "75": ["bx-bien-hoa", "bx-dong-xoai"],
}
# By the family's status: the trip's status, the offer's, and when the trip goes (in days from now).
TRAVEL = {
    "closed": ("reconciled", "travelled", (-16.0, -1.1)),
    "no_show": ("reconciled", "no_show", (-16.0, -1.1)),
    "arrived": ("arrived", "travelled", (-0.35, -0.1)),
    "departed": ("departed", "confirmed", (-0.08, -0.02)),
    "confirmed": ("closed", "confirmed", (1.0, 1.9)),
    "offered": ("open", "offered", (2.0, 3.4)),
    "declined": ("open", "declined", (2.0, 3.4)),
}


def make_trips(stage: Stage, campaign: Campaign, families: list[DemoFamily]) -> None:
    """Seat the families of each state on vehicles from their own province, 45 seats each."""
    rng = stage.rng
    places = {place.code: place for place in Place.objects.exclude(kind=Place.Kind.COMMUNE)}
    planner = stage.shared["users"]["dieuphoi"]
    arrived = 0
    groups: dict[tuple[str, str], list[DemoFamily]] = {}
    for family in families:
        state = family.registration.status
        if state not in TRAVEL:
            continue
        arrived += state == "arrived"
        if (state == "closed" and rng.random() < 0.18) or (state == "arrived" and arrived % 4 == 1):
            family.by_trip = False  # came in their own vehicle
            continue
        province = family.origin.path.split("/")[1]
        groups.setdefault((TRAVEL[state][0], province), []).append(family)
    offers: list[Offer] = []
    events: list[Event] = []
    for (trip_state, province), group in groups.items():
        while group:
            trip = _trip(
                stage,
                campaign,
                trip_state,
                province,
                places,
                planner,
                TRAVEL[group[0].registration.status][2],
            )
            trip.save()
            offers += _seat(trip, group, stage.now)
    Offer.objects.bulk_create(offers)
    by_registration = {family.registration.pk: family for family in families}
    for offer in offers:
        events += _travel_events(by_registration[offer.registration_id], offer)
    Event.objects.bulk_create(events)
    make_manifests(campaign)
    make_boardings(stage, campaign, stage.shared["users"]["theoxe"])
    for number in range(2):
        _trip(stage, campaign, "planned", "79", places, planner, (3.0 + number, 4.0 + number)).save()


def _trip(
    stage: Stage,
    campaign: Campaign,
    state: str,
    province: str,
    places: dict[str, Place],
    planner: User,
    window: tuple[float, float],
) -> Trip:
    departs = stage.now + dt.timedelta(days=stage.rng.uniform(*window))
    # Vehicles leave by day, on the hour or half hour; those that are on the road now left at any time.
    if abs(window[0]) >= 0.4:
        hour, minute = stage.rng.randint(6, 15), stage.rng.choice([0, 30])
        departs = timezone.localtime(departs).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return Trip(
        campaign=campaign,
        code=codes.make("CX", stage.rng),
        status=state,
        departs_at=departs,
        pickup=places[stage.rng.choice(PICKUPS[province])],
        gateway=places[GATEWAYS[province]],
        vehicle_plate=f"{stage.rng.choice(['51B', '70B', '62B'])}-{stage.rng.randint(100, 999)}.{stage.rng.randint(10, 99)}",
        seats=SEATS,
        planned_by=planner,
        created_at=min(
            departs - dt.timedelta(days=2), stage.now - dt.timedelta(hours=stage.rng.uniform(3, 20))
        ),
    )


def _seat(trip: Trip, group: list[DemoFamily], now: dt.datetime) -> list[Offer]:
    """Take families from the front of the group while they fit; never part of one."""
    offers, free = [], trip.seats
    while group and group[0].registration.people <= free:
        family = group.pop(0)
        offer_state = TRAVEL[family.registration.status][1]
        if offer_state != "declined":
            free -= family.registration.people
        made = max(trip.created_at, family.registration.registered_at or trip.created_at)
        answered = offer_state != "offered"
        offers.append(
            Offer(
                trip=trip,
                registration=family.registration,
                people=family.registration.people,
                status=offer_state,
                created_at=made,
                deadline=trip.departs_at - dt.timedelta(hours=3),
                answered_at=min(made + dt.timedelta(hours=2), now) if answered else None,
            )
        )
    return offers


def _travel_events(family: DemoFamily, offer: Offer) -> list[Event]:
    """Build the log of a family that was offered seats, up to its status now."""
    planner = offer.trip.planned_by
    seated = event_at(family, "offer", "waiting", "offered", offer.created_at, planner)
    departs_at = offer.trip.departs_at
    answered = offer.answered_at or offer.created_at
    match family.registration.status:
        case "confirmed":
            return [seated, event_at(family, "confirm", "offered", "confirmed", answered)]
        case "declined":
            return [seated, event_at(family, "decline", "offered", "declined", answered)]
        case "no_show":
            return [
                seated,
                event_at(family, "confirm", "offered", "confirmed", answered),
                event_at(family, "miss", "confirmed", "no_show", departs_at, planner),
            ]
        case "departed" | "arrived" | "closed":
            return [
                seated,
                event_at(family, "confirm", "offered", "confirmed", answered),
                event_at(family, "depart", "confirmed", "departed", departs_at, planner),
            ]
    return [seated]


def make_arrivals(stage: Stage, campaign: Campaign, families: list[DemoFamily]) -> None:
    """Make the arrivals, and a handover for each: accepted long ago, waiting, late or refused."""
    rng = stage.rng
    users = stage.shared["users"]
    gateways = list(campaign.gateways.order_by("code"))
    favourite = next(place for place in gateways if place.code == "cp-suoi-sau")
    officers = commune_officers(stage)
    trips = {
        offer.registration_id: offer.trip
        for offer in Offer.objects.filter(status="travelled").select_related("trip__gateway")
    }
    arrivals: list[Arrival] = []
    handovers: list[Handover] = []
    events: list[Event] = []
    waiting = 0
    for family in families:
        state = family.registration.status
        if state not in {"arrived", "closed"}:
            continue
        trip = trips.get(family.registration.pk)
        checkpoint = trip.gateway if trip else rng.choice([favourite, *gateways])
        # Those who came by themselves and wait are already late, so that a small demo has some too.
        ago = rng.uniform(0.29, 0.33) if state == "arrived" else rng.uniform(0.6, 15)
        start = trip.departs_at if trip else stage.now - dt.timedelta(days=ago)
        family.arrived_at = min(
            start + dt.timedelta(minutes=rng.randint(70, 150)),
            stage.now - dt.timedelta(minutes=rng.randint(3, 40)),
        )
        made = _family_arrivals(stage, family, checkpoint, trip, users["chot"])
        arrivals += made
        passed = "departed" if trip else "waiting"
        events.append(event_at(family, "arrive", passed, "arrived", family.arrived_at, users["chot"]))
        waiting += state == "arrived"
        refused = state == "arrived" and waiting % 8 == 2  # the second, the tenth …
        for arrival in made:
            handovers.append(_handover(stage, campaign, family, arrival, officers, state, refused))
        if state == "closed":
            events.append(
                event_at(
                    family,
                    "close",
                    "arrived",
                    "closed",
                    handovers[-1].decided_at or stage.now,
                    officers[family.home.pk],
                )
            )
    Arrival.objects.bulk_create(arrivals)
    Handover.objects.bulk_create(handovers)
    Event.objects.bulk_create(
        events + [_handover_event(handover) for handover in handovers if handover.decided_by]
    )
    people = [person for family in families if family.arrived_at for person in family.people]
    Person.objects.bulk_update(people, ["arrived_at", "responsible_place"], batch_size=2_000)


def _family_arrivals(
    stage: Stage, family: DemoFamily, checkpoint: Place, trip: Trip | None, officer: User
) -> list[Arrival]:
    assert family.arrived_at is not None
    key = uuid.UUID(int=stage.rng.getrandbits(128), version=4)
    home = family.registration.status == "closed"
    for person in family.people:
        person.arrived_at = family.arrived_at
        person.responsible_place = family.home if home else checkpoint
    return [
        Arrival(
            client_key=key,
            person=person,
            registration=family.registration,
            trip=trip,
            checkpoint=checkpoint,
            destination=family.home,
            address=family.registration.home_address,
            at=family.arrived_at,
            means="trip" if trip else "private",
            was_expected=trip is not None,
            identity_checked=True,
            temperature=round(stage.rng.uniform(36.2, 37.3), 1),
            rapid_test="negative" if person.age() >= 2 else "none",
            entered_by=officer,
        )
        for person in family.people
    ]


def _handover(
    stage: Stage,
    campaign: Campaign,
    family: DemoFamily,
    arrival: Arrival,
    officers: dict[int, User],
    state: str,
    refused: bool,
) -> Handover:
    arrived = arrival.at
    status = "accepted" if state == "closed" else "refused" if refused else "sent"
    decided = status != "sent"
    deadline = arrived + dt.timedelta(hours=campaign.handover_hours)
    answered = min(arrived + dt.timedelta(minutes=90), stage.now)
    return Handover(
        arrival=arrival,
        party=arrival.client_key,
        person=arrival.person,
        from_place=arrival.checkpoint,
        to_place=family.home,
        status=status,
        sent_at=arrived,
        sent_by=arrival.entered_by,
        deadline=deadline,
        decided_at=answered if decided else None,
        decided_by=officers[family.home.pk] if decided else None,
        reason="Gia đình đã chuyển hộ khẩu về xã khác từ năm ngoái." if status == "refused" else "",
        home_by=answered + HOME_WITHIN if status == "accepted" else None,
        home_safe_at=arrived + dt.timedelta(hours=6)
        if status == "accepted" and (stage.rng.random() < 0.9 or arrived < stage.now - dt.timedelta(days=2))
        else None,
    )


def _handover_event(handover: Handover) -> Event:
    assert handover.decided_by is not None
    assert handover.decided_at is not None
    event = event_for(
        handover,
        "accept" if handover.status == "accepted" else "refuse",
        by=handover.decided_by,
        reason=handover.reason,
        from_status="sent",
        to_status=handover.status,
    )
    event.at = handover.decided_at
    return event


def commune_officers(stage: Stage) -> dict[int, User]:
    """Return an officer of each commune, by the commune's id. Those that are made here cannot sign in."""
    known = {
        assignment.place_id: assignment.user
        for assignment in Assignment.objects.filter(role=Role.COMMUNE).select_related("user")
    }
    missing = [
        place
        for place in Place.objects.under(stage.home).filter(kind=Place.Kind.COMMUNE)
        if place.pk not in known
    ]
    users = [User(username=f"xa.{place.code}", full_name=f"Cán bộ {place.name}") for place in missing]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    today = timezone.localdate(stage.now)
    Assignment.objects.bulk_create(
        Assignment(user=user, role=Role.COMMUNE, place=place, starts_on=today)
        for user, place in zip(users, missing, strict=True)
    )
    return known | {place.pk: user for user, place in zip(users, missing, strict=True)}
