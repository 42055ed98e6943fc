"""What is left to do after a ride: families of which a part came, and people whom no checkpoint entered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.reporting.worklist import how_many
from portal.ui import parts
from repatriation.boarding.count import count_of
from repatriation.boarding.settling import settle_boarding
from repatriation.models import Boarding, Intake, Offer, Registration, Trip
from repatriation.seats.leaving import requeue_family
from repatriation.seats.splitting import part_absent
from repatriation.trips import actions as trips
from tests.factories import fresh
from tests.repatriation.world.boarding import closed, get_on, strangers
from tests.repatriation.world.road import as_, at_departure, enter, family, people_of, text_of

WHY = "Người cha ở lại chăm ông, sẽ về sau"


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


@pytest.fixture
def ride(road: SimpleNamespace) -> SimpleNamespace:
    """The vehicle is there: of three people two got on and came, and of two nobody passed the checkpoint."""
    ride = SimpleNamespace(
        row=family(road.campaign, road.places, 3), vanished=family(road.campaign, road.places, 2)
    )
    ride.trip = closed(road, ride.row, ride.vanished)
    get_on(road, ride.trip, ride.row, 1, 2)
    get_on(road, ride.trip, ride.vanished)
    ride.absent = people_of(ride.row)[0]
    trips.depart_trip(at_departure(ride.trip), by=road.coordinator)
    enter(road, ride.row, people_of(ride.row)[1:])
    ride.trip = trips.arrive_trip(ride.trip, by=road.coordinator)
    return ride


def test_who_did_not_come_missed_the_trip_and_can_wait_again(
    road: SimpleNamespace, ride: SimpleNamespace
) -> None:
    Intake.objects.create(
        commune=road.commune, day=ride.trip.day, people_limit=50, taken=5, set_by=road.coordinator
    )
    new = part_absent(ride.trip, ride.row, by=road.coordinator, reason=WHY)
    ride.row.refresh_from_db()
    assert (new.status, new.people, ride.row.status, ride.row.people) == ("no_show", 1, "arrived", 2)
    assert (new.split_from, new.registered_at) == (ride.row, ride.row.registered_at)
    assert [member.person for member in new.members.all()] == [ride.absent]
    assert new.members.get().is_head
    assert ride.row.members.filter(is_head=True).count() == 1
    assert Trip.objects.get().seats_taken == 4
    assert Intake.objects.get().taken == 4
    told = Message.objects.filter(kind__in=["family_split", "no_show"])
    kinds = dict(told.values_list("kind", "about_id"))
    assert kinds == {"family_split": ride.row.pk, "no_show": new.pk}
    assert not count_of(Trip.objects.get()).parted
    trips.reconcile_trip(ride.trip, by=road.coordinator)
    again = requeue_family(new, by=road.coordinator)
    assert (again.status, again.members.get().live) == ("waiting", True)
    assert Registration.objects.get(pk=ride.row.pk).status == "arrived"


def test_it_is_said_why_and_logged_on_both_sides(road: SimpleNamespace, ride: SimpleNamespace) -> None:
    new = part_absent(ride.trip, ride.row, by=road.coordinator, reason=WHY)
    logged = set(Event.objects.filter(reason=WHY).values_list("verb", "subject_id"))
    assert logged == {("split", ride.row.pk), ("stay_behind", new.pk)}


@pytest.mark.parametrize("settled", [False, True])
def test_parted_twice_is_refused(road: SimpleNamespace, ride: SimpleNamespace, settled: bool) -> None:
    if settled:
        trips.reconcile_trip(ride.trip, by=road.coordinator)
    part_absent(ride.trip, ride.row, by=road.coordinator, reason=WHY)
    with pytest.raises(Refused, match="không đến"):
        part_absent(ride.trip, ride.row, by=road.coordinator, reason=WHY)
    with pytest.raises(Refused, match="không đến"):
        part_absent(ride.trip, ride.vanished, by=road.coordinator, reason=WHY)
    assert Registration.objects.count() == 3


def test_nobody_is_parted_while_the_vehicle_is_on_its_way(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    trip = closed(road, row)
    get_on(road, trip, row, 1)
    with pytest.raises(Refused, match="Xe đã đến chốt"):
        part_absent(trip, row, by=road.coordinator, reason=WHY)
    trips.depart_trip(at_departure(trip), by=road.coordinator)
    with pytest.raises(Refused, match="Xe đã đến chốt"):
        part_absent(trip, row, by=road.coordinator, reason=WHY)


def test_the_count_parts_a_family_with_a_reason(
    road: SimpleNamespace, ride: SimpleNamespace, desk: Client
) -> None:
    address = url("part_absent", ride.trip.code, ride.row.code)
    assert "Tách người không đến" in text_of(desk.get(url("reconciliation", ride.trip.code)))
    empty = desk.post(address, {f"{ride.row.code}-reason": " "})
    assert (empty.status_code, "Vui lòng ghi lý do" in text_of(empty)) == (422, True)
    assert desk.get(address).status_code == 405
    assert desk.post(url("part_absent", ride.trip.code, "TN-00000-0")).status_code == 404
    assert as_(road.barrier).post(address).status_code == 403
    done = desk.post(address, {f"{ride.row.code}-reason": WHY}, follow=True)
    new = Registration.objects.get(split_from=ride.row)
    assert done.redirect_chain[-1][0] == url("family", new.code)
    assert "Đưa lại hàng chờ" in text_of(done)
    again = desk.post(address, {f"{ride.row.code}-reason": WHY}, follow=True)
    assert "Chỉ tách được gia đình có người đã đi" in text_of(again)


def test_the_checkpoint_sees_who_did_not_come_and_parts_nobody(
    road: SimpleNamespace, ride: SimpleNamespace
) -> None:
    text = text_of(as_(road.barrier).get(url("reconciliation", ride.trip.code)))
    assert ride.absent.full_name in text
    assert "Tách người không đến" not in text


# At the checkpoint


def test_who_was_not_scanned_is_not_entered_by_the_press_that_enters_the_family(
    road: SimpleNamespace,
) -> None:
    row = family(road.campaign, road.places, 3)
    trip = closed(road, row)
    get_on(road, trip, row, 1, 2)
    trips.depart_trip(at_departure(trip), by=road.coordinator)
    gate, address = as_(road.barrier), url("checkpoint")
    card = gate.post(address, {"q": row.code})
    assert "Ghi nhận 2 người đến" in text_of(card)
    assert "không lên xe" in text_of(card)
    people = people_of(row)
    ticked = {one.person.pk: one.here.value() for one in card.context["form"].rows()}
    assert ticked == {people[0].pk: False, people[1].pk: True, people[2].pk: True}


def test_a_family_that_nobody_scanned_is_taken_to_be_there_whole(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    trips.depart_trip(at_departure(closed(road, row)), by=road.coordinator)
    card = as_(road.barrier).post(url("checkpoint"), {"q": row.code})
    assert "Ghi nhận 3 người đến" in text_of(card)
    assert "không lên xe" not in text_of(card)


# Who got on and passed no checkpoint


@pytest.fixture
def lost(road: SimpleNamespace, ride: SimpleNamespace) -> list[Boarding]:
    trips.reconcile_trip(ride.trip, by=road.coordinator)
    return list(Boarding.objects.filter(registration=ride.vanished).order_by("pk"))


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (("elsewhere", "elsewhere"), "no_show"),
        (("elsewhere", "home"), "closed"),
        (("home", "home"), "closed"),
    ],
)
def test_the_registration_ends_with_the_last_of_the_family(
    road: SimpleNamespace, ride: SimpleNamespace, lost: list[Boarding], found: tuple[str, str], status: str
) -> None:
    for number, (row, where) in enumerate(zip(lost, found, strict=True)):
        assert Registration.objects.get(pk=ride.vanished.pk).status == "departed"
        settle_boarding(row, found=where, reason=f"Gia đình báo, {number}", by=road.coordinator)
    assert Registration.objects.get(pk=ride.vanished.pk).status == status
    part = parts.worklist.get("not_arrived")
    assert part is not None
    assert how_many([part], fresh(road.coordinator)) == [0]
    assert {line.outcome for line in count_of(ride.trip).lines} == {"came", "no_show", "settled"}
    assert Event.objects.filter(verb="settle").count() == 2


def test_who_is_elsewhere_can_wait_again(
    road: SimpleNamespace, ride: SimpleNamespace, lost: list[Boarding]
) -> None:
    for row in lost:
        settle_boarding(row, found="elsewhere", reason="Xuống xe ở Củ Chi", by=road.coordinator)
    assert requeue_family(ride.vanished, by=road.coordinator).status == "waiting"


def test_who_was_entered_meanwhile_needs_no_word(
    road: SimpleNamespace, ride: SimpleNamespace, lost: list[Boarding], desk: Client
) -> None:
    enter(road, ride.vanished)
    with pytest.raises(Refused, match="đã được ghi nhận"):
        settle_boarding(lost[0], found="home", reason="Gia đình báo", by=road.coordinator)
    page = text_of(desk.get(url("boarding_settle", lost[0].pk)))
    assert "không cần làm gì thêm" in page
    assert "Khép lại" not in page


def test_somebody_without_a_registration_is_settled_too(road: SimpleNamespace) -> None:
    trip = closed(road)
    strangers(road, trip, "Lê Văn Khách")
    at_departure(trip)
    for step in (trips.depart_trip, trips.arrive_trip, trips.reconcile_trip):
        step(trip, by=road.coordinator)
    row = settle_boarding(
        Boarding.objects.get(), found="home", reason="Xã báo đã về nhà", by=road.coordinator
    )
    assert row.settled_by == road.coordinator


def test_the_database_keeps_word_time_and_name_together(lost: list[Boarding]) -> None:
    with pytest.raises(IntegrityError, match="boarding_settled_by_somebody"), transaction.atomic():
        Boarding.objects.filter(pk=lost[0].pk).update(found="home")


def test_the_province_closes_a_case_on_its_page(
    road: SimpleNamespace, lost: list[Boarding], desk: Client
) -> None:
    address = url("boarding_settle", lost[0].pk)
    today = desk.get(reverse("reporting:today"), {"tab": "not_arrived"})
    assert address in today.content.decode()
    assert "chưa qua Chốt Suối Sâu" in text_of(desk.get(address))
    wrong = desk.post(address, {"found": "moon", "reason": ""})
    assert wrong.status_code == 422
    assert "Vui lòng ghi ai báo" in text_of(wrong)
    assert not Event.objects.filter(verb="settle").exists()
    sent = {"found": "home", "reason": "Xã báo đã về nhà hôm qua"}
    assert "Đã khép lại" in text_of(desk.post(address, sent, follow=True))
    page = text_of(desk.post(address, sent, follow=True))
    assert "đã được ghi nhận" in page
    assert "Đã tự về đến nhà: Xã báo đã về nhà hôm qua" in page
    assert Event.objects.filter(verb="settle").count() == 1


def test_only_the_province_closes_a_case(road: SimpleNamespace, lost: list[Boarding]) -> None:
    address = url("boarding_settle", lost[0].pk)
    for user in (road.barrier, road.far_barrier, road.here, road.leader):
        assert as_(user).get(address).status_code == 403
        assert as_(user).post(address).status_code == 403


def test_there_is_no_case_before_the_count(
    road: SimpleNamespace, ride: SimpleNamespace, desk: Client
) -> None:
    row = Boarding.objects.filter(registration=ride.vanished).first()
    assert row is not None
    assert desk.get(url("boarding_settle", row.pk)).status_code == 404
    assert Offer.objects.filter(registration=ride.vanished).get().status == "confirmed"
