from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from citizens.models import Person
from tests.factories import PersonFactory, client_of, standing_people
from tests.repatriation.world.places import make_places


@pytest.fixture
def places(db: None) -> SimpleNamespace:
    return make_places()


@pytest.fixture
def people(places: SimpleNamespace) -> SimpleNamespace:
    """The standing officers."""
    return standing_people(places)


@pytest.fixture
def here(people: SimpleNamespace) -> Client:
    return client_of(people.here)


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(
        full_name="Nguyễn Thị Lan",
        home_commune=places.commune,
        identity_number="072184004821",
        phone="+84901234567",
    )
