"""Officers with two roles at two communes: each role counts at its own place alone."""

from __future__ import annotations

import csv
import io
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission, Role
from quarantine.models import TestResult
from quarantine.person_panel import person_panel
from repatriation.models import Registration
from repatriation.views_shared import sees_whole_province
from tests.factories import PersonFactory, fresh, make_user
from tests.repatriation.world.road import as_, enter, family, text_of


@pytest.fixture
def planner(road: SimpleNamespace) -> User:
    """Coordinator of the other commune, who only looks in the first."""
    user = make_user(Role.COMMUNE_VIEWER, road.commune, username="hainoi")
    user.assignments.create(role=Role.COORDINATOR, place=road.other)
    return user


@pytest.fixture
def nurse(road: SimpleNamespace) -> User:
    """Commune officer of the other commune, who only looks in the first."""
    user = make_user(Role.COMMUNE_VIEWER, road.commune, username="haivai")
    user.assignments.create(role=Role.COMMUNE, place=road.other)
    return user


@pytest.fixture
def seen(road: SimpleNamespace) -> Registration:
    return family(road.campaign, road.places)


@pytest.fixture
def own(road: SimpleNamespace) -> Registration:
    return family(road.campaign, road.places, home_commune=road.other)


BY_HAND = {
    "hold": {"hold-reason": "Chờ người thân"},
    "release": {},
    "split": {},
    "duplicate": {},
    "not_duplicate": {},
    "seat": {},
    "move": {},
    "requeue": {},
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand_at_the_place_where_one_only_looks_is_403(
    planner: User, seen: Registration, name: str
) -> None:
    answer = as_(planner).post(reverse(f"repatriation:{name}", args=[seen.code]), BY_HAND[name])
    assert answer.status_code == 403
    seen.refresh_from_db()
    assert (seen.status, seen.held_at) == ("waiting", None)


def test_by_hand_at_ones_own_place_works(planner: User, own: Registration) -> None:
    answer = as_(planner).post(reverse("repatriation:hold", args=[own.code]), BY_HAND["hold"])
    assert answer.status_code == 302
    own.refresh_from_db()
    assert own.held_at is not None


def test_a_familys_page_has_buttons_only_where_they_work(
    planner: User, seen: Registration, own: Registration
) -> None:
    desk = as_(planner)
    hold = "repatriation:hold"
    page = text_of(desk.get(reverse("repatriation:family", args=[seen.code])))
    assert reverse(hold, args=[seen.code]) not in page
    page = text_of(desk.get(reverse("repatriation:family", args=[own.code])))
    assert reverse(hold, args=[own.code]) in page


def test_another_family_is_no_duplicate_of_one_that_may_only_be_seen(
    planner: User, seen: Registration, own: Registration
) -> None:
    data = {"duplicate-of": seen.code, "duplicate-reason": "Cùng gia đình"}
    assert as_(planner).post(reverse("repatriation:duplicate", args=[own.code]), data).status_code == 422
    own.refresh_from_db()
    assert own.status == "waiting"


def test_the_queue_and_its_file_show_the_coordinators_places(
    planner: User, seen: Registration, own: Registration
) -> None:
    desk, address = as_(planner), reverse("repatriation:queue")
    for text in (text_of(desk.get(address)), text_of(desk.get(f"{address}?export=csv"))):
        assert own.code in text
        assert seen.code not in text


def test_the_whole_province_is_seen_by_the_permission_that_covers_it(
    road: SimpleNamespace, planner: User
) -> None:
    planner.assignments.create(role=Role.LEADER, place=road.places.home)
    assert not sees_whole_province(fresh(planner), Permission.SEE_QUEUE)
    assert sees_whole_province(road.coordinator, Permission.SEE_QUEUE)


def test_a_right_over_no_place_is_no_right_anywhere(planner: User, road: SimpleNamespace) -> None:
    assert planner.may(Permission.PLAN_TRIPS)
    assert not planner.may(Permission.PLAN_TRIPS, None)
    assert planner.may(Permission.PLAN_TRIPS, None, road.other)
    assert planner.place_of(Permission.PLAN_TRIPS) == road.other
    assert planner.place_of(Permission.PLAN_TRIPS, road.commune, None) is None


@pytest.fixture
def patient(road: SimpleNamespace) -> Any:
    """A person of the commune where the nurse only looks, with an order and a test."""
    person = PersonFactory(full_name="Lê Thị Bệnh", home_commune=road.commune)
    enter_result(person)
    return person


def enter_result(person: Any) -> None:
    TestResult.objects.create(person=person, kind="rapid", outcome="positive", taken_on="2021-10-05")


def test_health_that_may_not_be_seen_is_not_called_missing(nurse: User, patient: Any) -> None:
    page = text_of(as_(nurse).get(reverse("citizens:person", args=[patient.pk])))
    assert "Anh/chị không được giao xem sức khỏe của người này" in page
    assert "Chưa có quyết định cách ly" not in page
    assert "Chưa có kết quả" not in page
    assert "Dương tính" not in page


def test_health_at_the_place_where_it_may_be_seen_is_shown(
    nurse: User, road: SimpleNamespace, patient: Any
) -> None:
    patient.home_commune = road.other
    patient.save()
    page = text_of(as_(nurse).get(reverse("citizens:person", args=[patient.pk])))
    assert "Dương tính" in page
    assert "không được giao xem" not in page


def test_no_health_is_entered_where_one_only_looks(nurse: User, patient: Any) -> None:
    for name in ("quarantine:test_result_add", "quarantine:dose_add"):
        assert as_(nurse).post(reverse(name, args=[patient.pk]), {}).status_code == 403
    assert not person_panel(patient, nurse)["may_add"]


def test_a_result_counts_where_its_officer_works(nurse: User, road: SimpleNamespace) -> None:
    person = PersonFactory(home_commune=road.other)
    data = {
        "client_key": uuid.uuid4(),
        "kind": "rapid",
        "outcome": "negative",
        "taken_on": f"{timezone.localdate():%Y-%m-%d}",
    }
    answer = as_(nurse).post(reverse("quarantine:test_result_add", args=[person.pk]), data)
    assert answer.status_code == 302
    assert TestResult.objects.get(person=person).place == road.other


def test_a_list_says_whose_health_may_not_be_seen(
    nurse: User, road: SimpleNamespace, seen: Registration, own: Registration
) -> None:
    enter(road, seen)
    enter(road, own, destination=road.other)
    client: Client = as_(nurse)
    address = reverse("repatriation:arrival_list")
    rows = list(csv.DictReader(io.StringIO(text_of(client.get(f"{address}?export=csv")).lstrip("\ufeff"))))
    assert {row["Có triệu chứng"] for row in rows} == {"", "không được xem"}
    assert text_of(client.get(address)).count("không được xem") == 2


def test_a_facilitys_manager_lists_no_people_of_the_facility(nurse: User, road: SimpleNamespace) -> None:
    """The role sees health there; the list of people is for another permission, held at another place."""
    nurse.assignments.create(role=Role.FACILITY, place=road.third)
    inside = PersonFactory(full_name="Trần Văn Trong", home_commune=road.third)
    own = PersonFactory(full_name="Trần Văn Ngoài", home_commune=road.other)
    page = text_of(as_(nurse).get(reverse("citizens:person_list")))
    assert own.full_name in page
    assert inside.full_name not in page
