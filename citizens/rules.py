"""Who may change a person's record, and who sees numbers in full."""

from __future__ import annotations

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission


def may_edit(user: User, person: Person) -> bool:
    """An officer of the place that answers for the person, or of their home commune."""
    return _over(user, Permission.EDIT_PEOPLE, person)


def may_reveal(user: User, person: Person) -> bool:
    """Who sees the people there. Seeing their health alone (at a facility) shows no number in full, and a
    right over the people of another place does not help."""
    return _over(user, Permission.SEE_PEOPLE, person)


def _over(user: User, permission: Permission, person: Person) -> bool:
    places = {person.home_commune_id, person.responsible_place_id}
    return bool(places & user.place_ids(permission))
