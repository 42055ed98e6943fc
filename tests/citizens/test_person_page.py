"""One person's page: who sees it, what is shown of a number, and how a record is corrected."""

from __future__ import annotations

import datetime as dt
import html
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from citizens.actions import NumberTaken, state_of, update_person
from citizens.models import Household, Person
from portal.records.log import history
from portal.records.models import Read
from tests.citizens.pages import LIST, page_of
from tests.factories import PersonFactory, client_of, make_user
from tests.race import at_once
from tests.repatriation.world.places import make_places


@pytest.mark.parametrize("part", ["", "edit/"])
def test_a_person_of_another_commune_is_not_found(part: str, people: SimpleNamespace, lan: Person) -> None:
    elsewhere = client_of(people.elsewhere)
    assert elsewhere.get(page_of(lan, part)).status_code == 404
    assert elsewhere.get(f"{LIST}999999999/{part}").status_code == 404
    assert not Read.objects.exists()


def test_posts_about_a_person_of_another_commune_are_not_found(people: SimpleNamespace, lan: Person) -> None:
    elsewhere = client_of(people.elsewhere)
    assert elsewhere.post(page_of(lan, "edit/"), form_of(lan)).status_code == 404
    assert elsewhere.post(page_of(lan, "reveal/"), {"reason": "x"}).status_code == 404


def test_the_page_is_logged_with_where_and_from_where(
    here: Client, people: SimpleNamespace, lan: Person, places: SimpleNamespace
) -> None:
    page = here.get(page_of(lan)).content.decode()
    read = Read.objects.get()
    assert (read.kind, read.user, read.subject_ids, read.place) == (
        "page",
        people.here,
        [lan.pk],
        places.commune,
    )
    assert read.address == "127.0.0.1"
    assert page_of(lan, "edit/") in page


def test_relatives_of_another_commune_are_not_named(
    here: Client, lan: Person, places: SimpleNamespace
) -> None:
    lan.household = Household.objects.create(home_commune=places.commune)
    lan.save()
    PersonFactory(full_name="Người Nhà", household=lan.household, home_commune=places.commune)
    PersonFactory(full_name="Người Xa", household=lan.household, home_commune=places.other_commune)
    page = here.get(page_of(lan)).content.decode()
    assert "Người Nhà" in page
    assert "Người Xa" not in page


def test_who_only_looks_may_not_edit(people: SimpleNamespace, lan: Person) -> None:
    viewer = client_of(people.viewer)
    assert page_of(lan, "edit/") not in viewer.get(page_of(lan)).content.decode()
    assert viewer.get(page_of(lan, "edit/")).status_code == 403
    assert viewer.post(page_of(lan, "edit/"), form_of(lan, full_name="Khác")).status_code == 403
    lan.refresh_from_db()
    assert lan.full_name == "Nguyễn Thị Lan"


def test_who_may_edit_at_one_place_only_looks_at_the_other(
    people: SimpleNamespace, lan: Person, places: SimpleNamespace
) -> None:
    user = make_user("commune", places.other_commune)
    user.assignments.create(role="commune_viewer", place=places.commune)
    assert client_of(user).get(page_of(lan)).status_code == 200
    assert client_of(user).post(page_of(lan, "edit/"), form_of(lan)).status_code == 403


def test_full_numbers_show_for_a_reason_that_is_logged(
    here: Client, people: SimpleNamespace, lan: Person, places: SimpleNamespace
) -> None:
    answer = here.post(page_of(lan, "reveal/"), {"reason": "Gọi báo giờ xe"})
    assert "072184004821" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    read = Read.objects.get()
    assert (read.kind, read.reason, read.place) == ("reveal", "Gọi báo giờ xe", places.commune)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_without_a_reason_nothing_shows(reason: str, here: Client, lan: Person) -> None:
    answer = here.post(page_of(lan, "reveal/"), {"reason": reason})
    assert answer.status_code == 422
    assert "072184004821" not in answer.content.decode()
    assert not Read.objects.exists()


def test_the_methods(here: Client, lan: Person) -> None:
    assert here.get(page_of(lan, "reveal/")).status_code == 405
    assert here.post(LIST).status_code == 405
    assert here.post(page_of(lan)).status_code == 405


