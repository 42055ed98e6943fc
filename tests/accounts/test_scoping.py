"""Who sees which rows. Every model with a scope fails closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import ROLE_PERMISSIONS, Permission, Role
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record
from portal.records.models import Event
from tests.factories import PersonFactory, fresh, make_user
from tests.repatriation.world.places import make_place

SCOPED = [model for model in apps.get_models() if hasattr(model, "SCOPE_COLUMNS")]
DAY = dt.timedelta(days=1)


def names(viewer: Any) -> list[str]:
    return sorted(Person.objects.visible_to(viewer).values_list("full_name", flat=True))


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(full_name="Lan", home_commune=places.commune)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_scoped_model_names_columns_that_lead_to_places(model: Any) -> None:
    assert isinstance(model._default_manager.all(), ScopedQuerySet)
    assert model.SCOPE_COLUMNS
    assert model.SCOPE_PERMISSIONS
    assert set(model.SCOPE_PERMISSIONS) <= set(Permission)
    for column in model.SCOPE_COLUMNS:
        field, rest = model, column.split("__")
        for name in rest:
            field = field._meta.get_field(name).related_model
        assert field is Place, f"{model.__name__}.{column} does not lead to a place"


# Rights that open a part of a model by another way than its columns.
OTHER_DOORS = {
    "repatriation.ImportBatch": {Permission.REGISTER_OTHERS, Permission.RECORD_ARRIVALS},
    "repatriation.Manifest": {Permission.SEE_MANIFESTS},
    "repatriation.Registration": {Permission.REGISTER_OTHERS},
}


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_scoped_model_fails_closed(model: Any, places: SimpleNamespace) -> None:
    """The condition is empty, so no row can show, whatever stands in the table."""
    rights = {*model.SCOPE_PERMISSIONS, *OTHER_DOORS.get(model._meta.label, ())}
    without = next(role for role in Role if not rights & ROLE_PERMISSIONS[role])
    nobody_like = [
        None,
        AnonymousUser(),
        make_user(),
        make_user(without, places.country),
        CitizenViewer(),
        CitizenViewer(subject_type="citizens.nothing", subject_id=1),
        CitizenViewer(subject_type=model._meta.label_lower),
    ]
    for viewer in nobody_like:
        assert model.objects.visible_to(viewer).query.is_empty(), viewer


def leaves(condition: Q) -> Iterator[tuple[str, Any]]:
    """The comparisons of a condition, however it is nested."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from leaves(child)
        elif isinstance(child, tuple):
            yield child


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_scoped_model_opens_to_a_right_over_its_places_only(
    model: Any, places: SimpleNamespace
) -> None:
    right = model.SCOPE_PERMISSIONS[0]
    role = next(role for role in Role if right in ROLE_PERMISSIONS[role])
    user = make_user(role, places.commune)
    condition = model.objects.all().for_officer(user)
    assert condition is not None
    columns = {f"{column}__in" for column in model.SCOPE_COLUMNS}
    seen = {frozenset(value) for name, value in leaves(condition) if name in columns and value}
    assert seen == {frozenset({places.commune.pk})}


def test_the_officer_here_sees_and_the_officer_elsewhere_does_not(
    people: SimpleNamespace, lan: Person
) -> None:
    assert names(people.here) == ["Lan"]
    assert names(people.viewer) == ["Lan"]
    assert names(people.health) == ["Lan"]
    assert names(people.elsewhere) == []


def test_both_the_home_and_the_responsible_place_see_a_person(
    people: SimpleNamespace, places: SimpleNamespace
) -> None:
    PersonFactory(full_name="An", home_commune=places.commune, responsible_place=places.checkpoint)
    assert names(people.here) == ["An"]
    assert names(people.elsewhere) == ["An"]  # the checkpoint lies in their commune


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.LEADER, Role.COUNTER, Role.CHECKPOINT])
def test_a_role_without_the_right_sees_nobody_even_at_the_country(
    role: Role, places: SimpleNamespace, lan: Person
) -> None:
    assert names(make_user(role, places.country)) == []


@pytest.mark.parametrize(
    ("starts", "ends", "seen"),
    [
        (-10, None, True),
        (0, None, True),
        (-10, 0, True),  # the last day still counts
        (-10, -1, False),
        (1, None, False),
        (1, 5, False),
    ],
)
def test_an_assignment_counts_from_its_first_to_its_last_day(
    starts: int, ends: int | None, seen: bool, places: SimpleNamespace, lan: Person
) -> None:
    day = timezone.localdate()
    user = make_user(
        Role.COMMUNE,
        places.commune,
        starts_on=day + starts * DAY,
        ends_on=None if ends is None else day + ends * DAY,
    )
    assert names(user) == (["Lan"] if seen else [])
    assert user.may(Permission.SEE_PEOPLE) is seen
    assert bool(user.place_ids()) is seen


def test_an_inactive_officer_sees_nothing_and_may_nothing(people: SimpleNamespace, lan: Person) -> None:
    User.objects.filter(pk=people.here.pk).update(is_active=False)
    user = fresh(people.here)
    assert names(user) == []
    assert user.place_ids(Permission.SEE_PEOPLE) == frozenset()
    assert not user.may(Permission.SEE_PEOPLE)
    assert not user.may(Permission.SEE_PEOPLE, lan.home_commune)


