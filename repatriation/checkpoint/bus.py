"""A trip that comes to a checkpoint as a list to press through, and its whole vehicle at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.refusals import Refused
from repatriation.boarding.board import BoardLine, board_of
from repatriation.boarding.count import LEFT_LONG_AGO
from repatriation.checkpoint.actions import ArrivalFacts, ArrivalResult, record_arrival
from repatriation.models import Arrival, Trip
from repatriation.registration.lookup import EXPECTED_AFTER


@dataclass
class BusLine:
    """A family of the trip, or one walk-on, with who of it has arrived."""

    board: BoardLine
    arrived: dict[int, Arrival] = field(default_factory=dict)
    scanned: bool = False  # somebody of the trip was scanned at the vehicle, so that boarding is known

    @property
    def key(self) -> str:
        """Return what names the line in a form."""
        row = self.board.registration
        return f"r{row.pk}" if row is not None else f"p{self.board.head.pk}"

    @property
    def on_board(self) -> list[ArrivalFacts]:
        """Return the facts of those who are on the vehicle and have not arrived: everybody where none was scanned."""
        return [
            ArrivalFacts(seat.person)
            for seat in self.board.seats
            if seat.person.pk not in self.arrived and (seat.boarding is not None or not self.scanned)
        ]

    @property
    def to_record(self) -> int:
        return 0 if self.board.is_absent and self.scanned and not self.board.boarded else len(self.on_board)

    @property
    def stayed(self) -> int:
        """Return how many were not scanned at the vehicle and have not arrived either."""
        if not self.scanned:
            return 0
        return sum(seat.boarding is None and seat.person.pk not in self.arrived for seat in self.board.seats)

    @property
    def destination(self) -> Place | None:
        row = self.board.registration
        return row.home_commune if row is not None else self.board.head.home_commune


@dataclass
class Bus:
    """The lines of a trip: first those to press, then those who arrived, then those who were left behind."""

    trip: Trip
    lines: list[BusLine]

    @property
    def is_coming(self) -> bool:
        """Return whether the vehicle may be here: it left, somebody got on, or it leaves about now."""
        if self.trip.status != Trip.Status.CLOSED or any(line.scanned for line in self.lines):
            return True
        return self.trip.departs_at <= timezone.now() + EXPECTED_AFTER

    @property
    def to_record(self) -> list[BusLine]:
        if not self.is_coming:
            return []
        return [line for line in self.lines if line.to_record and line.destination is not None]

    @property
    def people(self) -> int:
        return sum(line.to_record for line in self.to_record)

    @property
    def arrived(self) -> int:
        return sum(len(line.arrived) for line in self.lines)

    @property
    def stayed(self) -> int:
        return sum(line.stayed for line in self.lines)

    @property
    def missing(self) -> list[BusLine]:
        """Return the lines of which somebody got on and has not arrived."""
        return [
            line
            for line in self.lines
            if any(seat.boarding and seat.person.pk not in line.arrived for seat in line.board.seats)
        ]


def bus_of(trip: Trip) -> Bus:
    """Return the trip's list as it stands; the same number of queries however many people."""
    board = board_of(trip)
    people = [seat.person.pk for line in board.lines for seat in line.seats]
    rows = Arrival.objects.standing().filter(person__in=people, at__gte=trip.departs_at - LEFT_LONG_AGO)
    arrivals = {row.person_id: row for row in rows.select_related("checkpoint").order_by("at")}
    scanned = any(line.boarded for line in board.lines)
    lines = [
        BusLine(
            line,
            {seat.person.pk: arrivals[seat.person.pk] for seat in line.seats if seat.person.pk in arrivals},
            scanned,
        )
        for line in board.lines
    ]
    lines.sort(key=lambda line: (not line.to_record, not line.arrived))
    return Bus(trip, lines)


@dataclass
class BusResult:
    """What came of recording several families: the results, and for whom it was refused, with the reason."""

    recorded: list[ArrivalResult] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def people(self) -> int:
        return sum(len(result.arrivals) for result in self.recorded if not result.repeated)


def record_bus(
    lines: list[BusLine], *, checkpoint: Place, trip: Trip, form_key: UUID, by: User, rapid_test: str
) -> BusResult:
    """Record who is on the vehicle of these families, each family in a transaction of its own.

    One that is refused does not stop the others. `form_key` with the line makes the key of each family's form, so
    that the whole press may be sent again.
    """
    result = BusResult()
    for line in lines:
        destination = line.destination
        assert destination is not None
        row = line.board.registration
        facts = [ArrivalFacts(one.person, rapid_test=rapid_test) for one in line.on_board]
        try:
            result.recorded.append(
                record_arrival(
                    checkpoint=checkpoint,
                    registration=row,
                    people=facts,
                    destination=destination,
                    address=row.home_address if row is not None else line.board.head.address,
                    client_key=uuid.uuid5(form_key, line.key),
                    vehicle_plate=trip.vehicle_plate[:12],
                    by=by,
                )
            )
        except Refused as refusal:
            result.refused.append((line.board.head.full_name, refusal.to_officer()))
    return result
