"""Actions on a wave: its trips are planned in one transaction, and filled and closed one by one by a worker.

The step that is still to be taken with a trip is stored in its row (`Trip.asked_step`), so that it is not
lost when a worker dies. `take_asked_steps` reads it, and takes the trips of a wave in the order in which they
leave.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from repatriation.models import Campaign, Trip, Wave
from repatriation.seats import filling as seating
from repatriation.seats.filling import QueueInMotion
from repatriation.trips import actions as trips

logger = logging.getLogger(__name__)

MOST_TRIPS = 200
DONE_AT_ONCE = 3  # trips; more are left to a worker
REHEARSED = 12  # trips; the page that asks first says who is told for these
STEPS = {
    "fill": {Trip.Status.PLANNED, Trip.Status.OPEN},
    "close": {Trip.Status.OPEN},
}


@dataclass(frozen=True)
class TripPlan:
    """One trip of a wave before it is made."""

    departs_at: dt.datetime
    pickup: Place
    vehicle_seats: int
    plate: str = ""
    has_escort: bool = False


def plan_wave(
    campaign: Campaign,
    plans: Sequence[TripPlan],
    *,
    name: str,
    gateway: Place,
    client_key: uuid.UUID,
    by: User,
    destinations: Sequence[Place] = (),
) -> Wave:
    """Plan all these trips, or none. The same form sent twice returns the wave that it made first."""
    if first := _made_by(client_key):
        return first
    if not plans:
        raise Refused(_("Chưa chọn chuyến nào. Vui lòng để lại ít nhất một chuyến."))
    if len(plans) > MOST_TRIPS:
        raise Refused(
            _("Một lần lập tối đa %(most)d chuyến. Vui lòng chia thành nhiều đợt.") % {"most": MOST_TRIPS}
        )
    try:
        return _plan(campaign, plans, name, gateway, client_key, by, destinations)
    except IntegrityError as error:
        first = _made_by(client_key) if "client_key" in broken_constraint(error) else None
        if first is None:
            raise
        return first


def _made_by(client_key: uuid.UUID) -> Wave | None:
    return Wave.objects.filter(client_key=client_key).first()


@transaction.atomic
def _plan(
    campaign: Campaign,
    plans: Sequence[TripPlan],
    name: str,
    gateway: Place,
    client_key: uuid.UUID,
    by: User,
    destinations: Sequence[Place],
) -> Wave:
    wave = Wave.objects.create(
        campaign=campaign, name=name, gateway=gateway, client_key=client_key, planned_by=by
    )
    for plan in plans:
        trips.plan_trip(
            campaign,
            departs_at=plan.departs_at,
            pickup=plan.pickup,
            gateway=gateway,
            seats=plan.vehicle_seats,
            vehicle_plate=plan.plate,
            has_escort=plan.has_escort,
            destinations=destinations,
            wave=wave,
            by=by,
        )
    record(wave, "plan", by=by, data={"trips": len(plans)})
    return wave


def trips_to_step(wave: Wave, step: str) -> list[Trip]:
    """Return the trips of the wave that `step` concerns, in the order in which they leave."""
    rows = Trip.objects.filter(wave=wave, status__in=STEPS[step]).select_related("campaign", "gateway")
    return [trip for trip in rows.order_by("departs_at", "pk") if _has_work(trip, step)]


def _has_work(trip: Trip, step: str) -> bool:
    return step == "close" or trip.seats_free > 0


def rehearse_step(trips: Sequence[Trip], step: str, *, by: User) -> None:
    """Take the step with the first `REHEARSED` of the trips, in a transaction that the caller rolls back.

    A trip that refuses is left out: the step will leave it out as well.
    """
    for trip in trips[:REHEARSED]:
        try:
            with transaction.atomic():
                _take_step(trip, step, by=by)
        except Refused:
            continue


@transaction.atomic
def ask_step(wave: Wave, step: str, *, by: User) -> int:
    """Ask for the step `fill` or `close` on each trip of the wave that allows it; return how many.

    The caller takes a few itself with `take_asked_steps` and leaves more to the worker.
    """
    rows = Trip.objects.select_for_update(of=("self",)).filter(wave=wave, status__in=STEPS[step])
    trip_ids = [trip.pk for trip in rows.order_by("pk") if _has_work(trip, step)]
    Trip.objects.filter(pk__in=trip_ids).update(asked_step=step, asked_by=by)
    if trip_ids:
        record(wave, f"ask_{step}", by=by, data={"trips": len(trip_ids)})
    return len(trip_ids)


def take_asked_steps(wave: Wave | None = None) -> int:
    """Take the steps that were asked for, in the order in which the trips leave; return how many were taken.

    A trip that another transaction has locked is left to the next run, with those of its wave after it, so
    that the order stands.
    """
    rows = Trip.objects.exclude(asked_step="").order_by("departs_at", "pk")
    if wave is not None:
        rows = rows.filter(wave=wave)
    taken, blocked = 0, set()
    for pk, wave_id in rows.values_list("pk", "wave_id"):
        if wave_id in blocked:
            continue
        try:
            if _take(pk):
                taken += 1
            else:
                blocked.add(wave_id)
        except Exception:
            logger.exception("trip %s could not be filled or closed", pk)
            blocked.add(wave_id)
    return taken


@transaction.atomic
def _take(pk: int) -> bool:
    """Take one trip's step in a transaction of its own; return False when it must wait."""
    rows = Trip.objects.select_for_update(of=("self",), skip_locked=True).exclude(asked_step="")
    trip = rows.select_related("asked_by").filter(pk=pk).first()
    if trip is None:
        return not Trip.objects.filter(pk=pk).exclude(asked_step="").exists()
    step, by = trip.asked_step, trip.asked_by
    assert by is not None
    Trip.objects.filter(pk=pk).update(asked_step="", asked_by=None)
    try:
        with transaction.atomic():
            _take_step(trip, step, by=by)
    except QueueInMotion:
        Trip.objects.filter(pk=pk).update(asked_step=step, asked_by=by)
        return False
    except Refused as refusal:
        record(trip, "step_refused", by=by, reason=str(refusal), data={"step": step})
    return True


def _take_step(trip: Trip, step: str, *, by: User) -> None:
    if step == "close":
        trips.close_trip(trip, by=by)
    else:
        fill_planned(trip, by=by)


@transaction.atomic
def fill_planned(trip: Trip, *, by: User) -> seating.FillResult:
    """Fill a trip; open it first where it is only planned."""
    if trip.status == Trip.Status.PLANNED:
        trips.open_trip(trip, by=by)
    return seating.fill_trip(trip, by=by)
