"""What devices kept comes in: each entry by itself, once, as who recorded it."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.transitions import transition
from repatriation.handover.actions import accept
from repatriation.models import Arrival, Handover, OfflineDevice, OfflineEntry, Registration
from repatriation.offline import sealing
from repatriation.offline.kinds import KINDS, Done, EntryKind
from repatriation.registration.submitting import family_actor
from tests.repatriation.world.device import SEND, Device
from tests.repatriation.world.road import as_, bus, enter, family, on_the_road, party, people_of, seated


@pytest.fixture
def device(road: SimpleNamespace) -> Device:
    return Device(road)


def test_a_family_is_recorded_as_who_recorded_it(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    vehicle = on_the_road(road, row)
    sent = device.arrival(row)
    assert device.states(sent, client=as_(road.colleague)) == ["stored"]
    rows = Arrival.objects.filter(registration=row)
    assert [(one.entered_by, one.trip, str(one.client_key)) for one in rows] == [
        (road.barrier, vehicle, sent["key"])
    ] * 3
    event = Event.objects.get(subject_type="repatriation.offlineentry", verb="receive")
    assert (event.user, event.data["recorded_by"]) == (road.colleague, road.barrier.pk)


def test_sent_ten_times_it_is_recorded_once(road: SimpleNamespace, row: Registration, device: Device) -> None:
    sent = device.arrival(row)
    answers = [device.states(sent)[0] for _time in range(10)]
    assert answers == ["stored", *["repeated"] * 9]
    assert (Arrival.objects.count(), Handover.objects.count()) == (3, 3)
    assert Message.objects.filter(kind="arrived").count() == 1


def test_one_that_is_refused_holds_nobody_up(road: SimpleNamespace, device: Device) -> None:
    rows = [family(road.campaign, road.places, 1) for _number in range(6)]
    road.third.is_active = False
    road.third.save()
    sent = [
        device.arrival(one, changes={"destination": str(road.third.pk)} if number == 1 else None)
        for number, one in enumerate(rows)
    ]
    assert device.states(*sent) == ["stored", "to_settle", *["stored"] * 4]
    waits = OfflineEntry.objects.get(status="to_settle")
    assert (str(waits.key), waits.names) == (sent[1]["key"], people_of(rows[1])[0].full_name)
    assert "Về xã, phường" in waits.reason
    assert device.states(sent[1]) == ["to_settle"]
    assert OfflineEntry.objects.filter(status="to_settle").count() == 1


def test_another_content_under_one_key_is_settled_by_somebody(
    road: SimpleNamespace, row: Registration, device: Device, box: Client
) -> None:
    key, person = uuid.uuid4(), people_of(row)[0]
    first = device.arrival(row, key=key, changes={f"temperature_{person.pk}": "37,0"})
    other = device.arrival(row, key=key, changes={f"temperature_{person.pk}": "38,6"})
    assert device.states(first) == ["stored"]
    assert device.states(other) == ["to_settle"]
    waits = OfflineEntry.objects.get(status="to_settle")
    assert waits.is_urgent
    page = box.get(f"/officer/offline/entries/{waits.pk}/").content.decode()
    assert "37,0" in page
    assert "38,6" in page
    assert "Vẫn ghi nhận" not in page


def test_another_content_under_the_key_of_a_form_sent_online_is_not_swallowed(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    key, person = uuid.uuid4(), people_of(row)[0]
    enter(road, row, key=key)
    assert device.states(device.arrival(row, key=key, changes={f"temperature_{person.pk}": "38,6"})) == [
        "to_settle"
    ]
    assert Arrival.objects.count() == 3


def test_a_form_that_was_sent_online_and_whose_answer_was_lost_is_known(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    key = uuid.uuid4()
    enter(road, row, key=key)
    assert device.states(device.arrival(row, key=key, changes={"address": "ấp Bùng Binh"})) == ["repeated"]
    assert Arrival.objects.count() == 3


def test_half_of_a_family_is_nobody(road: SimpleNamespace, row: Registration, device: Device) -> None:
    enter(road, row, people_of(row)[:1])
    assert device.states(device.arrival(row)) == ["to_settle"]
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_body_that_was_cut_is_nothing(
    road: SimpleNamespace, row: Registration, device: Device, share: float
) -> None:
    import json

    whole = json.dumps(device.body(device.arrival(row)))
    client = as_(road.barrier)
    cut = client.post(SEND, whole[: int(len(whole) * share)], content_type="application/json")
    assert cut.status_code == 400
    assert not OfflineEntry.objects.exists()
    assert client.post(SEND, whole, content_type="application/json").json()["results"][0]["state"] == "stored"


def test_what_ended_meanwhile_is_not_revived(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    person = people_of(row)[0]
    sent = device.arrival(row, changes={f"temperature_{person.pk}": "38,2"})
    transition(row, "withdraw", by=family_actor())
    assert device.states(sent) == ["to_settle"]
    row.refresh_from_db()
    assert (row.status, Arrival.objects.count()) == ("withdrawn", 0)
    waits = OfflineEntry.objects.get()
    assert "rút" in waits.reason.lower()
    assert [f"temperature_{person.pk}", "38,2"] in waits.content["fields"]


def test_a_family_recorded_and_accepted_elsewhere_stays_as_it_is(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    sent = device.arrival(row)
    accept(party(enter(road, row, checkpoint=road.second, by=road.far_barrier)), by=road.same)
    assert device.states(sent) == ["to_settle"]
    assert "Chốt Mộc Bài" in OfflineEntry.objects.get().reason
    assert set(Handover.objects.values_list("status", flat=True)) == {"accepted"}


def test_a_family_that_was_moved_to_another_checkpoint_is_refused_and_said(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    sent = device.arrival(row)
    seated(row, bus(road, gateway=road.second))
    assert device.states(sent) == ["to_settle"]
    assert "Chốt Mộc Bài" in OfflineEntry.objects.get().reason


def test_both_clocks_are_kept_and_the_servers_counts(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    before = timezone.now()
    assert device.states(device.arrival(row, at=432_000)) == ["stored"]
    arrival = Arrival.objects.first()
    assert arrival.entered_at == dt.datetime(1970, 1, 1, 0, 7, 12, tzinfo=dt.UTC)
    assert arrival.at >= before
    assert Handover.objects.first().deadline > before


@pytest.mark.parametrize("at", [10**18, -(10**18), 1.5e308])
def test_a_moment_that_no_calendar_has_is_no_moment(
    road: SimpleNamespace, row: Registration, device: Device, at: float
) -> None:
    assert device.states(device.arrival(row, at=at)) == ["stored"]
    assert Arrival.objects.first().entered_at is None


def test_a_device_says_how_many_wait_and_what_its_clock_says(road: SimpleNamespace, device: Device) -> None:
    a_day = 86_400_000
    now = int(timezone.now().timestamp() * 1000)
    answer = device.send(waiting=7, since=now + a_day - 3_600_000, clock=now + a_day, may_forget=True)
    assert answer.status_code == 200
    row = OfflineDevice.objects.get()
    assert (row.waiting, row.may_forget, row.has_wrong_clock) == (7, True, True)
    assert abs((timezone.now() - row.waiting_since).total_seconds() - 3600) < 60
    device.send()
    row.refresh_from_db()
    assert (row.waiting, row.waiting_since) == (0, None)


# --- Order ----------------------------------------------------------------------------------------


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A kind of entry that writes down what it is told."""
    done: list[str] = []

    def perform(entry: OfflineEntry, **_how: object) -> Done:
        done.append(dict(entry.fields())["says"])
        return Done(done[-1])

    kind = EntryKind(
        key="diary",
        title="",
        may_record=lambda _user, _place: True,
        perform=perform,
        names=lambda _entry: [],
        lines=lambda _entry: [],
    )
    monkeypatch.setitem(KINDS, "diary", kind)
    return done