def form_of(person: Person, **changes: str) -> dict[str, str]:
    """What the page's form would send."""
    fields = {
        "full_name": person.full_name,
        "sex": person.sex,
        "birth": f"{person.birth_date:%d/%m/%Y}" if person.birth_date else str(person.birth_year),
        "identity_number": person.identity_number or "",
        "phone": person.phone,
        "address": person.address,
        "seen": state_of(person),
    }
    return {**fields, **changes}


def hidden(page: str) -> dict[str, str]:
    """The last of each hidden field of the page, as a browser sends them and Django reads them."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = html.unescape(value[1]) if value else ""
    return found


def test_a_correction_is_saved_and_logged_without_numbers(
    here: Client, people: SimpleNamespace, lan: Person
) -> None:
    answer = here.post(page_of(lan, "edit/"), form_of(lan, full_name="Nguyễn Thị Lành", phone="0907 654 321"))
    assert answer["Location"] == page_of(lan)
    lan.refresh_from_db()
    assert (lan.full_name, lan.search_name, lan.phone) == (
        "Nguyễn Thị Lành",
        "nguyen thi lanh",
        "+84907654321",
    )
    event = history(lan).get()
    assert (event.verb, event.user, event.data) == (
        "updated",
        people.here,
        {"fields": ["full_name", "phone"]},
    )
    assert "Sửa hồ sơ" in here.get(page_of(lan)).content.decode()


def test_nothing_changed_logs_nothing(here: Client, lan: Person) -> None:
    for _time in range(2):
        assert here.post(page_of(lan, "edit/"), form_of(lan)).status_code == 302
    assert not history(lan).exists()


def test_the_edit_page_shows_numbers_and_says_so_in_the_log(
    here: Client, lan: Person, places: SimpleNamespace
) -> None:
    assert "072184004821" in here.get(page_of(lan, "edit/")).content.decode()
    read = Read.objects.get()
    assert (read.kind, read.place) == ("reveal", places.commune)


@pytest.mark.parametrize(
    "changes",
    [
        {"full_name": ""},
        {"full_name": "x" * 121},
        {"birth": "32/13/1984"},
        {"birth": ""},
        {"birth": "01/01/2999"},
        {"sex": "other"},
        {"phone": "123"},
        {"identity_number": "12345"},
    ],
    ids=str,
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(
    changes: dict[str, str], here: Client, lan: Person
) -> None:
    answer = here.post(page_of(lan, "edit/"), form_of(lan, address="Ấp mới", **changes))
    assert answer.status_code == 200
    assert set(changes) <= set(answer.context["form"].errors)
    assert "Ấp mới" in answer.content.decode()
    lan.refresh_from_db()
    assert lan.address != "Ấp mới"


MAN = "072084004821"  # the number of a man born in 1984


def test_doubts_are_asked_about_once(here: Client, lan: Person) -> None:
    sent = form_of(lan, identity_number=MAN)
    page = here.post(page_of(lan, "edit/"), sent).content.decode()
    assert "bấm Lưu lần nữa" in page
    assert Person.objects.get().identity_number != MAN
    assert here.post(page_of(lan, "edit/"), {**sent, **hidden(page)}).status_code == 302
    assert Person.objects.get().identity_number == MAN


def test_other_doubts_are_asked_about_again(here: Client, lan: Person) -> None:
    page = here.post(page_of(lan, "edit/"), form_of(lan, identity_number=MAN)).content.decode()
    other = {**form_of(lan, identity_number="072090004821"), **hidden(page)}
    assert "bấm Lưu lần nữa" in here.post(page_of(lan, "edit/"), other).content.decode()
    forged = {**other, "confirmed": "1"}
    assert here.post(page_of(lan, "edit/"), forged).status_code == 200
    assert Person.objects.get().identity_number == "072184004821"


def test_a_number_of_somebody_else_is_refused_with_a_sentence(
    here: Client, lan: Person, places: SimpleNamespace
) -> None:
    PersonFactory(home_commune=places.other_commune, identity_number="072184999999")
    answer = here.post(page_of(lan, "edit/"), form_of(lan, identity_number="072184999999"))
    assert "đã có ở hồ sơ của người khác" in answer.content.decode()


def test_a_number_may_be_taken_away(here: Client, lan: Person) -> None:
    assert here.post(page_of(lan, "edit/"), form_of(lan, identity_number="")).status_code == 302
    lan.refresh_from_db()
    assert (lan.identity_number, lan.identity_kind) == (None, "")


def test_a_birth_year_alone_replaces_the_date(here: Client, lan: Person) -> None:
    assert here.post(page_of(lan, "edit/"), form_of(lan, birth="1984")).status_code == 302
    lan.refresh_from_db()
    assert (lan.birth_date, lan.birth_year) == (None, 1984)
    assert here.post(page_of(lan, "edit/"), form_of(lan, birth="12/03/1984")).status_code == 302
    lan.refresh_from_db()
    assert (lan.birth_date, lan.birth_year) == (dt.date(1984, 3, 12), 1984)


def test_who_saves_second_is_told_what_stands_there_and_may_save_over_it(
    here: Client, people: SimpleNamespace, lan: Person
) -> None:
    read = form_of(lan, address="12 ấp Trung")
    update_person(lan, by=people.health, full_name="Nguyễn Thị Lành", phone="+84907654321")
    page = here.post(page_of(lan, "edit/"), read).content.decode()
    assert "vừa được người khác sửa" in page
    assert "Hiện đang ghi: Nguyễn Thị Lành." in page
    assert "Hiện đang ghi: 090•••4321." in page
    assert "+84907654321" not in page
    assert 'value="12 ấp Trung"' in page
    lan.refresh_from_db()
    assert (lan.full_name, lan.address) == ("Nguyễn Thị Lành", "Tổ 3, ấp Bùng Binh")
    again = {**read, **hidden(page), "full_name": "Nguyễn Thị Lành", "phone": "0907 654 321"}
    assert here.post(page_of(lan, "edit/"), again).status_code == 302
    lan.refresh_from_db()
    assert (lan.full_name, lan.phone, lan.address) == ("Nguyễn Thị Lành", "+84907654321", "12 ấp Trung")


def test_a_press_that_comes_twice_is_no_change_by_somebody_else(here: Client, lan: Person) -> None:
    sent = form_of(lan, address="12 ấp Trung")
    assert [here.post(page_of(lan, "edit/"), sent).status_code for _time in range(2)] == [302, 302]
    assert history(lan).count() == 1


def test_a_form_that_does_not_say_what_was_read_saves_nothing(here: Client, lan: Person) -> None:
    sent = form_of(lan, address="12 ấp Trung", seen="")
    assert "vừa được người khác sửa" in here.post(page_of(lan, "edit/"), sent).content.decode()
    assert not history(lan).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_save_at_once_one_reads_of_the_other() -> None:
    places = make_places()
    users = [make_user("commune", places.commune, username=name) for name in ("mot", "hai")]
    person = PersonFactory(home_commune=places.commune)
    forms = [form_of(person, full_name="Nguyễn Thị Lành"), form_of(person, address="12 ấp Trung")]
    answers = at_once(
        *[
            lambda user=user, sent=sent: client_of(user).post(page_of(person, "edit/"), sent).status_code
            for user, sent in zip(users, forms, strict=True)
        ]
    )
    assert sorted(answers) == [200, 302]
    assert history(person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_number_for_two_people_at_once_is_a_sentence_not_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = make_places()
    user = make_user("commune", places.commune)
    pair = [PersonFactory(home_commune=places.commune, identity_number=None) for _person in range(2)]

    def save(person: Person) -> Any:
        answer = client_of(user).post(
            page_of(person, "edit/"), form_of(person, identity_number="072184009999")
        )
        return answer.status_code, "đã có ở hồ sơ của người khác" in answer.content.decode()

    results = at_once(*[lambda person=person: save(person) for person in pair])
    assert sorted(results) == [(200, True), (302, False)]
    assert Person.objects.filter(identity_number="072184009999").count() == 1


def test_past_the_look_of_the_form_the_database_still_refuses(
    people: SimpleNamespace, lan: Person, places: SimpleNamespace
) -> None:
    """What happens when the other officer saves between the form's look and the save."""
    other = PersonFactory(home_commune=places.commune, identity_number=None)
    with pytest.raises(NumberTaken, match="người khác"):
        update_person(other, by=people.here, identity_number=lan.identity_number)
    other.refresh_from_db()
    assert other.identity_number is None
    assert not history(other).exists()
