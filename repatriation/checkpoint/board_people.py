"""The people behind one figure of the board, page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, F, QuerySet, Value

from citizens.models import Person
from portal.places.models import Place
from repatriation.checkpoint.board import BoardFigure, expected
from repatriation.models import Arrival, Registration, Trip


@dataclass(frozen=True)
class BoardPerson:
    """One person of a list. `key` opens the party of somebody who came; `deadline` is of an open handover."""

    person: Person
    place: Place
    home: Place | None
    trip: Trip | None = None
    code: str = ""
    key: UUID | None = None
    at: dt.datetime | None = None
    deadline: dt.datetime | None = None
    reason: str = ""


def rows_behind(figure: BoardFigure, places: Sequence[Place], now: dt.datetime) -> QuerySet[Any]:
    """Return the rows that the figure counts, in the order in which officers read them."""
    ids = [place.pk for place in places]
    if figure.rows is expected:
        members, strangers = expected(ids, now)
        nobody = Value(None, output_field=BigIntegerField())
        columns = ("on_trip", "person_id", "family", "at_place")
        with_family = members.order_by().annotate(family=F("registration")).values_list(*columns)
        return with_family.union(
            strangers.order_by().annotate(family=nobody).values_list(*columns), all=True
        ).order_by("on_trip", "family", "person_id")
    (rows,) = figure.rows(ids, now)
    if rows.model is Arrival:
        return rows.select_related("person", "checkpoint", "destination", "trip").order_by("-at", "pk")
    related = ("person", "from_place", "to_place", "arrival__trip")
    return rows.select_related(*related).order_by("deadline", "pk")


def people_of(figure: BoardFigure, rows: Iterable[Any], places: Sequence[Place]) -> list[BoardPerson]:
    """Return a page's rows as the list shows them; of those expected, three queries."""
    if figure.rows is expected:
        return _expected_people(list(rows), {place.pk: place for place in places})
    return [_came(row) for row in rows]


def _expected_people(
    rows: Sequence[tuple[int, int, int | None, int]], places: dict[int, Place]
) -> list[BoardPerson]:
    people = Person.objects.select_related("home_commune").in_bulk([row[1] for row in rows])
    trips = Trip.objects.in_bulk({row[0] for row in rows})
    families = Registration.objects.select_related("home_commune").in_bulk(
        {row[2] for row in rows if row[2] is not None}
    )
    lines = []
    for trip, person, family, place in rows:
        registration = families.get(family) if family is not None else None
        home = registration.home_commune if registration else people[person].home_commune
        code = registration.code if registration else ""
        lines.append(BoardPerson(people[person], places[place], home, trip=trips[trip], code=code))
    return lines


def _came(row: Any) -> BoardPerson:
    if isinstance(row, Arrival):
        return BoardPerson(
            row.person, row.checkpoint, row.destination, trip=row.trip, key=row.client_key, at=row.at
        )
    return BoardPerson(
        row.person,
        row.from_place,
        row.to_place,
        trip=row.arrival.trip,
        key=row.arrival.client_key,
        at=row.sent_at,
        deadline=row.deadline if row.status == "sent" else None,
        reason=row.reason,
    )
