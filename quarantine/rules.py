"""Who may do what in quarantine. Reading is by `visible_to` alone."""

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import Certificate, Order


def may_work_on(user: User, order: Order) -> bool:
    """Report for, extend and end an order: the health workers of its place."""
    return user.may(Permission.EDIT_HEALTH, order.place)


def may_add_health_record(user: User, person: Person) -> bool:
    """Enter results and doses: where the person is answered for now, else at their home."""
    return user.may(Permission.EDIT_HEALTH, person.responsible_place or person.home_commune)


def may_revoke(user: User, certificate: Certificate) -> bool:
    return user.may(Permission.EDIT_HEALTH, certificate.order.place)
