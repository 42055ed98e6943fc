from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.factories import standing_people
from tests.repatriation.world.places import make_places


@pytest.fixture
def places(db: None) -> SimpleNamespace:
    return make_places()


@pytest.fixture
def people(places: SimpleNamespace) -> SimpleNamespace:
    """The standing officers."""
    return standing_people(places)
