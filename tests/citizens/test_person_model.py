"""What the database keeps true of a person, and what is computed."""

from __future__ import annotations

import datetime as dt
import unicodedata
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from citizens.models import Person
from tests.factories import PersonFactory


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(home_commune=places.commune, birth_date=dt.date(2000, 3, 31))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"identity_number": ""}, "person_identity_number_null_not_empty"),
        ({"birth_year": 1899}, "person_birth_year_plausible"),
        ({"birth_year": 2101}, "person_birth_year_plausible"),
        ({"arrived_at": timezone.now(), "responsible_place": None}, "person_arrived_has_responsible_place"),
    ],
)
def test_the_database_refuses(changes: dict[str, object], rule: str, lan: Person) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Person.objects.filter(pk=lan.pk).update(**changes)


def test_a_number_belongs_to_one_person_and_no_number_to_many(places: SimpleNamespace) -> None:
    for _child in range(3):
        PersonFactory(home_commune=places.commune, identity_number=None)
        PersonFactory(home_commune=places.commune, identity_number="")
    PersonFactory(home_commune=places.commune, identity_number="072184004821")
    with pytest.raises(IntegrityError, match="person_identity_number_unique"), transaction.atomic():
        PersonFactory(home_commune=places.other_commune, identity_number="072184004821")


def test_the_name_is_kept_composed_and_searched_without_marks(places: SimpleNamespace) -> None:
    typed = unicodedata.normalize("NFD", "Đặng Thị Hòa")
    person = PersonFactory(home_commune=places.commune, full_name=typed)
    person.refresh_from_db()
    assert person.full_name == "Đặng Thị Hòa"
    assert person.search_name == "dang thi hoa"
    for query in (typed, "Hoà", "dang THI hoa"):
        assert Person.objects.by_name(query).get() == person


def test_a_new_name_alone_renews_what_is_searched_and_sorted(lan: Person) -> None:
    before = lan.sort_key
    lan.full_name = "Phạm Út"
    lan.save(update_fields=["full_name"])
    lan.refresh_from_db()
    assert lan.search_name == "pham ut"
    assert lan.sort_key > before


def test_signs_of_a_pattern_are_looked_for_as_they_are(lan: Person) -> None:
    for sign in ("%", "_", "\\", "L%n", "L_n"):
        assert lan not in Person.objects.by_name(sign)
    assert lan in Person.objects.by_name("  ")


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (dt.date(2000, 3, 31), 0),
        (dt.date(2000, 4, 30), 0),
        (dt.date(2000, 5, 1), 1),
        (dt.date(2003, 3, 30), 35),
        (dt.date(2003, 3, 31), 36),
    ],
)
def test_age_counts_whole_months(day: dt.date, months: int, lan: Person) -> None:
    assert lan.age_in_months(day) == months
    assert lan.age(day) == months // 12


def test_a_year_alone_counts_as_the_oldest_it_can_be(places: SimpleNamespace) -> None:
    person = PersonFactory(home_commune=places.commune, birth_date=None, birth_year=1960)
    assert person.age(dt.date(2020, 1, 1)) == 60


def test_who_answers_for_a_person_is_where_their_log_is_read(lan: Person, places: SimpleNamespace) -> None:
    assert lan.log_place_id == places.commune.pk
    lan.responsible_place = places.other_commune
    assert lan.log_place_id == places.other_commune.pk
