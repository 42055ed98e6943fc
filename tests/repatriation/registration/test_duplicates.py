"""A family that stands twice: officers see who is alike, close one registration, and open it again."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.models import Message
from portal.records.log import history
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from repatriation.models import Member, Registration
from repatriation.registration.duplicates import mark_duplicate, take_back_duplicate
from repatriation.screening.lookalikes import LookAlike, lookalikes
from tests.repatriation.world.desk import url
from tests.repatriation.world.road import as_, bus, family, people_of, queries, seated, text_of

WHY = "Hỏi qua điện thoại: một gia đình"
BORN = dt.date(2026, 8, 15)


def with_child(road: SimpleNamespace, **changes: Any) -> Registration:
    row = family(road.campaign, road.places, 2, **changes)
    called(child(row), "Nguyễn Bảo An")
    return row


def child(row: Registration) -> Person:
    return people_of(row)[1]


def called(person: Person, name: str, born: dt.date = BORN, number: str | None = None) -> None:
    person.full_name, person.birth_date, person.identity_number = name, born, number
    person.save()


@pytest.fixture
def pair(road: SimpleNamespace) -> tuple[Registration, Registration]:
    """The same child with the mother and with the father."""
    return with_child(road), with_child(road, home_commune=road.other)


def alike(row: Registration, user: User) -> list[LookAlike]:
    return lookalikes(row, people_of(row), user)


def test_the_same_child_in_two_families_is_shown_to_officers(
    road: SimpleNamespace, pair: tuple[Registration, Registration]
) -> None:
    mother, father = pair
    (found,) = alike(mother, road.coordinator)
    assert (found.person, found.other.registration, found.may_open) == (child(mother), father, True)
    page = text_of(as_(road.coordinator).get(url("family", mother.code)))
    assert "Có thể trùng người" in page
    assert father.code in page


def test_a_commune_reads_of_it_without_what_it_may_not_open(
    road: SimpleNamespace, pair: tuple[Registration, Registration]
) -> None:
    mother, father = pair
    (found,) = alike(mother, road.here)
    assert not found.may_open
    page = text_of(as_(road.here).get(url("family", mother.code)))
    assert "Có thể trùng người" in page
    assert father.code not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Nguyễn Bảo Ân"},
        {"name": "Nguyễn Bảo An", "born": dt.date(2026, 8, 16)},
        {"name": "Nguyễn Bảo An", "number": "072226000002"},
    ],
)
def test_who_differs_is_not_shown(
    road: SimpleNamespace, pair: tuple[Registration, Registration], changes: dict[str, Any]
) -> None:
    mother, father = pair
    called(child(mother), "Nguyễn Bảo An", number="072226000001")
    called(child(father), **changes)
    assert alike(mother, road.coordinator) == []


def test_a_registration_that_is_over_counts_no_more(
    road: SimpleNamespace, pair: tuple[Registration, Registration]
) -> None:
    mother, father = pair
    mark_duplicate(father, mother, by=road.coordinator, reason=WHY)
    assert alike(mother, road.coordinator) == []


def test_looking_costs_the_same_for_one_and_for_many(road: SimpleNamespace, desk: Client) -> None:
    first = with_child(road)
    with_child(road)
    few = queries(desk, url("family", first.code))
    for _number in range(6):
        with_child(road)
    assert queries(desk, url("family", first.code)) == few


def test_a_duplicate_is_closed_with_its_reason_and_told(
    road: SimpleNamespace, pair: tuple[Registration, Registration]
) -> None:
    mother, father = pair
    row = mark_duplicate(father, mother, by=road.coordinator, reason=WHY)
    assert row.status == "duplicate"
    event = history(row).get(verb="mark_duplicate")
    assert (event.data, event.reason) == ({"of": mother.code}, f"{mother.code}. {WHY}")
    message = Message.objects.get(kind="registration_duplicate")
    assert (message.phone, mother.code in message.text) == (father.phone, False)
    assert not Member.objects.filter(registration=father, live=True).exists()
    mother.refresh_from_db()
    assert mother.status == "waiting"


def test_opened_again_it_stands_where_it_stood(
    road: SimpleNamespace, pair: tuple[Registration, Registration]
) -> None:
    mother, father = pair
    registered_at = father.registered_at
    mark_duplicate(father, mother, by=road.coordinator, reason=WHY)
    row = take_back_duplicate(father, by=road.coordinator, reason=WHY)
    row.refresh_from_db()
    assert (row.status, row.registered_at) == ("waiting", registered_at)
    assert row.screenings.filter(status="pending").exists()
    assert Message.objects.filter(kind="back_in_queue", phone=father.phone).exists()


def test_it_is_not_opened_while_somebody_of_it_stands_elsewhere(road: SimpleNamespace) -> None:
    first, second = family(road.campaign, road.places), family(road.campaign, road.places)
    mark_duplicate(second, first, by=road.coordinator, reason=WHY)
    Member.objects.create(registration=first, person=people_of(second)[0], campaign=road.campaign)
    with pytest.raises(Refused, match="đang có tên trong một đăng ký khác"):
        take_back_duplicate(second, by=road.coordinator, reason=WHY)
    second.refresh_from_db()
    assert second.status == "duplicate"


def test_only_of_another_live_one_and_only_while_it_waits(
    road: SimpleNamespace, pair: tuple[Registration, Registration]
) -> None:
    mother, father = pair
    gone = family(road.campaign, road.places, status="withdrawn")
    for other in (mother, gone):
        with pytest.raises(Refused, match="không phải một đăng ký khác"):
            mark_duplicate(mother, other, by=road.coordinator, reason=WHY)
    seated(mother, bus(road))
    with pytest.raises(TransitionRefused):
        mark_duplicate(mother, father, by=road.coordinator, reason=WHY)


def test_the_whole_exchange_on_the_page(
    road: SimpleNamespace, desk: Client, pair: tuple[Registration, Registration]
) -> None:
    mother, father = pair
    sent = {"duplicate-of": mother.code.lower(), "duplicate-reason": WHY}
    wrong = desk.post(url("duplicate", father.code), {**sent, "duplicate-of": "TN-00000-0"})
    assert wrong.status_code == 422
    assert WHY in text_of(wrong)
    page = text_of(desk.post(url("duplicate", father.code), sent, follow=True))
    assert "Đã khép đăng ký này" in page
    assert "Không phải đăng ký trùng" in page
    again = desk.post(url("duplicate", father.code), sent)
    assert again.status_code == 422
    back = desk.post(url("not_duplicate", father.code), {"not_duplicate-reason": WHY}, follow=True)
    assert "trở lại hàng chờ" in text_of(back)
    father.refresh_from_db()
    assert father.status == "waiting"
    assert as_(road.here).post(url("duplicate", mother.code), sent).status_code == 403
    assert desk.get(url("duplicate", mother.code)).status_code == 405
