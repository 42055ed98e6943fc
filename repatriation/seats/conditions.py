"""The conditions that may stand against seating a family on a trip.

Each is stated for one family and as a query. Filling a trip (`choosing.py`) passes a family over for these
and records which one it was. Seating by hand (`by_hand.py`) refuses for the same ones with the same sentence,
except where an officer may decide otherwise. The database refuses the offer by the constraint that is named;
where none is, only this code checks the condition. A new condition needs a row here and a value of
`PassedOver.Why`, which has its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.ui.formats import vn_date
from repatriation.models import PassedOver, Registration, Trip
from repatriation.models.registration import RegistrationQuerySet

Why = PassedOver.Why


@dataclass(frozen=True)
class Turn:
    """A family at its turn, and what is free then."""

    trip: Trip
    family: Registration
    seats: int
    at_home: int | None  # how many people its commune still takes in on that day, if it has a limit
    asked_ids: Collection[int] = ()  # ids of the families that had an offer of this trip before


@dataclass(frozen=True)
class Condition:
    """One condition. `stands` returns whether it stands against a family at its turn.

    `query` narrows a trip's queue to the families against which it does not stand. It is None where the
    answer changes with every family that is seated; such a condition is checked at each turn.
    """

    why: PassedOver.Why
    stands: Callable[[Turn], bool]
    query: Callable[[RegistrationQuerySet, Trip], RegistrationQuerySet] | None = None
    left: Callable[[Turn], int] = lambda turn: turn.seats  # how much was free, for the sentence
    by_hand: bool = True  # whether it also stands against seating by hand
    advice: Promise | str = ""  # what an officer who seats by hand can do
    constraint: str = ""  # the database constraint that refuses the offer

    def free(self, turn: Turn) -> int:
        return max(0, self.left(turn))

    def sentence(self, turn: Turn) -> str:
        """Return the sentence about a family passed over, also read by an officer who seats by hand."""
        return self.why.say(people=turn.family.people, free=self.free(turn))

    def refusal(self, turn: Turn) -> str:
        """Return the sentence, with what the officer can do."""
        home = turn.family.home_commune
        values = {
            "trip": turn.trip.code,
            "day": vn_date(turn.trip.day),
            "commune": home.name if home is not None else "",
        }
        return f"{self.sentence(turn)}. {self.advice % values}".strip()


# The order matters: the first that stands is recorded and shown.
CONDITIONS = (
    Condition(
        Why.HELD,
        stands=lambda turn: turn.family.held_at is not None,
        query=lambda rows, _trip: rows.filter(held_at=None),
        advice=_("Vui lòng bỏ giữ trước."),
        constraint="registration_held_is_not_seated",
    ),
    Condition(
        Why.OTHER_DESTINATION,
        stands=lambda turn: (
            bool(turn.trip.destination_ids) and turn.family.home_commune_id not in turn.trip.destination_ids
        ),
        query=lambda rows, trip: (
            rows.filter(home_commune__in=trip.destination_ids) if trip.destination_ids else rows
        ),
        advice=_("Gia đình về %(commune)s. Vui lòng chọn chuyến khác."),
        constraint="offer_trip_goes_there",
    ),
    Condition(
        Why.CANNOT_TRAVEL,
        stands=lambda turn: not turn.family.can_travel_on(turn.trip.day),
        query=lambda rows, trip: rows.can_travel_on(trip.day),
        advice=_("Chuyến %(trip)s đi ngày %(day)s. Vui lòng chọn chuyến khác."),
    ),
    Condition(
        Why.NEEDS_ESCORT,
        stands=lambda turn: turn.family.needs_escort and not turn.trip.has_escort,
        query=lambda rows, trip: rows if trip.has_escort else rows.filter(needs_escort=False),
        advice=_("Chuyến %(trip)s không có. Vui lòng chọn chuyến khác."),
        constraint="offer_minors_with_escort",
    ),
    Condition(
        Why.NOT_SCREENED,
        stands=lambda turn: turn.trip.campaign.awaits_screening and turn.family.screened_at is None,
        query=lambda rows, trip: rows.screened(trip.campaign),
        advice=_(
            "Đợt này chỉ mời gia đình đã được xác nhận. Vui lòng hỏi %(commune)s, hoặc đợi hết hạn trả lời."
        ),
    ),
    Condition(
        Why.ASKED_BEFORE,
        stands=lambda turn: turn.family.pk in turn.asked_ids,
        by_hand=False,
    ),
    Condition(
        Why.NO_ROOM,
        stands=lambda turn: turn.family.people > turn.seats,
        advice=_("Vui lòng chọn chuyến khác."),
        constraint="trip_seats_taken_within_seats",
    ),
    Condition(
        Why.INTAKE_FULL,
        stands=lambda turn: turn.at_home is not None and turn.family.people > turn.at_home,
        left=lambda turn: turn.at_home or 0,
        advice=_("Vui lòng chọn ngày khác, hoặc hỏi %(commune)s tăng số người nhận."),
        constraint="intake_taken_within_limit",
    ),
)
AT_EACH_TURN = tuple(condition for condition in CONDITIONS if condition.query is None)
BY_HAND = tuple(condition for condition in CONDITIONS if condition.by_hand)


def condition_against(turn: Turn, conditions: Collection[Condition] = CONDITIONS) -> Condition | None:
    """Return the first of the conditions that stands against the family, or None."""
    return next((condition for condition in conditions if condition.stands(turn)), None)


def suitable(rows: RegistrationQuerySet, trip: Trip) -> RegistrationQuerySet:
    """Return the families of a trip's queue that could be offered a seat if there were room."""
    for condition in CONDITIONS:
        if condition.query is not None:
            rows = condition.query(rows, trip)
    return rows
