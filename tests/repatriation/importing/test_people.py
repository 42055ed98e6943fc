"""Who is one person in a list, and who is two: twins, namesakes, and names without marks."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from citizens.models import Person
from portal.accounts.models import User
from repatriation.models import Campaign
from tests.factories import PersonFactory
from tests.repatriation.world.families import coordinator
from tests.repatriation.world.lists import MOTHER, checked, committed, faults, remarks

pytestmark = pytest.mark.django_db
CHILD = {
    "Số gia đình": "1",
    "Họ và tên": "Nguyễn Thiên Ân",
    "Ngày sinh": "05/06/2009",
    "Giới tính": "Nam",
}


@pytest.fixture
def officer(places: SimpleNamespace) -> User:
    return coordinator(places.home)


@pytest.mark.parametrize(
    ("other", "error", "remark"),
    [
        ({}, "person_twice", ""),
        ({"Họ và tên": "ÂN THIÊN NGUYỄN"}, "person_twice", ""),
        ({"Số giấy tờ": "072209001111"}, "person_twice", ""),
        ({"Giới tính": ""}, "person_twice", ""),
        ({"Họ và tên": "Nguyễn Thiện Ân"}, "", "maybe_twice"),
        ({"Họ và tên": "Nguyen Thien An"}, "", "maybe_twice"),
        ({"Số gia đình": "2", "Điện thoại": "0901234999"}, "", "maybe_twice"),
        ({"Ngày sinh": "2009"}, "", "maybe_twice"),
        ({"Giới tính": "Nữ"}, "", ""),
        ({"Ngày sinh": "06/06/2009"}, "", ""),
        ({"Họ và tên": "Nguyễn Thiên Ấn", "Giới tính": "Nữ"}, "", ""),
    ],
)
def test_two_rows_of_one_name(
    other: dict[str, Any], error: str, remark: str, campaign: Campaign, officer: User
) -> None:
    home = {key: MOTHER[key] for key in ("Tỉnh, thành phố đang ở", "Quê ở xã, phường")}
    batch = checked(campaign, officer, MOTHER, CHILD, {**CHILD, **home, **other})
    assert faults(batch) == ({4: [error]} if error else {})
    told = [code for code in remarks(batch).get(4, []) if code not in ("sex_missing", "year_differs")]
    assert told == ([remark] if remark else [])


def test_numbers_that_differ_are_two_people_whatever_their_names(campaign: Campaign, officer: User) -> None:
    first, second = ({**CHILD, "Số giấy tờ": number} for number in ("072209001111", "072209001112"))
    batch = checked(campaign, officer, MOTHER, first, second)
    assert (faults(batch), remarks(batch), batch.people_good) == ({}, {}, 3)
    card, old = ({**CHILD, "Số giấy tờ": number} for number in ("072209001111", "290123456"))
    batch = checked(campaign, officer, MOTHER, card, old)  # a card may have replaced the other
    assert faults(batch) == {4: ["person_twice"]}


def test_twins_are_registered_as_two_people(campaign: Campaign, officer: User) -> None:
    committed(campaign, officer, MOTHER, CHILD, {**CHILD, "Họ và tên": "Nguyễn Thiện Ân"})
    names = Person.objects.filter(birth_date=dt.date(2009, 6, 5)).values_list("full_name", flat=True)
    assert sorted(names) == ["Nguyễn Thiên Ân", "Nguyễn Thiện Ân"]


@pytest.mark.parametrize(
    ("told", "is_known", "asks"),
    [
        ({}, True, False),
        ({"sex": ""}, True, False),
        ({"full_name": "Ân Nguyễn Thiên"}, True, False),
        ({"full_name": "Nguyễn Thiện Ân"}, False, True),
        ({"full_name": "Nguyen Thien An"}, False, True),
        ({"sex": "female"}, False, True),
        ({"birth_date": dt.date(2009, 6, 6)}, False, True),
        ({"phone": "+84909999999"}, False, True),
        ({"phone": "+84909999999", "full_name": "Nguyễn Thiện Ân"}, False, False),
    ],
)
def test_somebody_known_by_name_birth_and_phone(
    told: dict[str, Any],
    is_known: bool,
    asks: bool,
    campaign: Campaign,
    officer: User,
    places: SimpleNamespace,
) -> None:
    """Where marks, sex or the day speak against it, a remark asks and nobody is taken for somebody else."""
    known = {
        "full_name": "Nguyễn Thiên Ân", "sex": "male", "birth_date": dt.date(2009, 6, 5), "birth_year": 2009,
        "phone": "+84901234999", "home_commune": places.commune, "identity_number": None, "identity_kind": "",
    } | told  # fmt: skip
    person = PersonFactory(**known)
    batch = committed(campaign, officer, MOTHER, CHILD)
    line = batch.lines.get(number=3)
    assert (line.person_id == person.pk) == is_known
    assert ([fault["code"] for fault in line.remarks] == ["maybe_same"]) == asks
