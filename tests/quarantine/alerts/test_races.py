"""One person's alert raised twice in the same moment, and the last bed given twice: real threads, real locks.

Each guard has its negative control: with it taken off, the same race goes wrong.
"""

from __future__ import annotations

import pytest

from portal.records.refusals import Refused
from quarantine.alerts.actions import raise_alert
from quarantine.facilities.stays import NewStay, open_stays
from quarantine.models import Alert, Facility, Stay
from tests.quarantine.conftest import make_person, make_world
from tests.race import at_once, before_statement, meeting
from tests.repatriation.world.road import sql_around

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    return make_world()


def raised_at_once(world, person):
    """Both have looked for an alert before either has written one."""
    meet = meeting(2)
    with before_statement('INSERT INTO "quarantine_alert"', meet):
        return at_once(
            lambda: raise_alert(person, signs=["positive=rapid"], by=world.users.health),
            lambda: raise_alert(person, signs=["breathless"], by=world.users.here),
        )


def test_an_alert_raised_twice_at_once_is_one_with_both_signs(world):
    person = make_person(world.commune)
    results = raised_at_once(world, person)
    assert all(isinstance(result, Alert) for result in results), results
    assert set(Alert.objects.get().signs) == {"positive=rapid", "breathless"}


def test_control_without_the_constraint_there_are_two(world):
    person = make_person(world.commune)
    off = "DROP INDEX alert_one_unsettled_per_person"
    on = (
        "TRUNCATE quarantine_alert CASCADE; CREATE UNIQUE INDEX alert_one_unsettled_per_person ON quarantine_alert "
        "(person_id) WHERE status IN ('open', 'taken')"
    )
    with sql_around(off, on):
        raised_at_once(world, person)
        assert Alert.objects.count() == 2


def last_bed_at_once(world):
    facility = Facility.objects.create(place=world.site, beds=1)
    people = [make_person(world.commune, name) for name in ("Nguyễn Văn Một", "Trần Thị Hai")]
    meet = meeting(2)

    def take(person):
        return lambda: open_stays(
            [
                NewStay(
                    person,
                    world.commune,
                    "facility",
                    Facility.objects.select_related("place").get(pk=facility.pk),
                )
            ],
            by=world.users.here,
        )

    with before_statement('INSERT INTO "quarantine_stay"', meet):
        return at_once(*[take(person) for person in people])


def test_the_last_bed_taken_by_two_goes_to_one(world):
    results = last_bed_at_once(world)
    (refused,) = [result for result in results if isinstance(result, Refused)]
    assert "vừa hết chỗ" in str(refused)
    assert (Facility.objects.get().taken, Stay.objects.count()) == (1, 1)


def test_control_without_the_constraint_the_bed_is_given_twice(world):
    off = "ALTER TABLE quarantine_facility DROP CONSTRAINT facility_taken_within_beds"
    on = (
        "TRUNCATE quarantine_stay, quarantine_facility CASCADE; ALTER TABLE quarantine_facility "
        "ADD CONSTRAINT facility_taken_within_beds CHECK (taken <= beds)"
    )
    with sql_around(off, on):
        last_bed_at_once(world)
        facility = Facility.objects.get()
        assert (facility.taken, facility.beds) == (2, 1)
