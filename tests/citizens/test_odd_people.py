"""Names and numbers that nobody foresaw, and looks at full numbers that nobody should get unseen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from citizens.actions import state_of
from citizens.forms import CodeForm
from citizens.models import Person
from portal.accounts.roles import Role
from portal.places.models import Place
from portal.records.models import Read
from tests.factories import PersonFactory, client_of, make_user


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(home_commune=places.commune)


@pytest.fixture
def here(people: SimpleNamespace) -> Client:
    return client_of(people.here)


def edit(client: Client, person: Person, **changes: str) -> object:
    said = {"full_name": person.full_name, "birth": "12/03/1984", "sex": "female"}
    data = {**said, "seen": state_of(person), **changes}
    return client.post(f"/officer/people/{person.pk}/edit/", data)


def test_an_empty_form_sent_by_hand_shows_no_number_unlogged(here: Client, lan: Person) -> None:
    """The token may come in a header: then the body is empty, and the page must not be the first one."""
    page = here.post(f"/officer/people/{lan.pk}/edit/").content.decode()
    assert lan.identity_number not in page
    assert "Vui lòng" in page
    assert not Read.objects.exists()


@pytest.mark.parametrize("number", ["ABC1234567890", "A123456789012", "A1234567890123456789"])
def test_a_number_longer_than_any_paper_is_a_sentence(number: str, here: Client, lan: Person) -> None:
    answer = edit(here, lan, identity_number=number)
    assert "dài nhất là 12 ký tự" in answer.content.decode()
    assert number in answer.content.decode(), "what was typed stays"


@pytest.mark.parametrize("name", ["ﷺ" * 6, "ĳ" * 120, "Ǆ" * 120])
def test_a_name_that_no_paper_has_is_a_sentence(name: str, here: Client, lan: Person) -> None:
    """Letters of another alphabet, and letters that become two so that the name grows too long."""
    assert "Họ tên chỉ gồm chữ" in edit(here, lan, full_name=name).content.decode()


@pytest.mark.parametrize("name", ["ĳ" * 60, "Ǆ" * 40, "İ" * 120, "Lan\x0bThị"])
def test_a_name_of_odd_letters_is_kept_listed_and_exported(name: str, here: Client, lan: Person) -> None:
    assert edit(here, lan, full_name=name).status_code == 302
    assert here.get("/officer/people/").status_code == 200
    for kind in ("xlsx", "csv"):
        assert here.get("/officer/people/", {"export": kind}).status_code == 200


@pytest.fixture
def guest(places: SimpleNamespace) -> Person:
    """Somebody of another commune who stays at a facility."""
    site = Place.objects.create(
        kind="facility", code="ccl-1", name="Khu cách ly 1", parent=places.other_commune
    )
    return PersonFactory(home_commune=places.other_commune, responsible_place=site)


def test_who_sees_health_alone_sees_no_number_in_full(guest: Person) -> None:
    client = client_of(make_user(Role.FACILITY, guest.responsible_place))
    page = client.get(f"/officer/people/{guest.pk}/")
    assert page.status_code == 200
    assert "/reveal/" not in page.content.decode()
    assert client.post(f"/officer/people/{guest.pk}/reveal/", {"reason": "hỏi"}).status_code == 403


def test_a_right_over_other_people_does_not_show_these_numbers(
    guest: Person, places: SimpleNamespace
) -> None:
    user = make_user(Role.FACILITY, guest.responsible_place)
    user.assignments.create(role=Role.COMMUNE_VIEWER, place=places.commune)
    client = client_of(user)
    assert client.post(f"/officer/people/{guest.pk}/reveal/", {"reason": "hỏi"}).status_code == 403
    assert "/reveal/" not in client.get(f"/officer/people/{guest.pk}/").content.decode()
    assert not Read.objects.filter(kind="reveal").exists()


@pytest.mark.parametrize("typed", ["12345", "1234567", "abc", "²²²²²²", "- - -", "Lan"])
def test_what_is_no_code_costs_no_try(typed: str) -> None:
    form = CodeForm({"code": typed})
    assert not form.is_valid()
    assert form.errors["code"] == ["Vui lòng nhập mã 6 số trong tin nhắn."]


@pytest.mark.parametrize("typed", ["123456", "123 456", "1 2 3 4 5 6", "12-34-56", "１２３４５６"])
def test_six_digits_in_any_dress_are_a_code(typed: str) -> None:
    assert CodeForm({"code": typed}).is_valid()
