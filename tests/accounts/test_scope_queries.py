"""What an officer may see is asked of the database once, not once a right."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from portal.accounts.roles import Permission, Role
from tests.factories import fresh, make_user


def test_rights_over_the_same_places_cost_one_query(
    places: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    user = fresh(make_user(Role.COMMUNE, places.commune))
    with django_assert_num_queries(2):  # the assignments, the places
        for permission in (Permission.SEE_PEOPLE, Permission.EDIT_PEOPLE, Permission.SEE_HEALTH, None):
            assert places.commune.pk in user.place_ids(permission)


def test_rights_over_other_places_stay_apart(places: SimpleNamespace) -> None:
    user = make_user(Role.COMMUNE, places.commune)
    user.assignments.create(role=Role.COMMUNE_VIEWER, place=places.other_commune)
    user = fresh(user)
    assert places.other_commune.pk in user.place_ids(Permission.SEE_PEOPLE)
    assert places.other_commune.pk not in user.place_ids(Permission.EDIT_PEOPLE)
    assert places.commune.pk in user.place_ids(Permission.EDIT_PEOPLE)


def test_an_inactive_account_has_no_places(places: SimpleNamespace) -> None:
    user = make_user(Role.COMMUNE, places.commune, is_active=False)
    assert user.place_ids(Permission.SEE_PEOPLE) == user.place_ids() == frozenset()
