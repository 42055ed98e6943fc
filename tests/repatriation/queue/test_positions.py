"""Who comes before a family: the same for Python and for the database, which reads no further than the family."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from repatriation.models import Registration
from repatriation.queue.positions import positions
from repatriation.seats.filling import fill_trip
from tests.repatriation.world.road import bus, family

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def queue(road: SimpleNamespace) -> list[Registration]:
    """In the order of the queue: several scores, below nothing too, and families of one instant."""
    now = timezone.now()
    places = [(90, 0), (40, 5), (40, 5), (40, 1), (0, 9), (0, 0), (-10, 9)]
    rows = [
        family(road.campaign, road.places, 1, score=score, registered_at=now - hours * HOUR)
        for score, hours in places
    ]
    for _other in ("withdrawn", "offered"):
        family(road.campaign, road.places, 1, score=99, status=_other)
    return rows


def test_each_family_has_those_before_it_ahead(queue: list[Registration]) -> None:
    for place, row in enumerate(queue):
        ahead = Registration.objects.ahead_of(row).in_queue_order()
        assert list(ahead) == queue[:place]
    everybody = Registration.objects.waiting(queue[0].campaign).in_queue_order()
    assert list(everybody) == queue


def test_the_numbers_of_a_list_are_those_of_the_order(queue: list[Registration]) -> None:
    numbers = positions(queue[0].campaign, [row.pk for row in queue])
    assert [numbers[row.pk] for row in queue] == list(range(1, len(queue) + 1))


def plan(statement: str) -> str:
    """How the server would do it. A handful of rows is as cheap to read or sort in any way, so the other ways are off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
            " SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off"
        )
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())


def sql(rows: object) -> str:
    query, params = rows.query.sql_with_params()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        text: bytes = cursor.mogrify(query, params)
    return text.decode()


def test_those_ahead_are_read_from_the_front_and_no_further(queue: list[Registration]) -> None:
    found = plan(sql(Registration.objects.ahead_of(queue[3]).in_queue_order()[:20]))
    assert "using registration_queue" in found
    assert "Index Cond: ((campaign_id = " in found
    assert "AND (ROW((score * '-1'::integer), registered_at, id) <" in found
    assert "Sort" not in found


def test_the_order_itself_needs_no_sorting(queue: list[Registration]) -> None:
    found = plan(sql(Registration.objects.waiting(queue[0].campaign).in_queue_order()[:20]))
    assert "using registration_queue" in found
    assert "Sort" not in found


def test_small_families_are_found_without_reading_the_large_ones_before_them(
    queue: list[Registration],
) -> None:
    rows = Registration.objects.waiting(queue[0].campaign).filter(people=1).in_queue_order()
    with connection.cursor() as cursor:  # among a handful of rows every index is as cheap
        cursor.execute("DROP INDEX registration_queue, registration_queue_of_commune")
    found = plan(sql(rows[:3]))
    assert "using registration_queue_of_size" in found
    assert "people = 1" in found
    assert "Sort" not in found


def test_the_last_seats_go_to_the_first_families_of_their_size(road: SimpleNamespace) -> None:
    for number in range(12):
        family(road.campaign, road.places, 4, score=100 - number)
    couple = family(road.campaign, road.places, 2, score=5)
    alone = family(road.campaign, road.places, 1, score=3)
    family(road.campaign, road.places, 1, score=1)
    vehicle = bus(road, seats=11)
    seated = fill_trip(vehicle, by=road.coordinator).seated
    assert [offer.people for offer in seated] == [4, 4, 2, 1]
    assert [offer.registration for offer in seated[2:]] == [couple, alone]
