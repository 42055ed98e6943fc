"""Accounts of the demo open nothing outside a demo, and no database of one's own gets them unasked."""

from __future__ import annotations

import importlib
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from portal import startup
from portal.accounts import actions
from portal.accounts.demo import DEMO_USERS, PASSWORD, load_demo_users
from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.demo import Stage
from portal.places.models import Place
from portal.records.models import Event

SIGN_IN = "/officer/sign-in/"
HOME = "/officer/people/"


def demo_user(places: SimpleNamespace, username: str = "quantri", role: Role = Role.ADMIN) -> User:
    user = User.objects.create_user(username, PASSWORD, full_name="Đỗ Anh Khoa", is_demo=True)
    Assignment.objects.create(user=user, role=role, place=places.home)
    return user


def signs_in(client: Client, username: str, password: str = PASSWORD) -> bool:
    answer = client.post(SIGN_IN, {"username": username, "password": password})
    return answer.status_code == 302


@pytest.mark.parametrize("demo", [True, False])
def test_it_signs_in_within_a_demo_only(
    demo: bool, places: SimpleNamespace, client: Client, settings: Any
) -> None:
    demo_user(places)
    settings.PORTAL_DEMO = demo
    assert signs_in(client, "quantri") is demo


def test_a_session_from_the_demo_opens_nothing_after_it(
    places: SimpleNamespace, client: Client, settings: Any
) -> None:
    settings.PORTAL_DEMO = True
    demo_user(places, "xa", Role.COMMUNE)
    assert signs_in(client, "xa")
    assert client.get(HOME).status_code == 200
    settings.PORTAL_DEMO = False
    assert client.get(HOME)["Location"].startswith(SIGN_IN)


def test_an_account_that_the_demo_made_is_the_demos_and_a_real_ones_is_not(
    places: SimpleNamespace, people: SimpleNamespace
) -> None:
    made, _password = actions.create_user(username="moi", full_name="Mới", by=demo_user(places))
    real, _password = actions.create_user(username="that", full_name="Thật", by=people.admin)
    assert (made.is_demo, real.is_demo) == (True, False)


def test_closing_them_leaves_others_and_is_logged(
    places: SimpleNamespace, people: SimpleNamespace, client: Client, settings: Any
) -> None:
    settings.PORTAL_DEMO = True
    user = demo_user(places)
    out = StringIO()
    call_command("close_demo_accounts", stdout=out)
    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert "quantri" in out.getvalue()
    assert "add_admin" not in out.getvalue(), "a real administrator is left"
    assert User.objects.filter(is_active=True).count() == 8
    assert Event.objects.filter(verb="deactivated", subject_id=user.pk, actor_kind="system").count() == 1
    assert not signs_in(client, "quantri")
    call_command("close_demo_accounts", stdout=out)
    assert Event.objects.filter(verb="deactivated").count() == 1


def test_without_an_administrator_the_command_says_how_to_make_one(places: SimpleNamespace) -> None:
    demo_user(places)
    out = StringIO()
    call_command("close_demo_accounts", stdout=out)
    assert "add_admin" in out.getvalue()


@pytest.fixture
def stage(places: SimpleNamespace) -> Stage:
    """The demo's places, in small."""
    for user in DEMO_USERS:
        if user.site and not Place.objects.filter(code=user.site).exists():
            Place.objects.create(kind="checkpoint", code=user.site, name=user.site, parent=places.home)
    return Stage(families=0, rng=SimpleNamespace(), home=places.home)


def test_closed_ones_open_again_when_the_demo_is_loaded_again_and_others_stay_as_they_are(
    stage: Stage, settings: Any
) -> None:
    settings.PORTAL_DEMO = True
    load_demo_users(stage)
    assert set(User.objects.values_list("is_demo", flat=True)) == {True}
    actions.close_demo_accounts()
    User.objects.filter(username="xa").update(
        password="x", is_active=False
    )  # stopped by somebody in the demo
    load_demo_users(stage)
    assert User.objects.get(username="quantri").check_password(PASSWORD)
    assert set(User.objects.filter(is_active=False).values_list("username", flat=True)) == {"xa"}


def test_accounts_of_an_older_demo_are_known_by_name_and_full_name(places: SimpleNamespace) -> None:
    for user in DEMO_USERS:
        User.objects.create_user(user.username, "đã-đổi-rồi-9", full_name=user.full_name)
    real = User.objects.create_user("quantri9", "x", full_name="Đỗ Anh Khoa")
    User.objects.filter(username="chot").update(full_name="Một người khác")
    migration = importlib.import_module("portal.accounts.migrations.0008_mark_demo_users")
    migration.mark(apps, SimpleNamespace(connection=connection))
    real.refresh_from_db()
    assert not real.is_demo
    current = {user.username: user.full_name for user in DEMO_USERS}
    later = set(current) - set(migration.DEMO_USERS)  # they came with the mark itself
    unmarked = set(User.objects.filter(is_demo=False).values_list("username", flat=True))
    assert unmarked == {"quantri9", "chot", *later}
    assert migration.DEMO_USERS.items() <= current.items()


# --- Starting


@pytest.mark.parametrize(("demo", "refused"), [(True, False), (False, True)])
def test_production_does_not_start_with_open_accounts_of_the_demo(
    demo: bool, refused: bool, places: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)  # it is the test's
    settings.PORTAL_DEMO = demo
    demo_user(places)
    if not refused:
        startup.check_start()
        return
    with pytest.raises(ImproperlyConfigured, match=r"quantri.*close_demo_accounts"):
        startup.check_start()
    with pytest.raises(CommandError, match="close_demo_accounts"):
        call_command("check_start")
    actions.close_demo_accounts()
    startup.check_start()


def test_of_many_accounts_some_are_named(places: SimpleNamespace, settings: Any) -> None:
    settings.PORTAL_DEMO = False
    for number in range(7):
        demo_user(places, f"moi{number}", Role.COMMUNE)
    (fault,) = startup.faults_before_start()
    assert "7 open accounts" in fault
    assert "moi4, …" in fault


# --- Loading the demo


@pytest.mark.parametrize(
    ("into", "embedded"), [(None, False), ("portal", False), ("portal", True), ("", True)]
)
def test_a_database_of_ones_own_takes_the_demo_only_by_name(
    into: str | None, embedded: bool, db: None, settings: Any
) -> None:
    settings.PORTAL_EMBEDDED = embedded
    name = connection.settings_dict["NAME"]
    with pytest.raises(CommandError, match=f"--into {name}"):
        call_command("demo", families=0, into=into, stdout=StringIO())
    assert not User.objects.exists()


def test_named_it_does(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PORTAL_EMBEDDED = False
    from portal.reporting.management.commands import demo

    loaded: list[int] = []
    monkeypatch.setattr(demo.Command, "_load", lambda self, families, seed: loaded.append(families))
    call_command("demo", families=3, into=connection.settings_dict["NAME"], stdout=StringIO())
    assert loaded == [3]