@pytest.mark.parametrize("order", [(2, 0, 1), (2, 1, 0), (0, 1, 2), (1, 0, 2)])
def test_later_entries_wait_for_the_earlier_ones(
    road: SimpleNamespace, device: Device, diary: list[str], order: tuple[int, ...]
) -> None:
    keys = [uuid.uuid4() for _number in range(3)]
    sent = [
        device.entry(
            [("says", str(number))],
            kind="diary",
            key=keys[number],
            after=keys[number - 1] if number else None,
        )
        for number in range(3)
    ]
    for number in order:
        device.states(sent[number])
    assert diary == ["0", "1", "2"]
    assert set(OfflineEntry.objects.values_list("status", flat=True)) == {"stored"}
    assert [device.states(one)[0] for one in sent] == ["repeated"] * 3


def test_one_that_waits_is_shown_as_waiting(
    road: SimpleNamespace, device: Device, diary: list[str], box: Client
) -> None:
    assert device.states(device.entry([("says", "2")], kind="diary", after=uuid.uuid4())) == ["waits"]
    assert "Chờ lượt trước" in box.get("/officer/offline/entries/").content.decode()


# --- What cannot be read --------------------------------------------------------------------------


def test_what_was_changed_on_its_way_is_kept_and_told(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    sent = device.arrival(row)
    sent["sealed"] = sent["sealed"][:-4] + ("AAAA" if not sent["sealed"].endswith("AAAA") else "BBBB")
    assert device.states(sent) == ["to_settle"]
    assert OfflineEntry.objects.get().content["sealed"] == sent["sealed"]


def test_an_entry_bears_the_key_that_it_was_sealed_with(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    sent = {**device.arrival(row), "key": str(uuid.uuid4())}
    assert device.states(sent) == ["to_settle"]
    assert not Arrival.objects.exists()


def test_without_the_mark_of_an_officer_nothing_is_recorded(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    assert device.states(device.arrival(row, recorder="made:up")) == ["to_settle"]
    assert not Arrival.objects.exists()


def test_an_officer_without_the_right_at_the_place_records_nothing(
    road: SimpleNamespace, row: Registration
) -> None:
    device = Device(road, officer=road.far_barrier)
    sent = device.arrival(row)
    client = as_(road.barrier)
    assert device.states(sent, client=client) == ["to_settle"]
    assert not Arrival.objects.exists()


def test_older_keys_still_open(road: SimpleNamespace, row: Registration, device: Device) -> None:
    sent = device.arrival(row)
    sealing.OfflineKey.objects.update(made_at=timezone.now() - dt.timedelta(days=40))
    assert sealing.current_key().pk != sent["key_id"]
    assert device.states(sent) == ["stored"]


def test_entries_open_after_the_secret_was_changed(
    road: SimpleNamespace, row: Registration, device: Device, settings: object
) -> None:
    sent = device.arrival(row)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-that-is-long-enough-for-this-test-0123456789"
    key = sealing.OfflineKey.objects.get()
    with pytest.raises(sealing.Unreadable):
        sealing.open_sealed(key.pk, sent["sealed"], "other")
    assert sealing.open_sealed(key.pk, sent["sealed"], f"{sent['key']}:{sent['sequence']}")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"entries": 1}',
        '{"entries": [], "device": "x", "place": 1, "waiting": 0}',
        '{"entries": [{"key": "a"}]}',
        '{"entries": [null], "device": "1", "place": true}',
    ],
)
def test_garbage_is_400(road: SimpleNamespace, box: Client, body: str) -> None:
    assert box.post(SEND, body, content_type="application/json").status_code == 400


def test_a_place_elsewhere_is_404(road: SimpleNamespace, device: Device) -> None:
    assert device.send(client=as_(road.far_barrier)).status_code == 404


def test_a_colleague_of_another_checkpoint_sends_and_reads_no_names(
    road: SimpleNamespace, row: Registration, device: Device
) -> None:
    sent = device.arrival(row)
    device.place = road.second
    answer = device.send(sent, client=as_(road.far_barrier)).json()["results"][0]
    assert answer["state"] == "stored"
    assert people_of(row)[0].full_name not in answer["text"]
