"""The panel of quarantine, tests and doses on a person's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui import parts
from quarantine.health_book import health_book
from quarantine.rules import may_add_health_record


def person_panel(person: Person, user: User) -> Mapping[str, Any]:
    """Return the health records of one person that the officer may see.

    With `sees` false the panel says that they may not see the person's health: nothing shown would be read as
    "no test, no order".
    """
    (health,) = health_book(user, [person])
    sees = user.may(Permission.SEE_HEALTH, person.home_commune, person.responsible_place)
    return {"health": health, "sees": sees, "may_add": may_add_health_record(user, person)}


parts.person_panels.register(
    parts.PersonPanel(
        key="quarantine", order=30, context=person_panel, template="quarantine/person_panel.html"
    )
)
