"""Actions of the demo's coordinators: a wave of trips, limits of communes, a family on hold."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from citizens import codes
from portal.demo import Stage
from portal.places.models import Place
from portal.ui.formats import vn_date
from repatriation.demo.families import KNOWN_PHONES
from repatriation.intake.actions import set_limits, taken_on
from repatriation.models import Campaign, Registration, Trip, Wave
from repatriation.seats.by_hand import hold_family
from repatriation.trips.waves import TripPlan, fill_planned, plan_wave

DAYS = 14
LIMITED = ("25711", "25681", "25708", "25732")  # the communes of the demo's officers and two beside
HELD = "Gia đình xin hoãn vài ngày vì có người đang nằm viện, đã gọi 1022 báo."


def make_coordination(stage: Stage, campaign: Campaign) -> None:
    """Plan a wave for families of some communes and fill its first trip, so that some are passed over."""
    day = timezone.localdate(stage.now) + dt.timedelta(days=4)
    waiting = Registration.objects.waiting(campaign).exclude(phone__in=KNOWN_PHONES.values())
    near = waiting.filter(origin__parent__code="79").in_queue_order().select_related("home_commune")
    families = list(near[:12])
    if not families:
        return
    hold_family(families[0], by=stage.shared["users"]["dieuphoi2"], reason=HELD)
    wave = _wave(stage, campaign, day, families)
    _limits(stage)
    first = Trip.objects.filter(wave=wave).order_by("departs_at", "pk")[0]
    fill_planned(first, by=stage.shared["users"]["dieuphoi"])


def _wave(stage: Stage, campaign: Campaign, day: dt.date, families: list[Registration]) -> Wave:
    """Plan trips on two days, twice a day, to the communes of these families, except those of
    `KNOWN_PHONES`."""
    known = Registration.objects.filter(campaign=campaign, phone__in=KNOWN_PHONES.values())
    avoided = set(known.values_list("home_commune", flat=True))
    homes = {row.home_commune for row in families if row.home_commune_id not in avoided}
    pickup = Place.objects.get(kind=Place.Kind.PICKUP, code="bx-an-suong")
    plans = [
        TripPlan(
            timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=number), time)), pickup, seats
        )
        for number in range(2)
        for time, seats in ((dt.time(8), 16), (dt.time(10), 29))
    ]
    wave = plan_wave(
        campaign,
        plans,
        name=f"Đợt xe {vn_date(day)[:5]}–{vn_date(day + dt.timedelta(days=1))[:5]}",
        gateway=Place.objects.get(kind=Place.Kind.CHECKPOINT, code="cp-suoi-sau"),
        client_key=uuid.UUID(int=stage.rng.getrandbits(128), version=4),
        destinations=sorted((home for home in homes if home), key=lambda place: place.pk),
        by=stage.shared["users"]["dieuphoi"],
    )
    for trip in Trip.objects.filter(wave=wave).order_by("pk"):
        trip.code = codes.make("CX", stage.rng)  # the same demo has the same codes
        trip.save(update_fields=["code"])
    return wave


def _limits(stage: Stage) -> None:
    """Set limits for some communes: a few more people than have seats already."""
    first = timezone.localdate(stage.now)
    last = first + dt.timedelta(days=DAYS - 1)
    for commune in Place.objects.filter(kind=Place.Kind.COMMUNE, code__in=LIMITED).order_by("code"):
        most = max(taken_on([commune.pk], first, last).values(), default=0)
        set_limits([commune], first, last, most + 4, by=stage.shared["users"]["dieuphoi"])
