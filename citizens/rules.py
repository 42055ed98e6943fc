"""Who may change a person's record."""

from __future__ import annotations

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission


def may_edit(user: User, person: Person) -> bool:
    """An officer of the place that answers for the person, or of their home commune."""
    places = {person.home_commune_id, person.responsible_place_id}
    return bool(places & user.place_ids(Permission.EDIT_PEOPLE))
