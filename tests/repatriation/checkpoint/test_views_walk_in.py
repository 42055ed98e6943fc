"""The short form of the barrier, for people whom nobody registered."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from repatriation.models import Arrival, Registration
from tests.repatriation.world.barrier import CARD, WALK_IN, scan
from tests.repatriation.world.road import people_of, text_of


def lines(road: SimpleNamespace, *people: dict[str, str], **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "destination": road.commune.pk,
        "address": "Tổ 3",
        "phone": "0901 112 223",
        "rapid_test": "none",
        "client_key": str(uuid.uuid4()),
        "form-TOTAL_FORMS": "4",
        "form-INITIAL_FORMS": "0",
    }
    for number in range(4):
        values = people[number] if number < len(people) else {}
        for name in ("full_name", "birth", "sex", "identity_number"):
            data[f"form-{number}-{name}"] = values.get(name, "")
    return {**data, **changes}


HOA = {
    "full_name": "Lê Thị Hoa",
    "birth": "12/03/1984",
    "sex": "female",
    "identity_number": "072 184 004 821",
}


def test_people_without_registration_are_recorded(road: SimpleNamespace, box: Client) -> None:
    data = lines(road, HOA, {"full_name": "Lê Bé Na", "birth": "2020"})
    page = box.post(WALK_IN, data, follow=True)
    assert "Đã ghi nhận 2 người: Lê Thị Hoa" in text_of(page)
    page = box.post(WALK_IN, data, follow=True)
    assert "đã được ghi nhận trước đó" in text_of(page)
    assert list(Arrival.objects.order_by("pk").values_list("person__full_name", "person__birth_year")) == [
        ("Lê Thị Hoa", 1984),
        ("Lê Bé Na", 2020),
    ]
    assert Arrival.objects.first().person.identity_number == "072184004821"


def test_papers_of_a_walk_in_are_compared_when_the_officer_says_so(
    road: SimpleNamespace, box: Client
) -> None:
    na = {"full_name": "Lê Bé Na", "birth": "2020"}
    box.post(WALK_IN, lines(road, HOA, na, **{"form-1-compared": "on"}))
    marks = dict(Arrival.objects.values_list("person__full_name", "identity_checked"))
    assert marks == {"Lê Thị Hoa": False, "Lê Bé Na": True}


def test_an_unknown_card_fills_the_short_form_which_then_records(road: SimpleNamespace, box: Client) -> None:
    page = scan(box, CARD)
    first = page.context["people"].forms[0]
    values = {name: str(first[name].value()) for name in first.fields}
    assert values["full_name"] == "Nguyễn Thị Lan"
    assert values["birth"] == "12/03/1984"
    data = lines(road, values, **{"form-INITIAL_FORMS": page.context["people"].initial_form_count()})
    box.post(WALK_IN, data)
    assert Arrival.objects.get().person.identity_number == "072184004821"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"form-0-full_name": ""}, "Vui lòng ghi họ và tên."),
        ({"form-0-full_name": "123"}, "chỉ gồm chữ"),
        ({"form-0-birth": "31/02/1984"}, "ngày"),
        ({"form-0-identity_number": "1234567"}, "chữ số"),
        ({"destination": ""}, "Vui lòng chọn xã, phường nơi gia đình về."),
        ({"phone": "12"}, "điện thoại"),
        ({"client_key": ""}, "Trang đã cũ"),
        ({"form-1-full_name": "Lê Ba", "form-1-birth": "1950", "form-1-identity_number": "072184004821"}, "Hai người có cùng số giấy tờ"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_short_form_is_said_and_kept(
    road: SimpleNamespace, box: Client, changes: dict[str, str], sentence: str
) -> None:
    page = box.post(WALK_IN, lines(road, HOA, **changes))
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "Tổ 3" in text_of(page)
    assert not Arrival.objects.exists()


def test_somebody_registered_is_pointed_to_the_code(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    person = people_of(row)[0]
    line = {**HOA, "full_name": person.full_name, "identity_number": str(person.identity_number)}
    page = box.post(WALK_IN, lines(road, line))
    assert page.status_code == 422
    assert row.code in text_of(page)
