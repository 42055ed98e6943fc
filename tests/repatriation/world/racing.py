"""What the races of the officers share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet, Sum

from repatriation.models import Offer, Registration, Trip
from tests.repatriation.world.road import family, sql_around


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """A unique index taken off; what the race left behind goes before it is put back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
            [name],
        )
        constraint = cursor.fetchone()
    tables = "repatriation_handover, repatriation_arrival, repatriation_offer"
    off, on = f"DROP INDEX {name}", definition
    if constraint:
        off = f"ALTER TABLE {constraint[0]} DROP CONSTRAINT {name}"
        on = f"ALTER TABLE {constraint[0]} ADD CONSTRAINT {name} {constraint[1]}"
    with sql_around(off, f"TRUNCATE {tables} CASCADE; {on}"):
        yield


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is locked any more, by anybody."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *_given, **_named: rows.all())


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def queue_of(road: SimpleNamespace, families: int, size: int = 2) -> list[Registration]:
    return [family(road.campaign, road.places, size, score=100 - number) for number in range(families)]


def seats_hold() -> bool:
    """No trip is oversold, each counts right, and no family sits twice."""
    live = Offer.objects.filter(status__in=Offer.LIVE)
    counted = dict(live.values_list("trip").annotate(Sum("people")).values_list("trip", "people__sum"))
    trips = Trip.objects.all()
    right = all(trip.seats_taken == counted.get(trip.pk, 0) <= trip.seats for trip in trips)
    twice = live.values("registration").annotate(n=Count("pk")).filter(n__gt=1)
    return right and not twice.exists()
