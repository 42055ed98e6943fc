"""What filling trips would do now: who would be invited, and why the families around them would not be.

The families are chosen by the code that fills a trip (`choosing.py`), without its locks. Nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from portal.accounts.models import User
from portal.records.log import record_read
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from repatriation.intake.actions import room_on
from repatriation.models import PassedOver, Registration, Trip
from repatriation.seats.choosing import Room, asked_before, choose, in_reach, judge, passed_over
from repatriation.seats.filling import QueueInMotion, answer_deadline, require_time_to_answer

SHOWN_PASSED = 8  # families before the last one invited
SHOWN_BEHIND = 5  # and behind it


@dataclass(frozen=True)
class InvitationPreview:
    """What filling one trip would do now.

    `families` would be invited, in queue order. `passed` stand before the last of them and would not be;
    `behind` are the first ones after it. Both say why (they are not saved). `seats` were free before.
    `refusal` is the sentence with which filling would be refused now, or empty.
    """

    trip: Trip
    seats: int
    deadline: dt.datetime
    families: Sequence[Registration] = ()
    passed: Sequence[PassedOver] = ()
    behind: Sequence[PassedOver] = ()
    refusal: str = ""
    named_ids: Collection[int] = frozenset()  # families whose names the reader may see

    @property
    def people(self) -> int:
        return sum(family.people for family in self.families)

    @property
    def seats_left(self) -> int:
        return self.seats - self.people


def who_would_be_invited(trip: Trip, *, explain: bool = True) -> InvitationPreview:
    """Return which families filling the trip would invite now, and with `explain` why others would not be.

    The trip may be planned or open, or exist only in a form: then its `destination_ids` are set by hand.
    """
    return who_would_be_invited_in_turn([trip], explain=explain)[0]


def who_would_be_invited_in_turn(trips: Sequence[Trip], *, explain: bool = False) -> list[InvitationPreview]:
    """Return the same for several trips that are filled one after the other, in the order given.

    A family that one trip would invite is not there for the next, and has its part of its commune's limit.
    """
    room_of_days: dict[dt.date, dict[int, int]] = {}
    seated_ids: set[int] = set()
    previews = []
    for trip in trips:
        if trip.day not in room_of_days:
            room_of_days[trip.day] = room_on(trip.day)
        room = Room(trip.seats_free, room_of_days[trip.day])
        if refusal := _refusal(trip):
            previews.append(InvitationPreview(trip, room.seats, answer_deadline(trip), refusal=refusal))
            continue
        before, asked_ids = room.copy(), asked_before(trip)
        families = choose(trip, room, asked_ids=asked_ids | seated_ids, lock=False)
        passed, behind = _explain(trip, families, before, asked_ids, seated_ids) if explain else ([], [])
        for family in families:
            room.take(family)
        seated_ids |= {family.pk for family in families}
        previews.append(
            InvitationPreview(trip, before.seats, answer_deadline(trip), families, passed, behind)
        )
    return previews


def _refusal(trip: Trip) -> str:
    """Return why filling would be refused as a whole."""
    try:
        if trip.status not in {Trip.Status.PLANNED, Trip.Status.OPEN}:
            raise TransitionRefused(trip, "fill")
        require_time_to_answer(trip)
        if trip.campaign.rescoring_since:
            raise QueueInMotion
    except Refused as refusal:
        return str(refusal)
    return ""


def _explain(
    trip: Trip, families: list[Registration], room: Room, asked_ids: set[int], seated_ids: set[int]
) -> tuple[list[PassedOver], list[PassedOver]]:
    """Return why families before the last one invited, and the first behind it, would not be invited."""
    passed = passed_over(trip, families, room, asked_ids=asked_ids)
    behind: list[PassedOver] = []
    if families:
        rows = in_reach(trip).behind(families[-1]).exclude(pk__in=seated_ids).in_queue_order()
        behind = judge(trip, rows[:SHOWN_BEHIND], families, room, asked_ids=asked_ids)
    return [row for row in passed if row.registration.pk not in seated_ids], behind


def named(preview: InvitationPreview, user: User, request: HttpRequest) -> InvitationPreview:
    """Prepare a preview for a page that names its families, and log that the user read these names.

    Only families in the user's scope are named.
    """
    preview = replace(preview, passed=preview.passed[:SHOWN_PASSED])
    families = [*preview.families, *(row.registration for row in (*preview.passed, *preview.behind))]
    prefetch_related_objects(families, "home_commune", "members__person")
    ids = [family.pk for family in families]
    visible = Registration.objects.visible_to(user).filter(pk__in=ids)
    named_ids = frozenset(visible.values_list("pk", flat=True))
    record_read(
        user,
        "page",
        subject_type=Registration._meta.label_lower,
        subject_ids=[pk for pk in ids if pk in named_ids],
        request=request,
        place=preview.trip.gateway,
    )
    return replace(preview, named_ids=named_ids)
