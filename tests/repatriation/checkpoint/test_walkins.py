"""People who come without a registration."""

from __future__ import annotations

import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.refusals import Refused
from portal.records.transitions import transition
from repatriation.checkpoint.actions import ArrivalResult
from repatriation.checkpoint.walkins import record_walk_in
from repatriation.handover.actions import accept
from repatriation.models import Arrival, Handover
from repatriation.registration.drafts import PersonEntry
from repatriation.registration.people import IdentityTaken
from tests.factories import PersonFactory
from tests.repatriation.world.families import entry
from tests.repatriation.world.road import family, party, people_of

NUMBER = "072184004821"


def walk_in(road: SimpleNamespace, *people: PersonEntry, **changes: Any) -> ArrivalResult:
    values = {
        "checkpoint": road.checkpoint,
        "destination": road.commune,
        "client_key": uuid.uuid4(),
        "by": road.barrier,
        "phone": "+84901112223",
        "address": "Tổ 3",
        **changes,
    }
    return record_walk_in(people=people, **values)


def test_unknown_people_are_written_down_and_handed_over(road: SimpleNamespace) -> None:
    result = walk_in(road, entry("Lê Thị Hoa", identity=NUMBER), entry("Lê Bé Na", birth="2020"))
    first, second = (arrival.person for arrival in result.arrivals)
    assert (first.full_name, first.identity_number, first.phone) == ("Lê Thị Hoa", NUMBER, "+84901112223")
    assert (second.identity_number, second.birth_year) == (None, 2020)
    assert first.household == second.household
    assert first.household is not None
    assert {person.responsible_place for person in (first, second)} == {road.checkpoint}
    assert [(a.registration, a.was_expected, a.means) for a in result.arrivals] == [
        (None, False, "private")
    ] * 2
    assert [a.identity_checked for a in result.arrivals] == [False, False]
    assert len(party(result)) == 2
    assert Message.objects.get(kind="arrived").phone == "+84901112223"


def test_papers_are_compared_of_whom_the_officer_says_so(road: SimpleNamespace) -> None:
    people = [entry("Lê Thị Hoa", identity=NUMBER), replace(entry("Lê Bé Na", birth="2020"), key="na")]
    result = walk_in(road, *people, compared={"na"})
    assert [a.identity_checked for a in result.arrivals] == [False, True]


def test_without_a_phone_nobody_is_told_and_all_else_works(road: SimpleNamespace) -> None:
    result = walk_in(road, entry("Lê Thị Hoa", no_identity=True), phone="")
    assert len(party(result)) == 1
    assert not Message.objects.exists()


def test_a_known_person_is_found_by_number_and_never_written_over(road: SimpleNamespace) -> None:
    known = PersonFactory(home_commune=road.other, identity_number=NUMBER, phone="+84909999999")
    result = walk_in(road, entry("nguyen thi lan", identity=NUMBER))
    assert [arrival.person for arrival in result.arrivals] == [known]
    known.refresh_from_db()
    assert (known.full_name, known.phone) == ("Nguyễn Thị Lan", "+84909999999")
    assert Person.objects.count() == 1


def test_without_a_number_a_known_person_is_found_by_name_birth_and_phone(road: SimpleNamespace) -> None:
    known = PersonFactory(home_commune=road.commune, identity_number=None, phone="+84901112223")
    result = walk_in(road, entry("Nguyễn Thị Lan", birth="1984"))
    assert result.arrivals[0].person == known


def test_a_number_of_somebody_else_is_refused(road: SimpleNamespace) -> None:
    PersonFactory(home_commune=road.commune, identity_number=NUMBER)
    with pytest.raises(IdentityTaken, match="họ tên và ngày sinh khác"):
        walk_in(road, entry("Trần Văn Khác", birth="01/02/1950", identity=NUMBER))
    assert not Arrival.objects.exists()


def test_somebody_registered_is_entered_with_the_whole_family(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    person = people_of(row)[0]
    with pytest.raises(Refused, match=row.code):
        walk_in(road, entry(person.full_name, identity=person.identity_number, birth="12/03/1984"))
    assert not Arrival.objects.exists()


def test_somebody_who_withdrew_may_walk_in(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    transition(row, "withdraw", by=road.coordinator)
    person = people_of(row)[0]
    result = walk_in(road, entry(person.full_name, identity=person.identity_number, birth="12/03/1984"))
    assert result.arrivals[0].person == person


def test_sent_twice_nothing_changes(road: SimpleNamespace) -> None:
    key = uuid.uuid4()
    lines = [entry("Lê Thị Hoa"), entry("Lê Văn Ba", sex="male")]
    first = walk_in(road, *lines, client_key=key, phone="")
    second = walk_in(road, *lines, client_key=key, phone="")
    assert second.repeated
    assert [a.pk for a in second.arrivals] == [a.pk for a in first.arrivals]
    assert (Person.objects.count(), Arrival.objects.count(), Handover.objects.count()) == (2, 2, 2)


def test_a_person_who_came_home_before_may_come_again(road: SimpleNamespace) -> None:
    line = entry("Lê Thị Hoa", identity=NUMBER)
    first = walk_in(road, line)
    accept(party(first), by=road.here)
    again = walk_in(road, line)
    person = again.arrivals[0].person
    assert person == first.arrivals[0].person
    assert (person.responsible_place, Arrival.objects.count()) == (road.checkpoint, 2)


def test_one_person_in_two_lines_is_refused_in_words(road: SimpleNamespace) -> None:
    PersonFactory(home_commune=road.commune, identity_number=NUMBER, old_identity_number="290123456")
    lines = [entry("Nguyễn Thị Lan", identity=NUMBER), entry("Nguyễn Thị Lan", identity="290123456")]
    with pytest.raises(Refused, match="cùng số giấy tờ"):
        walk_in(road, *lines)
    assert not Arrival.objects.exists()


def test_a_positive_or_negative_test_counts_for_all(road: SimpleNamespace) -> None:
    walk_in(road, entry("Lê Thị Hoa"), entry("Lê Văn Ba"), rapid_test="negative")
    assert set(Arrival.objects.values_list("rapid_test", flat=True)) == {"negative"}
