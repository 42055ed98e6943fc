"""“Hôm nay” and the figures: each sees their own parts, and only the open one costs anything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import ROLE_PERMISSIONS, Permission, Role
from portal.places.models import Place
from portal.reporting.views import ROWS
from portal.reporting.worklist import how_many
from portal.ui import counting, pagination, parts
from portal.ui.counting import count_all
from tests.factories import PersonFactory, client_of, fresh, make_user

TODAY, FIGURES = "/officer/today/", "/officer/figures/"


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three parts in place of the apps' own; the keys of those whose rows were fetched."""
    seen: list[str] = []
    registry: parts.Registry[parts.WorklistPart] = parts.Registry("worklist")
    for order, (key, count, permission) in enumerate(
        [
            ("empty", 0, Permission.SEE_WORKLIST),
            ("full", 3, Permission.SEE_WORKLIST),
            ("health", 9, Permission.SEE_HEALTH),
        ]
    ):

        def rows(_user: Any, limit: int, key: str = key, count: int = count) -> list[int]:
            seen.append(key)
            assert limit == ROWS
            return list(range(count))

        registry.register(
            parts.WorklistPart(
                key=key,
                order=order,
                permission=permission,
                title=f"Việc {key}",
                waits=lambda user, count=count: [User.objects.filter(pk=user.pk)] * count,
                rows=rows,
                template="ui/_empty.html",
                empty_text=f"Hết việc {key}",
            )
        )
    monkeypatch.setattr(parts, "worklist", registry)
    return seen


def test_the_first_tab_with_work_is_open_and_only_its_rows_are_fetched(
    fetched: list[str], people: SimpleNamespace
) -> None:
    page = client_of(people.viewer).get(TODAY).content.decode()
    assert fetched == ["full"]
    assert 'href="?tab=full" aria-current="page"' in page
    assert "Việc empty" in page


def test_the_tab_stands_in_the_address_and_an_empty_one_says_so(
    fetched: list[str], people: SimpleNamespace
) -> None:
    page = client_of(people.here).get(TODAY, {"tab": "empty"}).content.decode()
    assert fetched == ["empty"]
    assert "Hết việc empty" in page


@pytest.mark.parametrize("tab", ["melted", "", "'", "health"])
def test_a_tab_that_is_not_mine_is_not_opened(tab: str, fetched: list[str], people: SimpleNamespace) -> None:
    page = client_of(people.viewer).get(TODAY, {"tab": tab}).content.decode()
    assert fetched == ["full"]
    assert "Việc health" not in page


def test_whoever_may_see_health_sees_that_tab(fetched: list[str], people: SimpleNamespace) -> None:
    client_of(people.here).get(TODAY, {"tab": "health"})
    assert fetched == ["health"]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_the_pages(role: Role, places: SimpleNamespace) -> None:
    client = client_of(make_user(role, places.home))
    for address, permission in ((TODAY, Permission.SEE_WORKLIST), (FIGURES, Permission.SEE_FIGURES)):
        expected = 200 if permission in ROLE_PERMISSIONS[role] else 403
        assert client.get(address).status_code == expected
        assert client.post(address).status_code == 405


def test_nobody_signs_in_first(client: Client, db: None) -> None:
    for address in (TODAY, FIGURES):
        assert client.get(address)["Location"].startswith("/officer/sign-in/")


def figures_of(client: Client) -> dict[str, int]:
    return {part.key: value for part, value in client.get(FIGURES).context["figures"]}


def test_figures_count_the_leaders_own_places_only(places: SimpleNamespace) -> None:
    PersonFactory(home_commune=places.commune, responsible_place=places.commune, arrived_at=timezone.now())
    here = figures_of(client_of(make_user(Role.LEADER, places.commune)))
    there = figures_of(client_of(make_user(Role.LEADER, places.other_commune)))
    province = figures_of(client_of(make_user(Role.LEADER, places.home)))
    assert here.keys() == there.keys() == province.keys()
    assert here
    assert set(there.values()) == {0}
    assert here == province


def test_every_figure_has_words_a_known_tone_and_a_right_that_opens_it() -> None:
    assert len(parts.figures) >= 3
    for part in parts.figures:
        assert str(part.label)
        assert part.tone in {"good", "wait", "bad", "info", "plain"}
        assert part.permission is not None


def test_all_tabs_are_counted_in_one_statement(people: SimpleNamespace) -> None:
    tabs = parts.worklist.all()
    assert len(tabs) > 10
    with CaptureQueriesContext(connection) as queries:
        counts = how_many(tabs, fresh(people.here))
    assert counts == [0] * len(tabs)
    assert len([query for query in queries if "COUNT" in query["sql"]]) == 1


def test_a_tab_says_that_it_was_not_counted_to_the_end(
    places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "COUNT_CAP", 3)
    assert count_all([Place.objects.all(), Place.objects.none(), Place.objects.filter(pk=None)]) == [3, 0, 0]
    assert count_all([]) == []
    assert pagination.total_label(1_001) == "hơn 1.000"
    assert pagination.total_label(1_000) == "1.000"
