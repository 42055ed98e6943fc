"""The closed list of a trip: frozen, sent, and beside it what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.places.models import Place
from portal.records.models import Event
from portal.records.transitions import TransitionRefused
from repatriation.manifests.closed_list import ROAD_TIME, changes_since, rows_for
from repatriation.models import Manifest, ManifestPart, Trip
from repatriation.registration.submitting import family_actor
from repatriation.seats.answering import confirm_offer, decline_offer
from repatriation.trips import actions as trips
from tests.factories import fresh, make_user
from tests.race import Pause, at_once, interrupt
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import bus, family, make_road, people_of, seated, sql_around

OFF = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE repatriation_manifest DISABLE TRIGGER manifest_frozen"
ON = "ALTER TABLE repatriation_manifest ENABLE TRIGGER manifest_frozen"


def closed(road: SimpleNamespace, *rows: Any, **changes: Any) -> Manifest:
    """The list of a trip that was closed with these families."""
    trip = bus(road, **changes)
    for row in rows:
        seated(row, trip)
    trips.close_trip(trip, by=road.coordinator)
    return Manifest.objects.get(trip=trip)


def test_closing_freezes_who_confirmed_with_few_personal_data(road: SimpleNamespace) -> None:
    yes = family(road.campaign, road.places, 2, names=["Trần Thị Bưởi"])
    silent = family(road.campaign, road.places, 3)
    trip = bus(road, vehicle_plate="70B-012.34")
    seated(yes, trip)
    offered(silent, trip)
    trips.close_trip(trip, by=road.coordinator)
    manifest = Manifest.objects.get(trip=trip)
    assert (manifest.families, manifest.people, manifest.made_by) == (1, 2, road.coordinator)
    assert manifest.expected_at == trip.departs_at + ROAD_TIME
    assert manifest.head["plate"] == "70B-012.34"
    (row,) = manifest.rows
    assert (row["code"], row["home"], row["phone"]) == (yes.code, road.commune.pk, yes.phone)
    assert row["people"][0]["name"] == "Trần Thị Bưởi"
    for person, kept in zip(people_of(yes), row["people"], strict=True):
        assert kept["identity"] == f"•••{person.identity_number[-4:]}"
        assert set(kept) == {"person", "name", "birth_year", "identity"}
    event = Event.objects.get(subject_type="repatriation.manifest")
    assert (event.verb, event.user, event.data["people"]) == ("freeze", road.coordinator, 2)
    assert str(manifest.made_at.year) in manifest.number


def test_a_trip_that_nobody_confirmed_has_an_empty_list(road: SimpleNamespace) -> None:
    manifest = closed(road)
    assert (manifest.rows, manifest.people, manifest.parts.count()) == ([], 0, 0)


def test_each_commune_has_its_part(road: SimpleNamespace) -> None:
    here = [family(road.campaign, road.places, 2) for _one in range(2)]
    there = family(road.campaign, road.places, 3, home_commune=road.other)
    manifest = closed(road, *here, there)
    parts = {part.commune_id: (part.families, part.people) for part in manifest.parts.all()}
    assert parts == {road.commune.pk: (2, 4), road.other.pk: (1, 3)}


def codes(manifest: Manifest, user: User) -> set[str]:
    if not Manifest.objects.visible_to(fresh(user)).filter(pk=manifest.pk).exists():
        return set()
    return {row["code"] for row in rows_for(manifest, fresh(user))}


def test_a_commune_reads_its_own_families_and_the_gateway_all(road: SimpleNamespace) -> None:
    here = family(road.campaign, road.places)
    there = family(road.campaign, road.places, home_commune=road.other)
    manifest = closed(road, here, there)
    everybody = {here.code, there.code}
    escort = make_user(Role.ESCORT, road.checkpoint, username="theo")
    far_escort = make_user(Role.ESCORT, road.second, username="theo2")
    for user in (road.coordinator, road.barrier, escort):
        assert codes(manifest, user) == everybody
    for user in (road.here, road.viewer):
        assert codes(manifest, user) == {here.code}
    # The gateway lies in this commune: it still reads its own people alone.
    assert road.checkpoint.path.startswith(road.other.path)
    assert codes(manifest, road.elsewhere) == {there.code}
    for user in (road.outside, road.far_barrier, far_escort, road.leader, road.admin, road.health):
        assert codes(manifest, user) == set()


def test_a_later_change_leaves_the_list_and_shows_beside_it(road: SimpleNamespace) -> None:
    stays, leaves, moves = (family(road.campaign, road.places) for _one in range(3))
    trip, other = bus(road), bus(road)
    offers = [seated(row, trip) for row in (stays, leaves, moves)]
    trips.close_trip(trip, by=road.coordinator)
    manifest = Manifest.objects.get(trip=trip)
    before = (manifest.head, manifest.rows)
    assert changes_since(manifest) == []
    decline_offer(offers[1], by=family_actor(leaves.phone), back_to_queue=False)
    decline_offer(offers[2], by=family_actor(moves.phone), back_to_queue=True)
    moves.refresh_from_db()
    seated(moves, other)
    late = family(road.campaign, road.places, 1)
    seated(late, trip)
    manifest.refresh_from_db()
    assert (manifest.head, manifest.rows) == before
    told = {change.code: change.text for change in changes_since(manifest)}
    assert set(told) == {leaves.code, moves.code, late.code}
    assert "đã rút" in told[leaves.code].lower()
    assert other.code in told[moves.code]
    assert "sau khi chốt" in told[late.code]


def change_list(manifest: Manifest, way: str) -> None:
    match way:
        case "save":
            manifest.rows = []
            manifest.save()
        case "update":
            ManifestPart.objects.update(people=9)
        case "delete":
            ManifestPart.objects.all().delete()
        case "sql":
            with connection.cursor() as cursor:
                cursor.execute("UPDATE repatriation_manifest SET people = 0")


@pytest.mark.parametrize("way", ["save", "update", "delete", "sql"])
def test_the_database_refuses_every_change_of_a_closed_list(road: SimpleNamespace, way: str) -> None:
    manifest = closed(road, family(road.campaign, road.places))
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        change_list(manifest, way)
    manifest.refresh_from_db()
    assert manifest.people == 2


def test_control_without_the_trigger_the_list_is_changed(road: SimpleNamespace) -> None:
    manifest = closed(road, family(road.campaign, road.places))
    with sql_around(OFF, ON):
        Manifest.objects.update(people=0)
    manifest.refresh_from_db()
    assert manifest.people == 0


# Who is told


def reachable(role: Role, place: Place, name: str, **changes: Any) -> User:
    return make_user(role, place, username=name, **{"phone": "+84905555001", **changes})


def test_closing_tells_the_officers_who_wait_for_the_people_once_each(road: SimpleNamespace) -> None:
    both = reachable(Role.CHECKPOINT, road.checkpoint, "canh")
    both.assignments.create(role=Role.ESCORT, place=road.checkpoint)
    reachable(Role.COMMUNE, road.commune, "nhan", phone="", email="xa@example.vn")
    reachable(Role.COMMUNE, road.third, "ngoai", phone="+84905555002")
    reachable(Role.COMMUNE_VIEWER, road.commune, "xem", phone="+84905555003")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    reachable(Role.COMMUNE, road.commune, "cu", phone="+84905555004", ends_on=yesterday, starts_on=yesterday)
    stopped = reachable(Role.COMMUNE, road.commune, "khoa2", phone="+84905555005")
    User.objects.filter(pk=stopped.pk).update(is_active=False)
    manifest = closed(
        road,
        family(road.campaign, road.places, 2),
        family(road.campaign, road.places, 3, home_commune=road.other),
    )
    messages = Message.objects.filter(kind="manifest_closed")
    told = {message.phone or message.email: message.text for message in messages}
    assert set(told) == {"+84905555001", "xa@example.vn"}
    assert messages.count() == 2
    assert "5 người về Chốt Suối Sâu" in told["+84905555001"]
    assert "2 người về Xã Hưng Thuận" in told["xa@example.vn"]
    assert all(f"/officer/trips/{manifest.trip.code}/manifest/" in text for text in told.values())


def test_a_closing_that_fails_leaves_no_list_and_no_message(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable(Role.CHECKPOINT, road.checkpoint, "canh")
    trip = bus(road)
    seated(family(road.campaign, road.places), trip)

    def fail_afterwards() -> None:
        with transaction.atomic():
            trips.close_trip(trip, by=road.coordinator)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    trip.refresh_from_db()
    assert (trip.status, Manifest.objects.count(), Message.objects.count()) == ("open", 0, 0)


def test_a_second_closing_changes_nothing(road: SimpleNamespace) -> None:
    manifest = closed(road, family(road.campaign, road.places))
    with pytest.raises(TransitionRefused):
        trips.close_trip(manifest.trip, by=road.coordinator)
    assert Manifest.objects.count() == 1


# At the same moment


@pytest.fixture
def racing(transactional_db: None) -> SimpleNamespace:
    return make_road()


def close_and_confirm(road: SimpleNamespace) -> tuple[Trip, Callable[[], Any], Callable[[], Any]]:
    row, trip = family(road.campaign, road.places), bus(road)
    offer = offered(row, trip)
    return (
        trip,
        lambda: trips.close_trip(trip, by=road.coordinator),
        lambda: confirm_offer(offer, by=family_actor(row.phone)),
    )


def pause_when_written(monkeypatch: pytest.MonkeyPatch) -> Pause:
    """The closing stands still when its list is written and nothing is committed."""
    pause, freeze = Pause(), trips.freeze_manifest

    def early(found: Trip, **named: Any) -> Manifest:
        manifest = freeze(found, **named)
        pause()
        return manifest

    monkeypatch.setattr(trips, "freeze_manifest", early)
    return pause


def listed_and_held(trip: Trip) -> tuple[set[str], set[str]]:
    """The codes in the closed list, and of the families that hold a seat on the trip."""
    held = set(trip.offers.filter(status="confirmed").values_list("registration__code", flat=True))
    return {one["code"] for one in Manifest.objects.get(trip=trip).rows}, held


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_a_list_closed_while_a_family_confirms_holds_who_has_a_seat(
    racing: SimpleNamespace, _round: int
) -> None:
    trip, close, confirm = close_and_confirm(racing)
    at_once(close, confirm)
    listed, held = listed_and_held(trip)
    assert listed == held


@pytest.mark.django_db(transaction=True)
def test_a_family_that_confirms_when_the_list_is_written_waits_for_the_closing(
    racing: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip, close, confirm = close_and_confirm(racing)
    pause = pause_when_written(monkeypatch)
    interrupt(pause, close, confirm)
    assert pause.kept_away
    assert listed_and_held(trip) == (set(), set())


@pytest.mark.any_order_of_locks
@pytest.mark.django_db(transaction=True)
def test_control_without_locks_the_closed_list_misses_a_seat(
    racing: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *_given, **_named: rows.all())
    trip, close, confirm = close_and_confirm(racing)
    pause = pause_when_written(monkeypatch)
    monkeypatch.setattr(trips, "lock_offers", lambda *_given: [])
    interrupt(pause, close, confirm)
    assert Manifest.objects.get(trip=trip).rows == []
    assert trip.offers.get().status == "confirmed"


def test_the_list_is_the_same_a_year_later(road: SimpleNamespace) -> None:
    manifest = closed(road, family(road.campaign, road.places))
    number = manifest.number
    with time_machine.travel(timezone.now() + dt.timedelta(days=400)):
        assert Manifest.objects.get().number == number
