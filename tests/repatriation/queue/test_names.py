"""Looking for a name in the lists."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from repatriation.models import Arrival, Handover, Registration
from repatriation.queue.positions import search
from tests.repatriation.world.road import enter, family


@pytest.mark.parametrize(("text", "found"), [("!!!", 0), (" ? ", 0), ("", 1), ("  ", 1), ("duc", 1)])
def test_signs_alone_find_nobody_and_nothing_typed_leaves_the_list(
    road: SimpleNamespace, text: str, found: int
) -> None:
    row = family(road.campaign, road.places, 1, names=["Trần Văn Đức"])
    enter(road, row)
    assert Arrival.objects.named(text).count() == found
    assert Handover.objects.named(text).count() == found
    assert search(Registration.objects.all(), text).count() == found
