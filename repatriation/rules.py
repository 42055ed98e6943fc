"""Who may do what on the way home. Rows come through `visible_to` first; these ask for the right."""

from __future__ import annotations

from portal.accounts.models import User
from portal.accounts.roles import Permission, Role
from portal.places.home import home_path
from portal.places.models import Place
from repatriation.models import Handover, PhoneCorrection, Registration, Screening, Trip, Wave
from repatriation.models.declared import RegistrationChannel

SEES_TRIP = (Permission.SEE_QUEUE, Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)
CHANNELS = {Role.HOTLINE: RegistrationChannel.HOTLINE, Role.ASSOCIATION: RegistrationChannel.ASSOCIATION}
TAKES_PEOPLE_IN = (Permission.SEE_HEALTH, Permission.DECIDE_HANDOVERS)


def may_plan_trip(user: User, trip: Trip) -> bool:
    """Change a trip: the coordinator of the place where it enters the province."""
    return user.may(Permission.PLAN_TRIPS, trip.gateway)


def may_plan_wave(user: User, wave: Wave) -> bool:
    """Fill and close the trips of a wave: as for each of them."""
    return user.may(Permission.PLAN_TRIPS, wave.gateway)


def may_see_whole_manifest(user: User, trip: Trip) -> bool:
    """The closed list with everybody on it: the coordinator, and who works at the trip's gateway."""
    return any(user.may(permission, trip.gateway) for permission in SEES_TRIP)


def may_board(user: User, trip: Trip) -> bool:
    """Say who got on at the pick-up point: who works at the trip's gateway or rides along."""
    return user.may(Permission.RECORD_BOARDING, trip.gateway)


def sees_people_of(user: User) -> frozenset[int]:
    """The communes whose own people the user may read in a closed list."""
    return user.place_ids(Permission.SEE_MANIFESTS)


def may_set_rules(user: User) -> bool:
    """Draft, propose and publish the rules of the queue: who coordinates the whole home province."""
    home = Place.objects.filter(path=home_path()).first()
    return home is not None and user.may(Permission.PUBLISH_RULES, home)


def may_record_at(user: User, checkpoint: Place) -> bool:
    return user.may(Permission.RECORD_ARRIVALS, checkpoint)


def may_look_up(user: User) -> bool:
    """Find any registrant by a whole number or code; never by browsing."""
    return user.may(Permission.LOOK_UP_ANYBODY)


def may_answer_callers(user: User) -> bool:
    """Tell a caller where they stand, found by a whole number or code, and act for their family on their word."""
    return user.may(Permission.ANSWER_CALLERS)


def may_register_others(user: User) -> bool:
    return user.may(Permission.REGISTER_OTHERS)


def may_correct_entry(user: User, registration: Registration) -> bool:
    """Put right what one has entered oneself, as long as one registers others."""
    return registration.entered_by_id == user.pk and may_register_others(user)


def channels_of(user: User) -> list[RegistrationChannel]:
    """By which ways this officer may register others: that of their role first, then from a paper form."""
    roles = [assignment.role for assignment in user.current_assignments]
    own = [channel for role, channel in CHANNELS.items() if role in roles]
    return [*own, RegistrationChannel.PAPER] if own else []


def may_decide(user: User, handover: Handover) -> bool:
    """Accept or refuse, and say that somebody came home safely: the place they were sent to."""
    return user.may(Permission.DECIDE_HANDOVERS, handover.to_place)


def may_see_health_of_arrival(user: User, checkpoint: Place, destination: Place) -> bool:
    """Temperature, symptoms and test: who works at the checkpoint, and the place that takes people in."""
    return user.may(Permission.RECORD_ARRIVALS, checkpoint) or any(
        user.may(permission, destination) for permission in TAKES_PEOPLE_IN
    )


def may_see_health_of_some_arrival(user: User) -> bool:
    """Whether a list for this reader has columns for it."""
    return any(user.may(permission) for permission in (Permission.RECORD_ARRIVALS, *TAKES_PEOPLE_IN))


def may_see_declared(user: User, registration: Registration) -> bool:
    """Doses and tests that the family told: who may see the health of people at home there."""
    commune = registration.home_commune
    return commune is not None and user.may(Permission.SEE_HEALTH, commune)


def may_see_reasons(user: User, registration: Registration) -> bool:
    """Who is pregnant, ill or disabled, and so why a family stands where it stands: who may see the health of
    people at home there, or the queue with its reasons."""
    commune = registration.home_commune
    return commune is not None and any(
        user.may(permission, commune) for permission in (Permission.SEE_HEALTH, Permission.SEE_QUEUE)
    )


def may_route(user: User, handover: Handover) -> bool:
    """Send to another place: the province, for what comes from or goes to a place of its own."""
    return user.may(Permission.ROUTE_HANDOVERS, handover.from_place) or user.may(
        Permission.ROUTE_HANDOVERS, handover.to_place
    )


def may_decide_phone(user: User, correction: PhoneCorrection) -> bool:
    """Put another phone beside a family: the officers of its home commune."""
    commune = correction.registration.home_commune
    return commune is not None and user.may(Permission.EDIT_PEOPLE, commune)


def may_decide_screening(user: User, screening: Screening) -> bool:
    """Say whether a family belongs to the commune: its officers."""
    return user.may(Permission.DECIDE_SCREENING, screening.commune)


def may_settle_screening(user: User, screening: Screening) -> bool:
    """Decide where communes disagree: the province."""
    return user.may(Permission.SETTLE_SCREENING, screening.commune)
