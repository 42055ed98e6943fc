"""Rights on the way home. A view fetches the row through `visible_to` first, then asks one of these."""

from __future__ import annotations

from portal.accounts.models import User
from portal.accounts.roles import Permission, Role
from portal.places.home import home_path
from portal.places.models import Place
from repatriation.models import Handover, PhoneCorrection, Registration, Screening, Trip, Wave
from repatriation.models.declared import RegistrationChannel

SEES_TRIP = (Permission.SEE_QUEUE, Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)
CHANNELS = {Role.HOTLINE: RegistrationChannel.HOTLINE, Role.ASSOCIATION: RegistrationChannel.ASSOCIATION}
SENT_AWAY = (Handover.Status.REFUSED, Handover.Status.WITHDRAWN)
TAKES_PEOPLE_IN = (Permission.SEE_HEALTH, Permission.DECIDE_HANDOVERS)


def may_plan_trip(user: User, trip: Trip) -> bool:
    """Let the coordinator of a trip's gateway change it."""
    return user.may(Permission.PLAN_TRIPS, trip.gateway)


def may_plan_family(user: User, registration: Registration) -> bool:
    """Let the coordinator of a family's home commune hold, seat, move, split, close and requeue it."""
    return user.may(Permission.PLAN_TRIPS, registration.home_commune)


def may_plan_wave(user: User, wave: Wave) -> bool:
    """Let the coordinator of a wave's gateway fill and close its trips."""
    return user.may(Permission.PLAN_TRIPS, wave.gateway)


def may_see_whole_manifest(user: User, trip: Trip) -> bool:
    """Let the coordinator, and officers at the trip's gateway, see the closed list with everybody on it."""
    return any(user.may(permission, trip.gateway) for permission in SEES_TRIP)


def may_board(user: User, trip: Trip) -> bool:
    """Let officers at the trip's gateway, and escorts, record who got on at the pick-up point."""
    return user.may(Permission.RECORD_BOARDING, trip.gateway)


def sees_people_of(user: User) -> frozenset[int]:
    """Return the communes whose own people the user may read in a closed list."""
    return user.place_ids(Permission.SEE_MANIFESTS)


def may_set_rules(user: User) -> bool:
    """Let coordinators of the whole home province draft, propose and publish the rules of the queue."""
    home = Place.objects.filter(path=home_path()).first()
    return home is not None and user.may(Permission.PUBLISH_RULES, home)


def may_record_at(user: User, checkpoint: Place) -> bool:
    return user.may(Permission.RECORD_ARRIVALS, checkpoint)


def may_look_up_at(user: User, checkpoint: Place) -> bool:
    """Let a user find any registrant by a whole number or code; never by browsing."""
    return user.may(Permission.LOOK_UP_ANYBODY, checkpoint)


def may_answer_callers(user: User) -> bool:
    """Let a user look a caller up by a whole number or code, and act for the family on the caller's word."""
    return user.may(Permission.ANSWER_CALLERS)


def may_register_others(user: User) -> bool:
    return user.may(Permission.REGISTER_OTHERS)


def may_correct_entry(user: User, registration: Registration) -> bool:
    """Let a user who registers others correct their own entries."""
    return registration.entered_by_id == user.pk and may_register_others(user)


def channels_of(user: User) -> list[RegistrationChannel]:
    """Return the channels in which a user may register others: that of their role first, then paper."""
    roles = [assignment.role for assignment in user.current_assignments]
    own = [channel for role, channel in CHANNELS.items() if role in roles]
    return [*own, RegistrationChannel.PAPER] if own else []


def may_decide(user: User, handover: Handover) -> bool:
    """Let the receiving place accept or refuse, and record that somebody came home safely."""
    return user.may(Permission.DECIDE_HANDOVERS, handover.to_place)


def may_see_health_of_arrival(user: User, checkpoint: Place, destination: Place | None) -> bool:
    """Let the checkpoint and the place that takes a person in (None: it sent them back) see temperature, symptoms
    and test."""
    return user.may(Permission.RECORD_ARRIVALS, checkpoint) or any(
        user.may(permission, destination) for permission in TAKES_PEOPLE_IN
    )


def may_read_people(user: User, handover: Handover) -> bool:
    """Let a place read the people of a handover that it may see, until it has sent them back or they were withdrawn.

    Then it keeps its answer; the people are read where they came from, and by the province, which sends them on.
    """
    if handover.status not in SENT_AWAY:
        return True
    return user.may(Permission.SEE_HANDOVERS, handover.from_place) or user.may(
        Permission.ROUTE_HANDOVERS, handover.to_place
    )


def may_see_health_of_handover(user: User, handover: Handover) -> bool:
    """Let the checkpoint, and the place that takes a person in until it sends them back, see what was measured."""
    to_place = None if handover.status in SENT_AWAY else handover.to_place
    if handover.kind == Handover.Kind.TRANSFER:
        places = [handover.from_place, to_place]
        return any(user.may(permission, *places) for permission in TAKES_PEOPLE_IN)
    return may_see_health_of_arrival(user, handover.from_place, to_place)


def may_see_health_of_some_arrival(user: User) -> bool:
    """Return whether a list for this user has columns for the health of arrivals."""
    return any(user.may(permission) for permission in (Permission.RECORD_ARRIVALS, *TAKES_PEOPLE_IN))


def may_call_family(user: User, registration: Registration) -> bool:
    """Let the coordinator of a family's home commune see its phone in full, to call it about its seats."""
    commune = registration.home_commune
    return commune is not None and user.may(Permission.PLAN_TRIPS, commune)


def may_see_declared(user: User, registration: Registration) -> bool:
    """Let users who may see health in the home commune see the declared doses and tests."""
    return user.may(Permission.SEE_HEALTH, registration.home_commune)


def may_see_reasons(user: User, registration: Registration) -> bool:
    """Let users who may see health, or the queue, in the home commune see the reasons of a family's score:
    they say who is pregnant, ill or disabled."""
    return any(
        user.may(permission, registration.home_commune)
        for permission in (Permission.SEE_HEALTH, Permission.SEE_QUEUE)
    )


def may_route(user: User, handover: Handover) -> bool:
    """Let the province reroute a handover that comes from, or goes to, a place of its own."""
    return user.may(Permission.ROUTE_HANDOVERS, handover.from_place, handover.to_place)


def may_decide_phone(user: User, correction: PhoneCorrection) -> bool:
    """Let the officers of a family's home commune decide on another phone."""
    return user.may(Permission.EDIT_PEOPLE, correction.registration.home_commune)


def may_decide_screening(user: User, screening: Screening) -> bool:
    """Let a commune's officers say whether a family belongs to it."""
    return user.may(Permission.DECIDE_SCREENING, screening.commune)


def may_settle_screening(user: User, screening: Screening) -> bool:
    """Let the province decide where communes disagree."""
    return user.may(Permission.SETTLE_SCREENING, screening.commune)
