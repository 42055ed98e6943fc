"""Roles that show health, the log or accounts: one administrator asks, a second one confirms."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import requesting
from portal.accounts.models import Assignment, RoleRequest, User
from portal.accounts.roles import Permission, Role, needs_second_person
from portal.records.models import Event
from tests.factories import UserFactory, client_of, fresh, make_user, standing_people
from tests.race import at_once, meeting
from tests.repatriation.world.places import make_places


@pytest.fixture
def second(places: SimpleNamespace) -> User:
    return make_user(Role.ADMIN, places.home, username="haihai", full_name="Vũ Thị Ngân")


@pytest.fixture
def new(db: None) -> User:
    return UserFactory(full_name="Lê Thị Mới")


@pytest.fixture
def asked(people: SimpleNamespace, places: SimpleNamespace, new: User) -> RoleRequest:
    answer = give(client_of(people.admin), new, Role.HEALTH, places.home)
    assert answer.status_code == 302
    return RoleRequest.objects.get()


def give(client: Client, user: User, role: Role, place: Any) -> Any:
    return client.post(reverse("accounts:user_assign", args=[user.pk]), {"role": role, "place": place.pk})


def step(client: Client, request: RoleRequest, verb: str) -> Any:
    return client.post(reverse("accounts:role_request_step", args=[request.pk, verb]))


def today(user: User, tab: str) -> str:
    return client_of(fresh(user)).get(reverse("reporting:today"), {"tab": tab}).content.decode()


@pytest.mark.parametrize("role", Role)
def test_a_role_that_shows_more_waits_for_a_second_person(
    people: SimpleNamespace, places: SimpleNamespace, new: User, role: Role
) -> None:
    give(client_of(people.admin), new, role, places.home)
    assert new.assignments.exists() is not needs_second_person(role)
    assert RoleRequest.objects.open().exists() is needs_second_person(role)


def test_these_roles_need_one() -> None:
    assert {role for role in Role if not needs_second_person(role)} == {
        Role.ESCORT, Role.COMMUNE_VIEWER, Role.COUNTER, Role.LEADER, Role.HOTLINE, Role.ASSOCIATION
    }  # fmt: skip


def test_the_second_administrator_sees_it_and_confirms(second: User, asked: RoleRequest, new: User) -> None:
    assert not fresh(new).may(Permission.SEE_HEALTH)
    assert "Lê Thị Mới" in today(second, "role_requests")
    assert step(client_of(second), asked, "confirm").status_code == 302
    assert fresh(new).may(Permission.SEE_HEALTH)
    assert "Lê Thị Mới" not in today(second, "role_requests")
    verbs = set(
        Event.objects.filter(verb__in=["role_requested", "confirm_role", "assigned"]).values_list(
            "verb", "user"
        )
    )
    assert verbs == {
        ("role_requested", asked.requested_by_id),
        ("confirm_role", second.pk),
        ("assigned", second.pk),
    }


def test_who_asked_is_told_and_cannot_confirm(
    people: SimpleNamespace, second: User, asked: RoleRequest, new: User
) -> None:
    assert "Lê Thị Mới" not in today(people.admin, "role_requests")
    assert "Chờ người thứ hai duyệt" in today(people.admin, "role_requests_asked")
    assert step(client_of(people.admin), asked, "confirm").status_code == 403
    with pytest.raises(requesting.OwnRequest):
        requesting.confirm_role(asked, by=people.admin)
    assert not fresh(new).may(Permission.SEE_HEALTH)
    step(client_of(second), asked, "confirm")
    assert "Đã duyệt" in today(people.admin, "role_requests_asked")


def test_who_would_get_the_role_cannot_confirm_it(places: SimpleNamespace, people: SimpleNamespace) -> None:
    other = make_user(Role.ADMIN, places.home)
    row = requesting.request_role(other, role=Role.HEALTH, place=places.home, by=people.admin)
    assert step(client_of(other), row, "confirm").status_code == 403
    with pytest.raises(requesting.OwnRequest):
        requesting.confirm_role(row, by=other)


def test_the_database_refuses_one_person_too(asked: RoleRequest) -> None:
    with pytest.raises(IntegrityError, match="role_request_needs_two_persons"):
        RoleRequest.objects.filter(pk=asked.pk).update(
            status="confirmed", decided_at=timezone.now(), decided_by=asked.requested_by
        )


def test_an_administrator_of_another_place_or_none_sees_no_request(
    people: SimpleNamespace, places: SimpleNamespace, asked: RoleRequest
) -> None:
    local = make_user(Role.ADMIN, places.commune)
    assert step(client_of(local), asked, "confirm").status_code == 404
    assert step(client_of(people.viewer), asked, "confirm").status_code == 403
    assert RoleRequest.objects.get().status == "requested"


def test_a_role_of_two_places_counts_where_it_is_held(
    people: SimpleNamespace, places: SimpleNamespace, asked: RoleRequest
) -> None:
    """Administrator of a commune, and leader of the province: no second person for the province."""
    both = make_user(Role.ADMIN, places.commune)
    both.assignments.create(role=Role.LEADER, place=places.home)
    assert step(client_of(both), asked, "confirm").status_code == 404


def test_refused_and_taken_back(people: SimpleNamespace, second: User, asked: RoleRequest, new: User) -> None:
    assert step(client_of(second), asked, "take-back").status_code == 403
    step(client_of(second), asked, "refuse")
    assert "Không duyệt" in today(people.admin, "role_requests_asked")
    again = requesting.request_role(new, role=Role.HEALTH, place=asked.place, by=people.admin)
    step(client_of(people.admin), again, "take-back")
    assert [row.status for row in RoleRequest.objects.all()] == ["refused", "refused"]
    assert not fresh(new).assignments.exists()
    assert step(client_of(second), again, "other").status_code == 404


def test_after_a_week_it_is_over(
    people: SimpleNamespace, second: User, asked: RoleRequest, new: User
) -> None:
    RoleRequest.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    answer = client_of(second).post(
        reverse("accounts:role_request_step", args=[asked.pk, "confirm"]), follow=True
    )
    assert "đã hết hạn" in answer.content.decode()
    assert not fresh(new).assignments.exists()
    assert "Hết hạn duyệt" in today(people.admin, "role_requests_asked")
    again = requesting.request_role(new, role=Role.HEALTH, place=asked.place, by=people.admin)
    assert again.pk != asked.pk
    assert requesting.request_role(new, role=Role.HEALTH, place=asked.place, by=second).pk == again.pk


def test_the_account_is_told_what_it_waits_for(asked: RoleRequest, new: User) -> None:
    page = client_of(new).get(reverse("accounts:first_screen")).content.decode()
    assert "Cán bộ y tế" in page
    assert "chờ một quản trị khác duyệt" in page


def test_the_server_makes_two_administrators_and_asks_for_the_third(places: SimpleNamespace) -> None:
    for name in ("mot", "hai", "ba"):
        call_command("add_admin", name, name, stdout=StringIO())
    third = User.objects.get(username="ba")
    assert not third.may(Permission.MANAGE_USERS)
    requesting.confirm_role(RoleRequest.objects.get(), by=User.objects.get(username="mot"))
    assert fresh(third).may(Permission.MANAGE_USERS)


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_taken_back_at_once_only_one_counts() -> None:
    places = make_places()
    people = standing_people(places)
    second, new = make_user(Role.ADMIN, places.home), UserFactory()
    row = requesting.request_role(new, role=Role.HEALTH, place=places.home, by=people.admin)
    results = at_once(
        lambda: requesting.confirm_role(row, by=second), lambda: requesting.refuse_role(row, by=people.admin)
    )
    assert sum(isinstance(result, requesting.RequestOver) for result in results) == 1
    row.refresh_from_db()
    assert Assignment.objects.filter(user=new).exists() is (row.status == "confirmed")


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_count() -> None:
    """The control: the request is read without a lock, so both see it open."""
    places = make_places()
    people = standing_people(places)
    new = UserFactory()
    row = requesting.request_role(new, role=Role.HEALTH, place=places.home, by=people.admin)
    meet, counted = meeting(2), []

    def careless(status: str) -> None:
        found = RoleRequest.objects.get(pk=row.pk)
        meet()
        if found.is_open:
            counted.append(status)

    at_once(lambda: careless("confirmed"), lambda: careless("refused"))
    assert sorted(counted) == ["confirmed", "refused"]
