"""People of alerts by name, for pages that ask before an act."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts.models import User
from portal.records.effects import register_describer
from quarantine.models import Alert


def name_people_of_alerts(user: User, ids: Sequence[int]) -> dict[int, str]:
    """Return the name of the person of each alert that the user may see."""
    rows = Alert.objects.visible_to(user).filter(pk__in=ids)
    return dict(rows.values_list("pk", "person__full_name"))


register_describer("quarantine.alert", name_people_of_alerts)
