"""Who comes before a family: the same for Python and for the database, which reads no further than the family."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from repatriation.models import Registration
from repatriation.queue import positions
from tests.repatriation.road import family

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
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
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
