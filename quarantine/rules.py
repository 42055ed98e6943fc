"""The rules of quarantine: who may change what. `visible_to` alone decides who may read."""

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from quarantine.models import Alert, Certificate, Facility, Order, Stay


def may_work_on(user: User, order: Order) -> bool:
    """Return whether the user may report for, extend and complete an order: health workers of its place."""
    return user.may(Permission.EDIT_HEALTH, order.place)


def may_add_health_record(user: User, person: Person) -> bool:
    """Return whether the user may enter results and doses, at the responsible place or else at home."""
    return place_for_health_records(user, person) is not None


def place_for_health_records(user: User, person: Person) -> Place | None:
    """Return the place for which the user enters results and doses of this person, if they may."""
    return user.place_of(Permission.EDIT_HEALTH, person.responsible_place or person.home_commune)


def may_revoke(user: User, certificate: Certificate) -> bool:
    return user.may(Permission.EDIT_HEALTH, certificate.order.place)


def may_act_on(user: User, alert: Alert) -> bool:
    """Let the health workers of the alert's place, and of the levels above it, take it over and settle it."""
    return user.may(Permission.EDIT_HEALTH, alert.place)


def may_run(user: User, facility: Facility | None) -> bool:
    """Let a facility's manager admit people, let them leave, and say how many beds there are."""
    return facility is not None and user.may(Permission.RUN_FACILITY, facility.place)


def may_name_for(user: User, stay: Stay) -> bool:
    """Let the province name the facility to which somebody goes."""
    return user.may(Permission.NAME_FACILITY, stay.place)
