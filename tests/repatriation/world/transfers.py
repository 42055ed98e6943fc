"""People who live in a commune, and those who are on the way to another one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from citizens.models import Person
from repatriation.handover.actions import accept
from repatriation.handover.transferring import transfer
from repatriation.models import Handover
from tests.repatriation.world.road import handed_over


def at_home(road: SimpleNamespace, size: int = 2, **changes: Any) -> list[Person]:
    """A family that the commune `here` has accepted."""
    rows = accept(handed_over(road, size, **changes), by=road.here)
    return list(Person.objects.filter(handovers__in=rows).order_by("pk"))


def moved(road: SimpleNamespace, people: Sequence[Person], **changes: Any) -> list[Handover]:
    """The transfer of these people to the third commune, as asked for by the commune `here`."""
    values: dict[str, Any] = {
        "to_place": road.third,
        "by": road.here,
        "client_key": uuid.uuid4(),
        "reason": "Về ở với con gái",
        "address": "ấp Long Hòa",
        **changes,
    }
    return transfer(people, **values)
