"""People of stays by name, for pages that ask before an act."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts.models import User
from portal.records.effects import register_describer
from quarantine.models import Stay


def name_people_of_stays(user: User, ids: Sequence[int]) -> dict[int, str]:
    """Return the name of the person of each stay that the user may see."""
    return dict(Stay.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "person__full_name"))


register_describer("quarantine.stay", name_people_of_stays)
