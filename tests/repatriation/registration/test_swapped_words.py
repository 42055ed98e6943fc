"""Twins whose names have the same words stay who they are when their family registers again."""

from __future__ import annotations

import datetime as dt

import pytest

from citizens.matching import words_swapped
from citizens.models import Person
from portal.places.models import Place
from repatriation.registration.drafts import PersonEntry
from repatriation.registration.people import Home, match

PHONE = "+84901234567"


def row(pk: int, name: str) -> Person:
    return Person(pk=pk, full_name=name, sex="", birth_date=dt.date(2019, 6, 5), birth_year=2019, phone=PHONE)


def entry(key: str, name: str) -> PersonEntry:
    return PersonEntry(key=key, full_name=name, birth="05/06/2019", sex="")


def matched(known: list[Person], *entries: PersonEntry) -> dict[str, int | None]:
    home = Home(Place(), "", PHONE)
    return {key: person.pk for key, person in match(entries, known, home, by_citizen=True).items()}


@pytest.mark.parametrize("keys", ["ab", "ba"])
def test_each_is_matched_with_the_row_of_the_own_name(keys: str) -> None:
    one, other = keys
    typed = entry(one, "Lê Minh Anh"), entry(other, "Lê Anh Minh")
    assert matched([row(1, "Lê Minh Anh")], *typed) == {one: 1, other: None}
    assert matched([row(1, "Lê Minh Anh"), row(2, "Lê Anh Minh")], *typed) == {one: 1, other: 2}


def test_a_family_name_that_is_written_last_is_the_same_person() -> None:
    assert matched([row(1, "Lê Minh Anh")], entry("a", "Minh Anh Lê")) == {"a": 1}
    assert not words_swapped("Lê Minh Anh", "Minh Anh Lê")
    assert words_swapped("Lê Minh Anh", "LÊ ANH MINH")
    assert not words_swapped("Lê Minh Anh", "Le Minh Anh")
