"""Officers who send lists."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.factories import make_user, standing_people


@pytest.fixture
def officers(places: SimpleNamespace) -> SimpleNamespace:
    people = standing_people(places)
    # A coordinator of one commune: the right, at another place.
    people.local = make_user("coordinator", places.other_commune, username="dieuphoi-khac")
    return people
