"""The same entry on two connections at once, and an entry that meets its predecessor. Each guard has its control."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from portal import locks
from portal.notifications.models import Message
from repatriation.models import Arrival, Handover, OfflineDevice, OfflineEntry
from repatriation.offline import receiving
from repatriation.offline.receiving import Sealed, receive_one
from tests.race import Pause, at_once, before_statement, interrupt, meeting
from tests.repatriation.world.device import Device
from tests.repatriation.world.racing import queue_of
from tests.repatriation.world.road import make_road

pytestmark = pytest.mark.django_db(transaction=True)
INSERT = 'INSERT INTO "repatriation_offlineentry"'


@pytest.fixture
def road(transactional_db: None) -> SimpleNamespace:
    return make_road()


@pytest.fixture
def device(road: SimpleNamespace) -> Device:
    made = Device(road)
    OfflineDevice.objects.create(uuid=made.uuid, place=made.place, seen_by=made.officer)
    return made


def take(device: Device, entry: dict[str, Any]) -> Any:
    row = OfflineDevice.objects.get(uuid=device.uuid)
    sealed = Sealed(uuid.UUID(entry["key"]), entry["sequence"], entry["key_id"], entry["sealed"])
    return receive_one(sealed, row, by=device.officer)


def test_one_entry_on_two_connections_is_stored_once_and_answered_twice(
    road: SimpleNamespace, device: Device
) -> None:
    (row,) = queue_of(road, 1, size=3)
    sent = device.arrival(row)
    meet = meeting(2)
    with before_statement(INSERT, meet):
        results = at_once(lambda: take(device, sent), lambda: take(device, sent))
    assert sorted(result.state for result in results) == ["repeated", "stored"]
    assert (Arrival.objects.count(), Handover.objects.count()) == (3, 3)
    assert (OfflineEntry.objects.count(), Message.objects.filter(kind="arrived").count()) == (1, 1)


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of entries lock nothing."""
    hold = locks.hold

    def other(kind: locks.Kind, key: int | str) -> None:
        if kind != locks.Kind.OFFLINE_ENTRY:
            hold(kind, key)

    monkeypatch.setattr(receiving.locks, "hold", other)


def test_control_without_the_lock_one_of_two_has_to_come_again(
    road: SimpleNamespace, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database alone keeps the second out, by an error."""
    (row,) = queue_of(road, 1, size=3)
    sent = device.arrival(row)
    unlocked(monkeypatch)
    results = at_once(lambda: take(device, sent), lambda: take(device, sent))
    assert sorted(result.state for result in results) == ["later", "stored"]


def chained(road: SimpleNamespace, device: Device) -> tuple[dict[str, Any], dict[str, Any]]:
    one, two = queue_of(road, 2, size=1)
    first = device.arrival(one)
    return first, device.arrival(two, after=uuid.UUID(first["key"]))


def test_an_entry_that_meets_its_predecessor_does_not_wait_for_ever(
    road: SimpleNamespace, device: Device
) -> None:
    """The later one has found no predecessor and is about to be put down as waiting, when that one comes."""
    first, later = chained(road, device)
    pause = Pause()
    with before_statement(INSERT, pause):
        interrupt(pause, lambda: take(device, later), lambda: take(device, first))
    assert pause.kept_away
    assert set(OfflineEntry.objects.values_list("status", flat=True)) == {"stored"}


def test_control_without_the_lock_it_waits_for_ever(
    road: SimpleNamespace, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = chained(road, device)
    unlocked(monkeypatch)
    pause = Pause()
    with before_statement(INSERT, pause):
        interrupt(pause, lambda: take(device, later), lambda: take(device, first))
    assert sorted(OfflineEntry.objects.values_list("status", flat=True)) == ["stored", "waiting"]


def test_two_first_keys_are_one(road: SimpleNamespace) -> None:
    from repatriation.models import OfflineKey
    from repatriation.offline.sealing import current_key

    results = at_once(*[current_key] * 4)
    assert len({key.pk for key in results}) == 1
    assert OfflineKey.objects.count() == 1
