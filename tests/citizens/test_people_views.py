"""The people pages: who sees whom, what is shown of a number, and how a record is corrected."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from citizens.actions import update_person
from citizens.models import Household, Person
from portal.records.models import Read
from tests.citizens.pages import LIST, page_of
from tests.factories import PersonFactory, client_of


def names(client: Client, **query: Any) -> list[str]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [person.full_name for person in answer.context["page"]]


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
    assert one <= 16


def test_numbers_are_masked_wherever_people_are_listed(here: Client, lan: Person) -> None:
    for address in (LIST, page_of(lan), f"{LIST}?export=csv"):
        text = here.get(address).content.decode("utf-8-sig")
        assert "•••4821" in text
        assert "090•••4567" in text
        for number in ("072184004821", "0901234567", "901234567"):
            assert number not in text


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
    assert read.reason.endswith(": lan")
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
