"""What the last press of the form asks of the database: as much for fifteen people as for one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from citizens.models import Person
from portal.records.models import Event
from repatriation.models import Campaign, Registration
from repatriation.registration import submitting as actions
from repatriation.registration.drafts import MAX_PEOPLE, PersonEntry
from repatriation.registration.people import Home, settle_people
from repatriation.registration.submitting import family_actor, submit
from repatriation.seats.leaving import withdraw
from tests.race import at_once, meeting
from tests.repatriation.world.families import PHONE, baby, entry, filled, mother
from tests.repatriation.world.places import make_campaign, make_places

BY = family_actor(PHONE)


def crowd(size: int, first: int = 0) -> list[PersonEntry]:
    """Every third one is a child without a number."""
    return [
        baby(full_name=f"Trần Bé {'ABCDEFGHIKLMNOPQ'[number]}")
        if number % 3 == 2
        else entry(f"Trần Văn {'ABCDEFGHIKLMNOPQ'[number]}", identity=f"0720840{first + number:05}")
        for number in range(size)
    ]


def statements(registration: Registration) -> int:
    with CaptureQueriesContext(connection) as caught:
        submit(registration, by=BY, address="127.0.0.1")
    return len(caught)


def test_the_largest_family_costs_what_a_small_one_costs(campaign: Campaign, places: SimpleNamespace) -> None:
    small = filled(campaign, places, *crowd(1))
    large = filled(campaign, places, *crowd(MAX_PEOPLE, first=100), phone="+84900000001")
    assert statements(small) == statements(large) <= 24
    assert Person.objects.count() == 1 + MAX_PEOPLE
    assert Event.objects.filter(subject_type="citizens.person", verb="created").count() == 1 + MAX_PEOPLE


def test_a_family_that_is_known_costs_no_more_than_a_new_one(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    new = statements(first := filled(campaign, places, *crowd(6)))
    withdraw(first, by=BY)
    again = filled(campaign, places, *crowd(6))
    assert statements(again) <= new
    assert Person.objects.count() == 6


def test_people_come_back_in_the_order_of_the_form(places: SimpleNamespace, db: None) -> None:
    entries = crowd(5)[::-1]
    home = Home(places.commune, "ấp 1", PHONE)
    made = settle_people(entries, home, by=BY)
    assert [person.full_name for person in made] == [one.full_name for one in entries]
    assert len({person.household_id for person in made}) == 1
    found = settle_people(entries, home, by=BY)
    assert [person.pk for person in found] == [person.pk for person in made]


def test_one_person_named_twice_in_one_form_is_one_person(places: SimpleNamespace, db: None) -> None:
    home = Home(places.commune, "ấp 1", PHONE)
    first, second = settle_people([mother(), mother()], home, by=BY)
    assert first.pk == second.pk
    assert Person.objects.count() == 1


THIEN, THIEN_WITH_DOT = "Nguyễn Thiên Ân", "Nguyễn Thiện Ân"


def test_twins_are_found_again_each_as_the_one_that_they_are(places: SimpleNamespace, db: None) -> None:
    home = Home(places.commune, "ấp 1", PHONE)
    twins = [baby(full_name=THIEN), baby(full_name=THIEN_WITH_DOT)]
    made = settle_people(twins, home, by=BY)
    assert len({person.pk for person in made}) == 2
    found = settle_people(twins[::-1], home, by=BY)
    assert [person.pk for person in found] == [person.pk for person in made[::-1]]


@pytest.mark.parametrize("other", [baby(full_name="Nguyen Thien An"), baby(full_name=THIEN, sex="female")])
def test_who_may_be_either_twin_or_is_of_the_other_sex_is_neither(
    places: SimpleNamespace, db: None, other: PersonEntry
) -> None:
    home = Home(places.commune, "ấp 1", PHONE)
    made = settle_people([baby(full_name=THIEN), baby(full_name=THIEN_WITH_DOT)], home, by=BY)
    (third,) = settle_people([other], home, by=BY)
    assert third.pk not in {person.pk for person in made}


def test_one_without_marks_beside_a_twin_takes_nobody_over(places: SimpleNamespace, db: None) -> None:
    home = Home(places.commune, "ấp 1", PHONE)
    (known,) = settle_people([baby(full_name=THIEN)], home, by=BY)
    unmarked, marked = settle_people([baby(full_name="Nguyen Thien An"), baby(full_name=THIEN)], home, by=BY)
    assert marked.pk == known.pk
    assert unmarked.pk != known.pk


@pytest.mark.django_db(transaction=True)
def test_two_forms_that_bring_the_same_new_people_in_opposite_orders_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both have looked and found nobody; one inserts, the other finds what was inserted."""
    places = make_places()
    campaign = make_campaign(places)
    people = crowd(8)
    forms = [
        filled(campaign, places, *people),
        filled(campaign, places, *people[::-1], phone="+84900000001"),
    ]
    meet, match = meeting(2), actions.settle_people.__globals__["match"]
    met: set[int] = set()

    def late(*given: object, **named: object) -> object:
        found = match(*given, **named)
        if id(connection.connection) not in met:
            met.add(id(connection.connection))
            meet()
        return found

    monkeypatch.setattr("repatriation.registration.people.match", late)
    results = at_once(*[lambda form=form: submit(form, by=family_actor(form.phone)) for form in forms])
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRegistered", "Registration"]
    assert Person.objects.exclude(identity_number=None).count() == 6
    assert Registration.objects.filter(status="waiting").count() == 1


def test_refused_numbers_are_counted_by_an_index_of_their_own(db: None) -> None:
    """The log of a busy hour, of a queue that got new scores for instance, is long."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            "EXPLAIN SELECT count(*) FROM records_event WHERE verb = 'number_refused' AND at > now()"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "event_number_refused" in plan
