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


def person_panel(person: Person, user: User) -> Mapping[str, Any] | None:
    """Return the health records of one person; None for an officer who may not see health data."""
    if not (user.may(Permission.SEE_HEALTH) or user.may(Permission.SEE_FACILITY)):
        return None
    (health,) = health_book(user, [person])
    return {"health": health, "may_add": may_add_health_record(user, person)}


parts.person_panels.register(
    parts.PersonPanel(
        key="quarantine", order=30, context=person_panel, template="quarantine/person_panel.html"
    )
)
