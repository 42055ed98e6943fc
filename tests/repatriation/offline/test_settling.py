"""The list of entries that somebody has to settle: found, recorded anyway, closed with a note, opened again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.notifications.models import Message
from portal.records.transitions import transition
from repatriation.models import Arrival, OfflineEntry, Registration
from repatriation.registration.submitting import family_actor
from tests.repatriation.world.device import Device
from tests.repatriation.world.road import as_, enter, family, people_of, same_cost, text_of

LIST = "/officer/offline/entries/"


@pytest.fixture
def device(road: SimpleNamespace) -> Device:
    return Device(road)


@pytest.fixture
def withdrawn(road: SimpleNamespace, row: Registration, device: Device) -> OfflineEntry:
    """A family that withdrew while it stood at the barrier."""
    sent = device.arrival(row, changes={f"temperature_{people_of(row)[0].pk}": "38,2"})
    transition(row, "withdraw", by=family_actor())
    device.send(sent)
    return OfflineEntry.objects.get()


def at(row: OfflineEntry, name: str = "offline_entry") -> str:
    return reverse(f"repatriation:{name}", args=[row.pk])


def test_the_list_says_who_why_and_by_whom(
    road: SimpleNamespace, withdrawn: OfflineEntry, box: Client
) -> None:
    page = text_of(box.get(LIST))
    for text in (withdrawn.names, withdrawn.registration_code, road.barrier.full_name, "Gấp"):
        assert text in page


def test_an_empty_list_says_what_to_expect(road: SimpleNamespace, box: Client) -> None:
    assert "Không có lượt nào" in text_of(box.get(LIST))


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=lan", True), ("q=khong co", False), ("status=settled", False), ("status=all", True)],
)
def test_the_list_is_searched_and_filtered(
    withdrawn: OfflineEntry, box: Client, query: str, found: bool
) -> None:
    assert (withdrawn.names in text_of(box.get(f"{LIST}?{query}"))) == found


def test_the_list_costs_the_same_however_long(road: SimpleNamespace, device: Device, box: Client) -> None:
    def add(_number: int) -> None:
        row = family(road.campaign, road.places, 1)
        enter(road, row)
        device.send(device.arrival(row))

    same_cost(box, LIST, add, rows=9)


def test_the_page_shows_what_was_measured_and_what_is_known_now(
    road: SimpleNamespace, withdrawn: OfflineEntry, box: Client
) -> None:
    page = text_of(box.get(at(withdrawn)))
    for text in ("38,2", "Chưa chốt nào ghi nhận", "đã rút", "Vẫn ghi nhận"):
        assert text.lower() in page.lower(), text


def test_a_family_that_is_there_is_recorded_anyway_after_asking(
    road: SimpleNamespace, withdrawn: OfflineEntry, box: Client, row: Registration
) -> None:
    page = box.post(at(withdrawn, "offline_entry_record"), {}, follow=True)
    assert "Đã ghi nhận 3 người" in text_of(page)
    withdrawn.refresh_from_db()
    row.refresh_from_db()
    assert (withdrawn.status, withdrawn.settled_by, row.status) == ("stored", road.barrier, "withdrawn")
    assert str(Arrival.objects.get(person=people_of(row)[0]).temperature) == "38.2"
    assert Message.objects.filter(kind="arrived").count() == 1


def test_it_is_recorded_with_another_commune(
    road: SimpleNamespace, device: Device, row: Registration, box: Client
) -> None:
    device.send(device.arrival(row, changes={"destination": "999999"}))
    waits = OfflineEntry.objects.get()
    box.post(at(waits, "offline_entry_record"), {"destination": road.other.pk}, follow=True)
    assert set(Arrival.objects.values_list("destination", flat=True)) == {road.other.pk}


def test_who_came_elsewhere_is_not_recorded_again(
    road: SimpleNamespace, device: Device, row: Registration, box: Client
) -> None:
    enter(road, row)
    device.send(device.arrival(row))
    waits = OfflineEntry.objects.get()
    assert "Vẫn ghi nhận" not in text_of(box.get(at(waits)))
    page = box.post(at(waits, "offline_entry_record"), {}, follow=True)
    assert "đã được" in text_of(page)
    assert Arrival.objects.count() == 3


def test_closed_with_a_note_it_is_kept_and_can_be_opened_again(
    road: SimpleNamespace, withdrawn: OfflineEntry, box: Client
) -> None:
    page = box.post(at(withdrawn, "offline_entry_close"), {"note": ""})
    assert (page.status_code, "Vui lòng ghi vì sao đóng" in text_of(page)) == (422, True)
    box.post(at(withdrawn, "offline_entry_close"), {"note": "Gia đình đã quay về"})
    withdrawn.refresh_from_db()
    assert (withdrawn.status, withdrawn.note, withdrawn.settled_by) == (
        "settled",
        "Gia đình đã quay về",
        road.barrier,
    )
    assert withdrawn.content["fields"]
    again = box.post(at(withdrawn, "offline_entry_close"), {"note": "lần nữa"})
    assert again.status_code == 422
    box.post(at(withdrawn, "offline_entry_reopen"))
    withdrawn.refresh_from_db()
    assert (withdrawn.status, withdrawn.note) == ("to_settle", "")


@pytest.mark.parametrize("name", ["offline_entry_record", "offline_entry_close", "offline_entry_reopen"])
def test_elsewhere_it_is_404(road: SimpleNamespace, withdrawn: OfflineEntry, name: str) -> None:
    client = as_(road.far_barrier)
    assert client.post(at(withdrawn, name)).status_code == 404
    assert client.get(at(withdrawn)).status_code == 404
    assert withdrawn.names not in text_of(client.get(LIST))


def test_the_checkpoint_reads_of_what_waits_and_of_devices(
    road: SimpleNamespace, withdrawn: OfflineEntry, device: Device, box: Client
) -> None:
    device.send(waiting=7, since=None)
    page: Any = text_of(box.get("/officer/checkpoint/"))
    assert "1 lượt ghi lúc mất mạng cần xử lý" in page
    assert "còn 7 lượt chờ gửi" in page
    assert "còn 7 lượt chưa gửi" in text_of(box.get(LIST))


def test_an_urgent_one_is_told_without_a_name(road: SimpleNamespace, withdrawn: OfflineEntry) -> None:
    road.barrier.refresh_from_db()
    for message in Message.objects.filter(kind="offline_urgent"):
        assert withdrawn.names.split(",")[0] not in str(message.context)