def test_roles_at_two_places_do_not_mix(places: SimpleNamespace, lan: Person) -> None:
    """An administrator of the province who is also a viewer of one commune sees that commune alone."""
    PersonFactory(full_name="Bình", home_commune=places.other_commune)
    user = make_user(Role.ADMIN, places.home)
    user.assignments.create(role=Role.COMMUNE_VIEWER, place=places.commune)
    assert names(user) == ["Lan"]
    assert not user.may(Permission.SEE_PEOPLE, places.other_commune)
    assert not user.may(Permission.EDIT_PEOPLE, places.commune)
    assert user.may(Permission.MANAGE_USERS, places.other_commune)
    assert user.place_ids(Permission.SEE_PEOPLE) == {places.commune.pk}


def test_two_communes_are_two_scopes(places: SimpleNamespace, lan: Person) -> None:
    PersonFactory(full_name="Bình", home_commune=places.other_commune)
    PersonFactory(full_name="Cúc", home_commune=places.city_commune)
    user = make_user(Role.COMMUNE, places.commune)
    user.assignments.create(role=Role.COMMUNE_VIEWER, place=places.other_commune)
    assert names(user) == ["Bình", "Lan"]


def test_a_path_that_only_begins_alike_is_another_place(places: SimpleNamespace) -> None:
    longer = make_place("commune", "257111", "Xã Tên Dài", places.home)
    province = make_place("province", "801", "Tỉnh Khác", places.country)
    stranger = make_place("commune", "99001", "Xã Lạ", province)
    user = make_user(Role.COMMUNE, places.commune)
    top = make_user(Role.COMMUNE, places.home)
    PersonFactory(full_name="Dài", home_commune=longer)
    PersonFactory(full_name="Lạ", home_commune=stranger)
    assert names(user) == []
    assert not user.may(Permission.SEE_PEOPLE, longer)
    assert names(top) == ["Dài"]
    assert not top.may(Permission.SEE_PEOPLE, stranger)


def test_signs_of_a_pattern_in_a_path_are_taken_literally(places: SimpleNamespace) -> None:
    wild = make_place("checkpoint", "cp_a", "Chốt A", places.commune)
    near = make_place("checkpoint", "cpxa", "Chốt XA", places.commune)
    user = make_user(Role.CHECKPOINT, wild)
    assert user.place_ids() == {wild.pk}
    assert near.pk not in user.place_ids()


def test_a_place_that_moves_takes_its_scope_along(places: SimpleNamespace) -> None:
    user = make_user(Role.CHECKPOINT, places.checkpoint)
    above = make_user(Role.COMMUNE, places.other_commune)
    places.checkpoint.parent = places.commune
    places.checkpoint.save()
    assert places.checkpoint.pk in fresh(user).place_ids()
    assert places.checkpoint.pk not in fresh(above).place_ids()


def test_a_citizen_sees_what_stands_under_the_proved_phone(places: SimpleNamespace) -> None:
    mine = PersonFactory(full_name="Lan", phone="+84901111111", home_commune=places.commune)
    PersonFactory(full_name="Con", phone="+84901111111", home_commune=places.commune)
    PersonFactory(full_name="Người khác", home_commune=places.commune)
    PersonFactory(full_name="Không điện thoại", phone="", home_commune=places.commune)
    assert names(CitizenViewer(phone=mine.phone)) == ["Con", "Lan"]
    assert names(CitizenViewer(phone="")) == []
    assert names(CitizenViewer(phone="+8490")) == []


def test_a_link_opens_its_one_row_of_its_one_model(places: SimpleNamespace, lan: Person) -> None:
    PersonFactory(full_name="Người khác", home_commune=places.commune)
    assert names(CitizenViewer(subject_type="citizens.person", subject_id=lan.pk)) == ["Lan"]
    assert names(CitizenViewer(subject_type="repatriation.offer", subject_id=lan.pk)) == []
    for model in SCOPED:
        if model is not Person:
            viewer = CitizenViewer(subject_type="citizens.person", subject_id=lan.pk)
            assert model.objects.visible_to(viewer).query.is_empty()


def test_the_log_without_a_place_is_for_the_whole_province_only(
    people: SimpleNamespace, places: SimpleNamespace
) -> None:
    record(people.here, "locked", by=SYSTEM)
    local = make_user(Role.AUDITOR, places.commune)
    assert Event.objects.visible_to(people.auditor).count() == 1
    assert Event.objects.visible_to(local).count() == 0


def test_an_unknown_home_province_opens_no_log(
    people: SimpleNamespace, places: SimpleNamespace, settings: Any
) -> None:
    record(people.here, "locked", by=SYSTEM)
    settings.PORTAL_PROVINCE = "99"
    assert Event.objects.visible_to(make_user(Role.AUDITOR, places.commune)).count() == 0


def test_the_scope_costs_two_queries_however_wide(
    people: SimpleNamespace, places: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    user = fresh(people.health)
    with django_assert_num_queries(2):
        for _again in range(3):
            user.place_ids(Permission.SEE_PEOPLE)
            user.may(Permission.SEE_PEOPLE, places.commune)
