"""The people pages: who sees whom, what is shown of a number, and how a record is corrected."""

from __future__ import annotations

import csv
import datetime as dt
import html
import re
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from citizens.actions import NumberTaken, update_person
from citizens.models import Household, Person
from portal.records.log import history
from portal.records.models import Read
from tests.factories import PersonFactory, client_of, make_user
from tests.race import at_once
from tests.repatriation.conftest import make_places

LIST = "/officer/people/"


@pytest.fixture
def here(people: SimpleNamespace) -> Client:
    return client_of(people.here)


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(
        full_name="Nguyễn Thị Lan",
        home_commune=places.commune,
        identity_number="072184004821",
        phone="+84901234567",
    )


def page_of(person: Person, part: str = "") -> str:
    return f"{LIST}{person.pk}/{part}"


def names(client: Client, **query: Any) -> list[str]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [person.full_name for person in answer.context["page"]]


# --- The list


def test_people_stand_by_given_name_in_the_vietnamese_alphabet(here: Client, places: SimpleNamespace) -> None:
    order = ["Lê Văn An", "Trần Ân", "Đỗ Cúc", "Bùi Đào", "Võ Lan", "Nguyễn Văn Lan", "Hồ Ơn", "Phan Út"]
    for name in reversed(order):
        PersonFactory(full_name=name, home_commune=places.commune)
    shown = names(here)
    assert [name.split()[-1] for name in shown] == ["An", "Ân", "Cúc", "Đào", "Lan", "Lan", "Ơn", "Út"]


@pytest.mark.parametrize(
    "query",
    [
        "nguyen thi lan",
        "NGUYỄN THỊ LAN",
        "lan",
        "  thi   lan ",
        "Thị Lan",
        "072184004821",
        "0721 8400 4821",
        "0901234567",
        "0901 234 567",
        "+84 901 234 567",
        "84901234567",
    ],
)
def test_search_finds_by_name_without_marks_or_by_a_full_number(
    query: str, here: Client, lan: Person, places: SimpleNamespace
) -> None:
    PersonFactory(full_name="Đặng Văn Hùng", home_commune=places.commune, phone="")
    assert names(here, q=query) == ["Nguyễn Thị Lan"]


@pytest.mark.parametrize(
    "query",
    [
        "4821",
        "07218400482",
        "072184",
        "0901",
        "234567",
        "01234567",
        "0721840048211",
        "%",
        "_",
        "'",
        "4",
        "+84",
        "Lan 4821",
        "hùng",
    ],
)
def test_a_part_of_a_number_finds_nobody(query: str, here: Client, lan: Person) -> None:
    assert names(here, q=query) == []


def test_an_old_number_and_a_passport_are_found_whole(here: Client, places: SimpleNamespace) -> None:
    PersonFactory(full_name="Cũ", home_commune=places.commune, old_identity_number="290123456")
    PersonFactory(full_name="Chiếu", home_commune=places.commune, identity_number="B1234567")
    assert names(here, q="290 123 456") == ["Cũ"]
    assert names(here, q="b1234567") == ["Chiếu"]
    assert names(here, q="1234567") == []


def test_only_people_of_my_places_show_even_by_a_full_number(
    people: SimpleNamespace, lan: Person, places: SimpleNamespace
) -> None:
    elsewhere = client_of(people.elsewhere)
    for query in ("", "lan", lan.identity_number, lan.phone):
        assert names(elsewhere, q=query) == []
    lan.responsible_place = places.other_commune
    lan.save()
    assert names(elsewhere) == ["Nguyễn Thị Lan"]
    assert names(client_of(people.here)) == ["Nguyễn Thị Lan"]


def test_the_filter_offers_my_communes_only(
    people: SimpleNamespace, here: Client, lan: Person, places: SimpleNamespace
) -> None:
    assert names(here, commune=places.commune.pk) == ["Nguyễn Thị Lan"]
    assert "Phường Trảng Bàng" not in here.get(LIST).content.decode()
    answer = here.get(LIST, {"commune": places.other_commune.pk})
    assert answer.status_code == 200
    assert "commune" in answer.context["form"].errors


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 500},
        {"q": "\0"},
        {"commune": "abc"},
        {"page": "999999999999"},
        {"page": "-1"},
        {"page": "²"},
    ],
)
def test_an_odd_address_is_answered(query: dict[str, str], here: Client, lan: Person) -> None:
    assert here.get(LIST, query).status_code == 200


