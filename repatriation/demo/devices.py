"""A tablet of the checkpoint: entries that wait in it, and two that somebody has to settle."""

from __future__ import annotations

import datetime as dt
import uuid

from portal.demo import Stage
from portal.places.models import Place
from repatriation.models import Arrival, OfflineDevice, OfflineEntry


def make_devices(stage: Stage) -> None:
    """Write what a tablet sent after a night without a line: the families had been recorded by a colleague."""
    officer = stage.shared["users"]["chot"]
    place = Place.objects.get(code="cp-suoi-sau", kind=Place.Kind.CHECKPOINT)
    device = OfflineDevice.objects.create(
        uuid=uuid.UUID(int=stage.rng.getrandbits(128), version=4),
        place=place,
        seen_at=stage.now - dt.timedelta(minutes=25),
        seen_by=officer,
        waiting=3,
        waiting_since=stage.now - dt.timedelta(hours=2),
    )
    rows = Arrival.objects.filter(checkpoint=place).exclude(registration=None)
    rows = rows.select_related("person", "registration", "entered_by").order_by("-at", "pk")
    families: dict[int, list[Arrival]] = {}
    for row in rows[:40]:
        families.setdefault(row.registration_id, []).append(row)
    for number, people in enumerate(list(families.values())[:2]):
        _entry(stage, device, people, number)


def _entry(stage: Stage, device: OfflineDevice, people: list[Arrival], number: int) -> None:
    first = people[0]
    assert first.registration is not None
    fields = [["destination", str(first.destination_id)], ["rapid_test", "none"]]
    fields += [[f"here_{row.person_id}", "on"] for row in people]
    if number == 0:
        fields += [[f"temperature_{first.person_id}", "38,6"], [f"symptoms_{first.person_id}", "on"]]
    OfflineEntry.objects.create(
        key=uuid.UUID(int=stage.rng.getrandbits(128), version=4),
        digest=f"{number:064d}",
        device=device,
        sequence=number + 1,
        kind="arrival",
        place=device.place,
        recorded_by=device.seen_by,
        device_time=first.at,
        sent_by=device.seen_by,
        received_at=stage.now - dt.timedelta(minutes=25 + number),
        registration_code=first.registration.code,
        names=", ".join(row.person.full_name for row in people),
        content={"fields": fields, "more": {"here": True}},
        is_urgent=number == 0,
        status=OfflineEntry.Status.TO_SETTLE,
        reason=f"{first.person.full_name} đã được {first.entered_by.full_name} ghi nhận tại {device.place.name}.",
    )
