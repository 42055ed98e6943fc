"""What a coordinator does with one family: capacity and limits hold, the family is told, the log says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.log import history
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from repatriation.intake.actions import set_limits
from repatriation.models import Intake, Member, Offer, Registration, Trip
from repatriation.screening.actions import ask, begin_screening, confirm, reject
from repatriation.seats.by_hand import hold_family, move_family, release_family, seat_family
from repatriation.seats.filling import QueueInMotion, TooLateToAsk, fill_trip
from repatriation.seats.splitting import split_family
from tests.repatriation.world.boarding import closed, get_on
from tests.repatriation.world.families import entry, mother, offered, position, waiting
from tests.repatriation.world.places import make_campaign
from tests.repatriation.world.road import bus, family, seated
from tests.repatriation.world.screenings import overdue

WHY = "Mẹ già yếu, bác sĩ đề nghị về sớm"


def make(road: SimpleNamespace, size: int = 2, **changes: object) -> Registration:
    return family(road.campaign, road.places, size, **changes)  # type: ignore[arg-type]


def fresh(row: Registration) -> Registration:
    return Registration.objects.get(pk=row.pk)


def test_a_held_family_is_not_offered_a_seat_and_keeps_its_place(road: SimpleNamespace) -> None:
    first, second = make(road, score=9), make(road)
    row = hold_family(first, by=road.coordinator, reason=f" {WHY} ")
    assert (row.held_by, row.held_reason, row.status) == (road.coordinator, WHY, "waiting")
    assert [o.registration for o in fill_trip(bus(road), by=road.coordinator).seated] == [second]
    assert position(fresh(first))[0] == 1
    release_family(first, by=road.coordinator)
    assert [o.registration for o in fill_trip(bus(road), by=road.coordinator).seated] == [first]
    assert [event.verb for event in history(first)] == ["hold", "release", "offer"]


def test_holding_and_releasing_twice_changes_nothing_more(road: SimpleNamespace) -> None:
    row = make(road)
    hold_family(row, by=road.coordinator, reason=WHY)
    assert hold_family(row, by=road.here, reason="Khác").held_reason == WHY
    release_family(row, by=road.coordinator)
    release_family(row, by=road.coordinator)
    assert [event.verb for event in history(row)] == ["hold", "release"]


@pytest.mark.parametrize("status", ["offered", "confirmed", "withdrawn", "closed"])
def test_only_a_family_that_waits_is_held_or_parted(road: SimpleNamespace, status: str) -> None:
    row = make(road, status=status)
    with pytest.raises(Refused, match="đang chờ"):
        hold_family(row, by=road.coordinator, reason=WHY)
    with pytest.raises(Refused, match="đang chờ"):
        split_family(row, [row.members.all()[1].pk], by=road.coordinator, reason=WHY)


def test_nothing_is_done_without_a_reason(road: SimpleNamespace) -> None:
    row, vehicle = make(road), bus(road)
    offer = offered(make(road), vehicle)
    acts: list[Callable[[], object]] = [
        lambda: hold_family(row, by=road.coordinator, reason=" "),
        lambda: seat_family(row, vehicle, by=road.coordinator, reason=""),
        lambda: move_family(offer, bus(road), by=road.coordinator, reason=" "),
        lambda: split_family(row, [row.members.all()[0].pk], by=road.coordinator, reason=""),
    ]
    for act in acts:
        with pytest.raises(Refused, match="lý do"):
            act()


def test_the_database_wants_who_when_and_why_of_a_hold(road: SimpleNamespace) -> None:
    row = make(road)
    for changes in ({"held_at": timezone.now()}, {"held_reason": WHY}, {"held_by": road.coordinator}):
        with pytest.raises(IntegrityError, match="held_by_somebody"), transaction.atomic():
            Registration.objects.filter(pk=row.pk).update(**changes)


def test_a_family_is_seated_ahead_of_its_turn(road: SimpleNamespace) -> None:
    make(road, score=90)
    last = make(road)
    vehicle = bus(road)
    offer = seat_family(last, vehicle, by=road.coordinator, reason=WHY)
    assert (offer.registration, offer.trip, offer.by_hand, offer.people) == (last, vehicle, WHY, 2)
    assert fresh(last).status == "offered"
    assert Message.objects.get(kind="offer").phone == last.phone
    assert history(last).get(verb="offer").reason == WHY


def against(road: SimpleNamespace) -> dict[str, tuple[Registration, Trip, str]]:
    """What stands against a family on a trip, with a word of the sentence that says so."""
    far = timezone.localdate() + dt.timedelta(days=30)
    to_other = bus(road)
    to_other.destinations.set([road.other])
    limited = bus(road, departs_at=timezone.now() + dt.timedelta(days=5))
    day = timezone.localdate(limited.departs_at)
    set_limits([road.commune], day, day, 1, by=road.coordinator)
    held = make(road)
    hold_family(held, by=road.coordinator, reason=WHY)
    other = make_campaign(road.places, slug="dot-khac")
    return {
        "seats": (make(road, 3), bus(road, seats=2), "xe còn 2 chỗ"),
        "intake": (make(road), limited, "còn nhận 1 người"),
        "destination": (make(road), to_other, "không về xã, phường này. Gia đình về Xã Hưng Thuận"),
        "escort": (make(road, needs_escort=True), bus(road), "người đi kèm"),
        "day": (make(road, travel_from=far), bus(road), "không đi được ngày"),
        "held": (held, bus(road), "tạm giữ"),
        "campaign": (family(other, road.places), bus(road), "đợt khác"),
    }


@pytest.mark.parametrize("name", ["seats", "intake", "destination", "escort", "day", "held", "campaign"])
def test_what_stands_against_a_family_is_said(road: SimpleNamespace, name: str) -> None:
    row, vehicle, words = against(road)[name]
    with pytest.raises(Refused, match=words):
        seat_family(row, vehicle, by=road.coordinator, reason=WHY)
    assert not Offer.objects.exists()
    assert fresh(row).status == "waiting"


def test_a_trip_that_is_not_open_or_leaves_too_soon_takes_nobody(road: SimpleNamespace) -> None:
    row = make(road)
    for status in ("planned", "closed", "cancelled"):
        with pytest.raises(TransitionRefused):
            seat_family(row, bus(road, status=status), by=road.coordinator, reason=WHY)
    soon = bus(road, departs_at=timezone.now() + dt.timedelta(hours=1))
    with pytest.raises(TooLateToAsk):
        seat_family(row, soon, by=road.coordinator, reason=WHY)
    road.campaign.rescoring_since = timezone.now()
    road.campaign.save(update_fields=["rescoring_since"])
    with pytest.raises(QueueInMotion):
        seat_family(row, bus(road), by=road.coordinator, reason=WHY)


@pytest.mark.parametrize("status", ["offered", "confirmed"])
def test_a_seated_family_moves_and_answers_anew(road: SimpleNamespace, status: str) -> None:
    row, behind = make(road), make(road)
    old, new = bus(road, seats=2), bus(road)
    offer = seated(row, old, status)
    moved = move_family(offer, new, by=road.coordinator, reason=WHY)
    offer.refresh_from_db()
    assert (offer.status, moved.status, moved.trip, fresh(row).status) == (
        "cancelled",
        "offered",
        new,
        "offered",
    )
    assert Message.objects.get(kind="offer_moved").phone == row.phone
    assert Offer.objects.get(trip=old, status="offered").registration == behind


@pytest.mark.parametrize("name", ["seats", "destination", "escort", "day"])
def test_a_family_that_does_not_suit_the_other_trip_keeps_its_seats(road: SimpleNamespace, name: str) -> None:
    row, vehicle, words = against(road)[name]
    offer = offered(row, bus(road, has_escort=True))
    with pytest.raises(Refused, match=words):
        move_family(offer, vehicle, by=road.coordinator, reason=WHY)
    offer.refresh_from_db()
    assert (offer.status, fresh(row).status) == ("offered", "offered")


def test_moving_within_a_full_day_keeps_the_count(road: SimpleNamespace) -> None:
    old, new = bus(road), bus(road)
    row = make(road)
    day = timezone.localdate(old.departs_at)
    set_limits([road.commune], day, day, 2, by=road.coordinator)
    move_family(offered(row, old), new, by=road.coordinator, reason=WHY)
    assert Intake.objects.get().taken == 2
    assert [Trip.objects.get(pk=trip.pk).seats_taken for trip in (old, new)] == [0, 2]


def test_moving_to_where_it_is_or_after_it_ended_is_refused(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    offer = offered(make(road), vehicle)
    with pytest.raises(Refused, match="chính chuyến này"):
        move_family(offer, vehicle, by=road.coordinator, reason=WHY)
    other = bus(road)
    move_family(offer, other, by=road.coordinator, reason=WHY)
    with pytest.raises(TransitionRefused):
        move_family(offer, bus(road), by=road.coordinator, reason=WHY)


# A family is parted


def parted(road: SimpleNamespace) -> tuple[Registration, Registration]:
    row = waiting(road.campaign, road.places, mother(), entry("Trần Văn Ba", birth="1/1/1950"))
    father = row.members.get(person__full_name="Trần Văn Ba")
    new = split_family(row, [father.pk], by=road.coordinator, reason="Bà đang nằm viện, ông về trước")
    return fresh(row), fresh(new)


def test_both_parts_keep_the_time_and_get_their_own_score(road: SimpleNamespace) -> None:
    row, new = parted(road)
    assert (row.people, new.people, new.split_from) == (1, 1, row)
    assert row.registered_at == new.registered_at
    assert (row.status, new.status, row.code == new.code) == ("waiting", "waiting", False)
    assert {row.home_commune, row.phone, row.origin} == {new.home_commune, new.phone, new.origin}
    if any(rule["predicate"] == "over_years" for rule in road.campaign.rule_set.rules):
        assert new.score > row.score
    assert [one.members.filter(is_head=True).count() for one in (row, new)] == [1, 1]
    assert set(Member.objects.values_list("live", flat=True)) == {True}
    told = Message.objects.filter(kind="family_split").order_by("pk")
    assert [row.code in told[0].text, new.code in told[1].text] == [True, True]
    assert history(row).get(verb="split").data["code"] == new.code


def test_when_the_head_leaves_somebody_speaks_for_those_who_stay(road: SimpleNamespace) -> None:
    row = make(road, 3)
    head = row.members.get(is_head=True)
    new = split_family(row, [head.pk], by=road.coordinator, reason=WHY)
    assert (new.head.pk, fresh(row).head.is_head, fresh(row).members.count()) == (head.pk, True, 2)


def test_each_part_is_seated_by_itself(road: SimpleNamespace) -> None:
    row, new = parted(road)
    result = fill_trip(bus(road, seats=1), by=road.coordinator)
    assert len(result.seated) == 1
    assert {offer.registration for offer in fill_trip(bus(road), by=road.coordinator).seated} | {
        result.seated[0].registration
    } == {row, new}


@pytest.mark.parametrize("part", ["nobody", "everybody", "strangers"])
def test_a_part_is_neither_nobody_nor_everybody(road: SimpleNamespace, part: str) -> None:
    row, other = make(road), make(road)
    ids = {
        "nobody": [],
        "everybody": [member.pk for member in row.members.all()],
        "strangers": [member.pk for member in other.members.all()],
    }
    with pytest.raises(Refused, match="ít nhất một người"):
        split_family(row, ids[part], by=road.coordinator, reason=WHY)
    assert Registration.objects.count() == 2


# Screening and boarding stand beside what is done by hand


def test_a_family_that_its_commune_has_not_confirmed_is_not_seated_by_hand(road: SimpleNamespace) -> None:
    road.campaign.awaits_screening = True
    road.campaign.save(update_fields=["awaits_screening"])
    row = make(road)
    with pytest.raises(Refused, match="chưa xác nhận gia đình"):
        seat_family(row, bus(road), by=road.coordinator, reason=WHY)
    Registration.objects.filter(pk=row.pk).update(screened_at=timezone.now())
    assert seat_family(row, bus(road), by=road.coordinator, reason=WHY).registration == row


def test_a_family_that_has_got_on_is_not_moved(road: SimpleNamespace) -> None:
    row = make(road)
    vehicle = closed(road, row)
    get_on(road, vehicle, row)
    offer = Offer.objects.get(registration=row)
    with pytest.raises(Refused, match="đã lên xe"):
        move_family(offer, bus(road), by=road.coordinator, reason=WHY)
    offer.refresh_from_db()
    assert (offer.status, fresh(row).status) == ("confirmed", "confirmed")


@pytest.mark.parametrize("state", ["asked", "disputed", "overdue", "late dispute"])
def test_what_the_commune_was_asked_and_said_holds_for_both_parts(road: SimpleNamespace, state: str) -> None:
    row = make(road)
    screening = begin_screening(row)
    assert screening is not None
    if state == "asked":
        ask(screening, by=road.here, question="Nhà ở ấp nào?")
    if state in {"overdue", "late dispute"}:
        screening = overdue(screening)
    if state in {"disputed", "late dispute"}:
        reject(screening, by=road.here, reason="Không có ai tên này", suggested=None)
    new = split_family(row, [row.members.all()[1].pk], by=road.coordinator, reason=WHY)
    old = screening.__class__.objects.get(registration=row)
    copy = screening.__class__.objects.get(registration=new)
    assert (copy.status, copy.commune, copy.question, copy.reason, copy.due_at) == (
        old.status,
        old.commune,
        old.question,
        old.reason,
        old.due_at,
    )
    assert history(copy).get().verb == "split"
    if state == "overdue":
        confirm(copy, by=road.here)
        assert (fresh(new).screening_overdue, fresh(row).screening_overdue) == (False, True)


def test_a_child_does_not_speak_for_a_part_with_somebody_grown_up(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 4)
    head, child, mother, aunt = row.members.select_related("person").order_by("pk")
    Person.objects.filter(pk=child.person_id).update(
        birth_date=None, birth_year=timezone.localdate().year - 5
    )
    new = split_family(row, [head.pk, aunt.pk], by=road.coordinator, reason="Người lớn đi trước")
    assert new.members.get(is_head=True) == head
    assert row.members.get(is_head=True) == mother