def test_an_empty_list_says_what_to_do(here: Client) -> None:
    assert "Gõ tên không cần dấu" in here.get(LIST, {"q": "khong co"}).content.decode()


def test_pages_walk_through_everybody_once(here: Client, places: SimpleNamespace) -> None:
    for number in range(51):
        PersonFactory(full_name=f"Nguyễn Văn {number:02d}", home_commune=places.commune)
    first, second = names(here), names(here, page=2)
    assert (len(first), len(second)) == (50, 1)
    assert not set(first) & set(second)
    assert "page=2" in here.get(LIST).content.decode()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("part", ["list", "export", "page"])
def test_thirty_people_cost_as_many_queries_as_one(
    part: str, here: Client, lan: Person, people: SimpleNamespace
) -> None:
    household = Household.objects.create(home_commune=lan.home_commune)
    lan.household = household
    lan.save()
    PersonFactory(household=household, home_commune=lan.home_commune)
    update_person(lan, by=people.here, address="1")
    address = {"list": LIST, "export": f"{LIST}?export=csv", "page": page_of(lan)}[part]
    queries(here, address)
    one = queries(here, address)
    for number in range(29):
        PersonFactory(household=household, home_commune=lan.home_commune, responsible_place=lan.home_commune)
        update_person(lan, by=people.here, address=str(number))
    assert queries(here, address) == one
    assert one <= 15


def test_numbers_are_masked_wherever_people_are_listed(here: Client, lan: Person) -> None:
    for address in (LIST, page_of(lan), f"{LIST}?export=csv"):
        text = here.get(address).content.decode("utf-8-sig")
        assert "•••4821" in text
        assert "090•••4567" in text
        for number in ("072184004821", "0901234567", "901234567"):
            assert number not in text


# --- Export


def test_an_export_has_what_the_filters_left_and_is_logged(
    here: Client, people: SimpleNamespace, lan: Person, places: SimpleNamespace
) -> None:
    PersonFactory(full_name="Đặng Văn Hùng", home_commune=places.commune)
    PersonFactory(full_name="Lan Khác", home_commune=places.other_commune)
    answer = here.get(LIST, {"q": "lan", "export": "csv"})
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Họ và tên"] for row in rows] == ["Nguyễn Thị Lan"]
    assert rows[0]["Ngày sinh"] == "12/03/1984"
    read = Read.objects.get(kind="export")
    assert (read.user, read.subject_type, read.subject_ids) == (people.here, "citizens.person", [lan.pk])
    assert "q=lan" in read.reason
    assert read.place == places.commune


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t=", "\r="])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_cell_never_becomes_a_formula(mark: str, kind: str, here: Client, lan: Person) -> None:
    Person.objects.update(address=f"{mark}HYPERLINK(1)")
    content = here.get(LIST, {"export": kind}).content
    if kind == "csv":
        (row,) = list(csv.reader(StringIO(content.decode("utf-8-sig"))))[1:]
    else:
        sheet = load_workbook(BytesIO(content)).active
        assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
        row = [str(cell.value or "") for cell in list(sheet.iter_rows())[1]]
    assert not [cell for cell in row if cell.startswith(tuple("=+-@\t\r\n"))]
    assert any("HYPERLINK" in cell for cell in row)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "nonsense"])
def test_an_export_of_nobody_is_a_file_with_headings(kind: str, here: Client) -> None:
    answer = here.get(LIST, {"export": kind, "q": "khong co ai"})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    if kind == "csv":
        assert "Họ và tên" in answer.content.decode("utf-8-sig")


# --- One person


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


# --- Correcting a record


def form_of(person: Person, **changes: str) -> dict[str, str]:
    """What the page's form would send."""
    fields = {
        "full_name": person.full_name,
        "sex": person.sex,
        "birth": f"{person.birth_date:%d/%m/%Y}" if person.birth_date else str(person.birth_year),
        "identity_number": person.identity_number or "",
        "phone": person.phone,
        "address": person.address,
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


# --- Two officers at once


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
