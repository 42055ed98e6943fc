"""A code that another row has is drawn again, whoever draws it; whatever else the database refuses is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from citizens import codes
from portal.records.actors import SYSTEM
from repatriation.importing import actions as importing
from repatriation.models import Campaign, Registration, Trip
from repatriation.registration.submitting import start_draft
from repatriation.seats.splitting import split_family
from repatriation.trips.actions import plan_trip
from tests.repatriation.world.families import coordinator
from tests.repatriation.world.lists import MOTHER, UNCLE, checked
from tests.repatriation.world.road import bus, family

TAKEN, FREE, OTHER = "TN-AAAAA-X", "TN-BBBBB-X", "TN-CCCCC-X"

Draw = Callable[..., None]


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Say which codes are drawn next, in this order."""

    def these(*drawn: str) -> None:
        left: Iterator[str] = iter(drawn)
        monkeypatch.setattr(codes, "make", lambda _prefix, _rng=None: next(left))

    return these


def a_draft(road: SimpleNamespace) -> models.Model:
    return start_draft(road.campaign, by=SYSTEM)


def a_part(road: SimpleNamespace) -> models.Model:
    row = Registration.objects.filter(status="waiting").latest("pk")
    return split_family(row, [row.members.all()[1].pk], by=road.coordinator, reason="Ông nằm viện")


def a_trip(road: SimpleNamespace) -> models.Model:
    return plan_trip(
        road.campaign,
        departs_at=timezone.now() + dt.timedelta(days=2),
        pickup=road.places.pickup,
        gateway=road.checkpoint,
        seats=45,
        by=road.coordinator,
    )


MAKERS = pytest.mark.parametrize("make", [a_draft, a_part, a_trip])


def with_taken(road: SimpleNamespace) -> None:
    family(road.campaign, road.places, code=TAKEN)
    bus(road, code=TAKEN)


@MAKERS
def test_a_code_that_is_taken_is_drawn_again(
    road: SimpleNamespace, draw: Draw, make: Callable[[SimpleNamespace], Registration | Trip]
) -> None:
    with_taken(road)
    draw(TAKEN, TAKEN, FREE)
    assert make(road).code == FREE


@MAKERS
def test_after_five_codes_that_are_taken_it_is_a_fault(
    road: SimpleNamespace, draw: Draw, make: Callable[[SimpleNamespace], models.Model]
) -> None:
    with_taken(road)
    draw(*[TAKEN] * 5)
    with pytest.raises(codes.NoFreeCode):
        make(road)


@MAKERS
def test_what_else_the_database_refuses_is_said(
    road: SimpleNamespace, draw: Draw, make: Callable[[SimpleNamespace], models.Model]
) -> None:
    with_taken(road)
    draw(FREE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("registration", "trip"):
            cursor.execute(
                f"ALTER TABLE repatriation_{table} ADD CONSTRAINT {table}_no_more CHECK (false) NOT VALID"
            )
    with pytest.raises(IntegrityError, match="_no_more"), transaction.atomic():
        make(road)


def test_a_list_draws_again_what_is_taken_and_what_it_drew_itself(
    campaign: Campaign, places: SimpleNamespace, draw: Draw
) -> None:
    family(campaign, places, code=TAKEN)
    batch = checked(campaign, coordinator(places.home), MOTHER, UNCLE)
    draw(TAKEN, FREE, FREE, OTHER)
    importing.order_commit(batch, by=batch.created_by)
    importing.work_on(batch.pk)
    found = Registration.objects.filter(channel="import").order_by("pk")
    assert list(found.values_list("code", flat=True)) == [FREE, OTHER]


def test_no_rows_need_no_codes(draw: Draw) -> None:
    draw()
    codes.fresh_many([], "TN")
