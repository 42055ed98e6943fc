"""People on nobody's list, entered by scanning card after card."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from repatriation.checkpoint.walkins import home_of
from repatriation.models import Arrival, Registration
from tests.factories import PersonFactory
from tests.repatriation.world.barrier import WALK_IN, scan
from tests.repatriation.world.road import people_of, text_of

LETTERS = "BCDGHKLMNPQRSTVXBCDGHK"
HOME = "Tổ 7, Ấp Bùng Binh, Hưng Thuận, Tây Ninh"


def card_text(number: int, name: str, born: str = "12031984", home: str = HOME) -> str:
    return f"07218400{number:04d}||{name}|{born}|Nữ|{home}|01062021"


def sent(page: Any, **changes: Any) -> dict[str, Any]:
    """What the browser sends of the walk-in form as it stands."""
    form, people = page.context["form"], page.context["people"]
    data: dict[str, Any] = {"q": ""}
    for bound in form:
        value = bound.value()
        if bound.name == "destination":
            place_id = getattr(value, "pk", None) or getattr(value, "place_id", value) or ""
            data["destination"] = place_id
            if getattr(value, "text", "") and not place_id:
                data["destination_text"] = value.text
        elif value not in (None, ""):
            data[bound.name] = value
    data |= {"form-TOTAL_FORMS": str(people.total_form_count()), "form-INITIAL_FORMS": "0"}
    for line in people:
        for bound in line:
            value = bound.value()
            if value not in (None, "", False, []):
                data[bound.html_name] = value
    return {**data, **changes}


def names(page: Any) -> list[str]:
    return [line["full_name"].value() for line in page.context["people"] if line["full_name"].value()]


def test_each_card_adds_a_person_and_one_press_records_six(road: SimpleNamespace, box: Client) -> None:
    everybody = [f"Lê Thị {name}" for name in ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu")]
    page = scan(box, card_text(1, everybody[0]))
    assert names(page) == everybody[:1]
    for number, name in enumerate(everybody[1:], start=2):
        page = box.post(WALK_IN, sent(page, q=card_text(number, name)))
        assert page.status_code == 200
    assert names(page) == everybody
    page = box.post(WALK_IN, sent(page), follow=True)
    assert "Đã ghi nhận 6 người: Lê Thị Một. Đã báo Xã Hưng Thuận." in text_of(page)
    assert set(Arrival.objects.values_list("address", flat=True)) == {"Tổ 7, Ấp Bùng Binh"}
    assert set(Arrival.objects.values_list("person__sex", flat=True)) == {"female"}


def test_the_same_card_twice_is_one_person(box: Client) -> None:
    page = scan(box, card_text(1, "Lê Thị Một"))
    page = box.post(WALK_IN, sent(page, q=card_text(1, "Lê Thị Một")))
    assert names(page) == ["Lê Thị Một"]
    assert "đã có trong danh sách này" in text_of(page)


def test_somebody_registered_is_offered_and_what_was_entered_stays(row: Registration, box: Client) -> None:
    person = people_of(row)[0]
    page = scan(box, card_text(1, "Lê Thị Một"))
    text = f"{person.identity_number}||{person.full_name}|12031984|Nữ|{HOME}|01062021"
    page = box.post(WALK_IN, sent(page, q=text))
    assert names(page) == ["Lê Thị Một"]
    assert row.code in text_of(page)
    assert [found.registration for found, _token in page.context["known"]] == [row]


@pytest.mark.parametrize("text", ["8934563138165", "nguyen van a", "TN-00000-1"])
def test_what_is_no_card_adds_nobody(box: Client, text: str) -> None:
    page = scan(box, card_text(1, "Lê Thị Một"))
    page = box.post(WALK_IN, sent(page, q=text))
    assert names(page) == ["Lê Thị Một"]
    assert "message-warning" in text_of(page)


def test_without_a_script_a_button_adds_an_empty_line(box: Client) -> None:
    page = box.get(WALK_IN)
    before = page.context["people"].total_form_count()
    page = box.post(WALK_IN, sent(page, more="1"))
    assert page.context["people"].total_form_count() == before + 1


def test_sixty_people_and_no_more(road: SimpleNamespace, box: Client) -> None:
    page = box.get(WALK_IN)
    data = sent(page, destination=road.commune.pk)
    data["form-TOTAL_FORMS"] = "60"
    for number in range(60):
        data |= {
            f"form-{number}-full_name": f"Lê Thị {LETTERS[number // 20]}{LETTERS[number % 20]}a",
            f"form-{number}-birth": "1984",
        }
    page = box.post(WALK_IN, data, follow=True)
    assert "Đã ghi nhận 60 người" in text_of(page)
    data["form-TOTAL_FORMS"] = "61"
    assert box.post(WALK_IN, data).status_code == 422


def test_what_was_seen_of_each_is_kept(road: SimpleNamespace, box: Client) -> None:
    page = scan(box, card_text(1, "Lê Thị Một"))
    page = box.post(WALK_IN, sent(page, q=card_text(2, "Lê Thị Hai")))
    changes = {"form-1-signs": ["cough"], "form-1-temperature": "38,6", "form-1-needs": "xe lăn"}
    changes |= {"form-0-positive": "on", "form-0-decision": "hospital"}
    box.post(WALK_IN, sent(page, **changes))
    one, two = Arrival.objects.order_by("person__identity_number")
    assert (one.rapid_test, one.decision) == ("positive", "hospital")
    assert (two.symptoms, str(two.temperature), two.needs, two.decision) == (
        ["cough"],
        "38.6",
        "xe lăn",
        "facility",
    )


def test_a_positive_person_does_not_go_home(box: Client) -> None:
    page = scan(box, card_text(1, "Lê Thị Một"))
    page = box.post(WALK_IN, sent(page, **{"form-0-positive": "on"}))
    assert page.status_code == 422
    assert "không về thẳng nhà" in text_of(page)


def test_without_a_commune_nobody_is_entered(box: Client) -> None:
    page = scan(box, card_text(1, "Lê Thị Một", home=""))
    page = box.post(WALK_IN, sent(page))
    assert page.status_code == 422
    assert not Arrival.objects.exists()


def test_somebody_known_is_taken_as_the_portal_has_them(road: SimpleNamespace, box: Client) -> None:
    person = PersonFactory(home_commune=road.commune, full_name="Lê Thị Một")
    page = box.get(WALK_IN)
    text = f"{person.identity_number}||Lê Thị Một|01011984|Nữ|{HOME}|01062021"
    page = box.post(WALK_IN, sent(page, q=text))
    assert names(page) == ["Lê Thị Một"]
    box.post(WALK_IN, sent(page))
    assert Arrival.objects.get().person == person


def test_the_home_of_a_card(road: SimpleNamespace) -> None:
    assert home_of(HOME) == (road.commune, "Tổ 7, Ấp Bùng Binh")
    place, rest = home_of("Ấp 3, Nơi Không Có, Tây Ninh")
    assert getattr(place, "text", "").startswith("Ấp 3") or rest == ""
    assert home_of("") == (None, "")
