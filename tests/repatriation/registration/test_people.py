"""The people of the registration form: who they are, and their health."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from repatriation.models import Registration
from tests.repatriation.world.families import draft_of
from tests.repatriation.world.wizard import LAN, add_person, step


def test_a_person_sent_twice_is_one_person(client: Client, at_people: Registration) -> None:
    page = client.get(reverse("repatriation:register_person_add"))
    data = {**LAN, "client_key": str(page.context["form"]["client_key"].value())}
    for _press in range(2):
        client.post(reverse("repatriation:register_person_add"), data)
    assert len(draft_of(at_people).people) == 1


def test_wrong_fields_are_named_and_what_was_typed_is_kept(client: Client, at_people: Registration) -> None:
    response = add_person(client, full_name="Lan 2", birth="31/02/1984", sex="", identity="12345")
    html = response.content.decode()
    assert set(response.context["form"].errors) == {"full_name", "birth", "sex", "identity"}
    assert "31/02/1984" in html
    assert "5 chữ số" in html


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"identity": ""}, {"identity"}),
        ({"identity": "", "no_identity": "on"}, set()),
        ({"identity": "", "birth": "2019"}, set()),
        ({"birth": "1984"}, set()),
        ({"birth": "12/03/2090"}, {"birth"}),
        ({"identity": "072 184-004.821"}, set()),
        ({"identity": "C1234567"}, set()),
        ({"identity": "không nhớ"}, {"identity"}),
    ],
)
def test_what_a_person_needs(
    client: Client, at_people: Registration, fields: dict[str, str], wrong: set[str]
) -> None:
    response = add_person(client, **fields)
    assert (set(response.context["form"].errors) if response.status_code == 200 else set()) == wrong


def test_an_odd_number_is_a_warning_and_no_refusal(client: Client, at_people: Registration) -> None:
    response = add_person(client, birth="1990")
    assert response.status_code == 302
    health = client.get(response.url).content.decode()
    assert "sinh năm 1984" in health
    client.post(response.url)
    assert "sinh năm 1984" in client.get(step("gia-dinh")).content.decode()


def test_a_number_is_not_given_to_two_people(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    response = add_person(client, full_name="Trần Văn Minh")
    assert "Nguyễn Thị Lan" in str(response.context["form"].errors["identity"])


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, True),
        ({"sex": "male"}, False),
        ({"birth": "2019", "identity": ""}, False),
        ({"birth": "1950"}, False),
    ],
)
def test_pregnancy_is_asked_of_women_of_an_age(
    client: Client, at_people: Registration, fields: dict[str, str], asked: bool
) -> None:
    response = add_person(client, **fields)
    assert ("is_pregnant" in client.get(response.url).content.decode()) is asked


def test_a_pregnancy_does_not_stay_with_a_corrected_sex(client: Client, at_people: Registration) -> None:
    add_person(client, health={"is_pregnant": "on"})
    (told,) = draft_of(at_people).people
    assert told.is_pregnant
    url = reverse("repatriation:register_person", args=[told.key])
    client.post(url, {**LAN, "client_key": told.key, "sex": "male"})
    assert not draft_of(at_people).people[0].is_pregnant


CARD = "072184004821|290123456|NGUYỄN THỊ LAN|12031984|Nữ|Ấp Bùng Binh, Hưng Thuận, Tây Ninh|01042021"


@pytest.mark.parametrize("data", [{"fill": "1"}, {}])
def test_the_text_of_a_card_fills_the_form(
    client: Client, at_people: Registration, data: dict[str, str]
) -> None:
    response = client.post(
        reverse("repatriation:register_person_add"), {"card": CARD, "full_name": "", **data}
    )
    form = response.context["form"]
    values = {name: form[name].value() for name in ("full_name", "birth", "sex", "identity", "old_identity")}
    assert values == {
        "full_name": "Nguyễn Thị Lan",
        "birth": "12/03/1984",
        "sex": "female",
        "identity": "072184004821",
        "old_identity": "290123456",
    }
    assert draft_of(at_people).people == ()


def test_a_text_that_is_no_card_says_so(client: Client, at_people: Registration) -> None:
    response = client.post(reverse("repatriation:register_person_add"), {"card": "xin chào", "fill": "1"})
    assert list(response.context["form"].errors) == ["card"]


def test_a_person_is_taken_out_once(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    add_person(client, health={}, full_name="Trần Bảo An", birth="2019", identity="")
    first, second = draft_of(at_people).people
    for _press in range(2):
        client.post(reverse("repatriation:register_person_remove", args=[first.key]))
    assert draft_of(at_people).people == (second,)


def test_who_was_not_asked_about_health_is_asked_before_going_on(
    client: Client, at_people: Registration
) -> None:
    response = add_person(client)
    assert client.post(step("gia-dinh")).url == response.url


def test_a_family_of_more_than_fifteen_is_sent_to_the_hotline(
    client: Client, at_people: Registration
) -> None:
    for number in range(15):
        add_person(client, health={}, full_name=f"Bé {'ABCDEFGHIJKLMNOP'[number]}", birth="2019", identity="")
    page = client.get(step("gia-dinh")).content.decode()
    assert ">0276 1022</a> để được xếp xe riêng" in page
    add_person(client, full_name="Bé Z", birth="2019", identity="")
    assert len(draft_of(at_people).people) == 15


def test_another_member_may_speak_for_the_family(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    add_person(client, health={}, full_name="Trần Văn Minh", sex="male", identity="072082001111")
    first, second = draft_of(at_people).people
    for _press in range(2):
        client.post(reverse("repatriation:register_person_first", args=[second.key]))
    assert draft_of(at_people).people == (second, first)
    assert client.get(reverse("repatriation:register_person_first", args=[second.key])).status_code == 405


def test_no_child_speaks_for_a_family_in_which_somebody_is_grown_up(
    client: Client, at_people: Registration
) -> None:
    add_person(client, health={})
    add_person(client, health={}, full_name="Trần Bảo An", birth="2019", identity="")
    add_person(client, health={}, full_name="Trần Văn Minh", sex="male", identity="072082001111")
    mother, child, father = draft_of(at_people).people
    client.post(reverse("repatriation:register_person_remove", args=[mother.key]))
    assert draft_of(at_people).people == (father, child)
