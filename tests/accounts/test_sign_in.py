"""Signing in: who gets in, who is kept out, and what a guesser learns."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from django.urls.resolvers import URLPattern
from django.utils import timezone

from portal.accounts import actions
from portal.accounts.actions import AccountLocked, WrongPassword, check_sign_in
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.places.models import Place
from portal.records.log import history
from tests.factories import PASSWORD, UserFactory, client_of, fresh, make_user
from tests.race import at_once, meeting

SIGN_IN = "/officer/sign-in/"
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng"
LOCKED = "Tài khoản đang tạm khóa"


def attempt(client: Client, username: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **extra})


def fail(times: int, username: str = "hanh") -> None:
    for number in range(times):
        with pytest.raises(WrongPassword):
            check_sign_in(username, f"sai-{number}", address=None)


def test_the_right_password_opens_the_officers_own_first_screen(
    client: Client, people: SimpleNamespace
) -> None:
    answer = attempt(client, "hanh")
    assert (answer.status_code, answer["Location"]) == (302, "/officer/")
    assert client.get("/officer/")["Location"] == reverse("reporting:today")
    assert history(people.here).get().verb == "signed_in"


def test_a_wrong_password_and_an_unknown_name_read_the_same(client: Client, people: SimpleNamespace) -> None:
    for username in ("hanh", "khong-co-ai"):
        answer = attempt(client, username, "sai-mat-khau")
        assert answer.status_code == 200
        assert WRONG in answer.content.decode()
        assert "_auth_user_id" not in client.session


def test_an_inactive_account_is_not_told_apart_from_a_wrong_password(
    client: Client, people: SimpleNamespace
) -> None:
    User.objects.filter(username="hanh").update(is_active=False)
    assert WRONG in attempt(client, "hanh").content.decode()


@pytest.mark.parametrize(
    ("username", "password"), [("", ""), ("hanh", ""), ("", PASSWORD), ("a" * 200, "b"), ("h\0nh", "x")]
)
def test_an_odd_form_is_answered_and_locks_nobody(
    username: str, password: str, client: Client, people: SimpleNamespace
) -> None:
    assert attempt(client, username, password).status_code == 200
    assert not User.objects.exclude(failed_sign_ins=0).exists()


def test_an_empty_post_says_what_is_missing(client: Client, people: SimpleNamespace) -> None:
    assert "Vui lòng điền mục này" in client.post(SIGN_IN).content.decode()


def test_five_wrong_passwords_lock_and_the_owner_is_told(client: Client, people: SimpleNamespace) -> None:
    for _time in range(5):
        assert WRONG in attempt(client, "hanh", "sai").content.decode()
    answer = attempt(client, "hanh")
    assert LOCKED in answer.content.decode()
    assert "_auth_user_id" not in client.session
    locked = history(people.here).get(verb="locked")
    assert locked.data == {"address": "127.0.0.1"}
    assert locked.place == people.here.main_place


def test_four_wrong_passwords_do_not_lock_and_are_forgotten_after_success(
    client: Client, people: SimpleNamespace
) -> None:
    for _round in range(3):
        fail(4)
        assert attempt(client, "hanh").status_code == 302
        assert fresh(people.here).failed_sign_ins == 0


def test_a_lock_ends_after_a_quarter_of_an_hour(people: SimpleNamespace) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(5)
        clock.shift(dt.timedelta(minutes=14, seconds=59))
        with pytest.raises(AccountLocked):
            check_sign_in("hanh", PASSWORD, address=None)
        clock.shift(dt.timedelta(seconds=2))
        assert check_sign_in("hanh", PASSWORD, address=None) == people.here


def test_after_a_lock_the_count_begins_again(people: SimpleNamespace) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(5)
        clock.shift(dt.timedelta(minutes=16))
        fail(4)
        assert not fresh(people.here).is_locked
        fail(1)
        assert fresh(people.here).is_locked


def test_guessing_on_while_locked_learns_nothing_and_does_not_lengthen_the_lock(
    people: SimpleNamespace,
) -> None:
    fail(5)
    until = fresh(people.here).locked_until
    fail(5)
    with pytest.raises(WrongPassword):  # right, but ten guesses were made: nobody is told any more
        check_sign_in("hanh", PASSWORD, address=None)
    assert fresh(people.here).locked_until == until
    assert history(people.here).filter(verb="locked").count() == 1


def test_a_fresh_password_from_the_administrator_unlocks(people: SimpleNamespace) -> None:
    fail(5)
    password = actions.reset_password(fresh(people.here), by=people.admin)
    assert check_sign_in("hanh", password, address=None) == people.here


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/officer/people/?q=lan", "/officer/people/?q=lan"),
        ("https://xau.example/", "/officer/"),
        ("//xau.example/", "/officer/"),
        ("///xau.example/", "/officer/"),
        ("\\\\xau.example", "/officer/"),
        ("/\\xau.example", "/officer/"),
        ("javascript:alert(1)", "/officer/"),
        ("http://testserver@xau.example/", "/officer/"),
        ("abc", "/officer/"),
        ("", "/officer/"),
    ],
)
def test_signing_in_leads_only_to_pages_of_the_portal(
    target: str, goes_to: str, client: Client, people: SimpleNamespace
) -> None:
    assert attempt(client, "hanh", next=target)["Location"] == goes_to
    other = Client()
    answer = other.post(f"{SIGN_IN}?next={target}", {"username": "hanh", "password": PASSWORD})
    assert "xau.example" not in answer["Location"].partition("?")[0]


def test_the_address_in_the_form_is_one_of_the_portal(client: Client, people: SimpleNamespace) -> None:
    assert 'name="next" value=""' in client.get(SIGN_IN, {"next": "https://xau.example/"}).content.decode()
    kept = client.get(SIGN_IN, {"next": "/officer/people/"}).content.decode()
    assert 'name="next" value="/officer/people/"' in kept


def test_nobody_is_sent_to_sign_in_and_comes_back(client: Client, people: SimpleNamespace) -> None:
    answer = client.get("/officer/people/?q=lan")
    assert answer["Location"] == f"{SIGN_IN}?next=/officer/people/%3Fq%3Dlan"


def test_signing_in_changes_the_key_of_the_session(client: Client, people: SimpleNamespace) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    attempt(client, "hanh")
    assert client.cookies["sessionid"].value != before
    assert not Client(headers={"cookie": f"sessionid={before}"}).session.get("_auth_user_id")


def test_the_next_officer_at_the_same_screen_finds_nothing_of_the_one_before(
    client: Client, people: SimpleNamespace
) -> None:
    attempt(client, "hanh")
    session = client.session
    session["left"] = "behind"
    session.save()
    attempt(client, "loc")
    assert "left" not in client.session


def test_signing_out_is_a_post_and_ends_the_session(client: Client, people: SimpleNamespace) -> None:
    attempt(client, "hanh")
    assert client.get("/officer/sign-out/").status_code == 405
    assert client.post("/officer/sign-out/")["Location"] == SIGN_IN
    assert client.get("/officer/people/")["Location"].startswith(SIGN_IN)


def test_stopping_an_account_ends_its_open_sessions(people: SimpleNamespace) -> None:
    client = client_of(people.here)
    assert client.get("/officer/people/").status_code == 200
    actions.set_active(people.here, False, by=people.admin)
    assert client.get("/officer/people/")["Location"].startswith(SIGN_IN)


def test_a_fresh_password_ends_the_sessions_of_the_old_one(people: SimpleNamespace) -> None:
    client = client_of(people.here)
    actions.reset_password(people.here, by=people.admin)
    assert client.get("/officer/people/")["Location"].startswith(SIGN_IN)


def test_demo_sign_ins_are_listed_in_a_demo_only(
    client: Client, places: SimpleNamespace, settings: Any
) -> None:
    make_user(Role.COMMUNE, places.commune, username="xa", password="tayninh-2026")
    settings.PORTAL_DEMO = False
    assert "tayninh-2026" not in client.get(SIGN_IN).content.decode()
    settings.PORTAL_DEMO = True
    page = client.get(SIGN_IN).content.decode()
    assert "tayninh-2026" in page
    assert "Xã Hưng Thuận" in page


def test_somebody_without_any_assignment_is_told_what_to_do(client: Client, places: SimpleNamespace) -> None:
    page = client_of(make_user()).get("/officer/")
    assert page.status_code == 200
    assert "chưa được giao việc" in page.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_first_screen_that_opens(role: Role, places: SimpleNamespace) -> None:
    site = Place.objects.create(kind="facility", code="ccl-1", name="Khu cách ly 1", parent=places.commune)
    client = client_of(make_user(role, site if role == Role.FACILITY else places.home))
    answer = client.get("/officer/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain, "the first screen is a page of its own"


# --- A password that an administrator gave must be changed first


SAMPLES: dict[type, Any] = {
    IntConverter: 1,
    StringConverter: "x",
    SlugConverter: "x",
    UUIDConverter: UUID(int=1),
}


def officers_pages() -> list[str]:
    """Addresses of all pages that need a sign-in, with numbers and codes filled in."""

    def walk(patterns: Any, prefix: str = "", space: str = "") -> Any:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                if getattr(pattern.callback, "login_required", True):
                    yield f"{space}{pattern.name}", pattern
            else:
                inner = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from walk(pattern.url_patterns, prefix, space + inner)

    pages = []
    for name, pattern in walk(get_resolver().url_patterns):
        kinds = pattern.pattern.converters
        values = {key: SAMPLES[type(kind)] for key, kind in kinds.items()}
        pages.append((name, reverse(name, kwargs=values)))
    return [url for name, url in pages if name not in {"accounts:password", "accounts:sign_out"}]


def test_no_page_opens_before_the_given_password_is_changed(places: SimpleNamespace) -> None:
    user = make_user(Role.COMMUNE, places.commune, must_change_password=True)
    for role in set(Role) - {Role.COMMUNE}:
        user.assignments.create(role=role, place=places.home)
    client = client_of(user)
    pages = officers_pages()
    assert len(pages) > 20
    for url in pages:
        for answer in (client.get(url), client.post(url)):
            assert (answer.status_code, answer.get("Location")) == (302, "/officer/password/"), url


def test_pages_for_everybody_stay_open_meanwhile(places: SimpleNamespace) -> None:
    client = client_of(make_user(must_change_password=True))
    assert client.get("/").status_code == 200
    assert client.get("/officer/password/").status_code == 200
    assert client.post("/officer/sign-out/")["Location"] == SIGN_IN


NEW = "cầu-tre-lắc-lẻo-7"


def test_changing_the_password_opens_the_pages_and_keeps_the_session(people: SimpleNamespace) -> None:
    User.objects.filter(pk=people.here.pk).update(must_change_password=True)
    client, other_machine = client_of(fresh(people.here)), client_of(fresh(people.here))
    answer = client.post("/officer/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer["Location"] == "/officer/"
    assert client.get("/officer/people/").status_code == 200
    assert other_machine.get("/officer/people/")["Location"].startswith(SIGN_IN)
    assert check_sign_in("hanh", NEW, address=None) == people.here
    assert "password_changed" in [event.verb for event in history(people.here)]


@pytest.mark.parametrize(
    ("old", "new", "again", "says"),
    [
        ("sai", NEW, NEW, "Mật khẩu hiện nay chưa đúng"),
        (PASSWORD, "ngan-9", "ngan-9", "10"),
        (PASSWORD, "19283746501928", "19283746501928", "số"),
        (PASSWORD, "password123", "password123", ""),
        (PASSWORD, "nguyenthihanh", "nguyenthihanh", ""),
        (PASSWORD, NEW, NEW + "x", "chưa giống nhau"),
        (PASSWORD, PASSWORD, PASSWORD, "khác mật khẩu"),
        (PASSWORD, "", "", "Vui lòng điền"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_with_a_reason(
    old: str, new: str, again: str, says: str, people: SimpleNamespace
) -> None:
    User.objects.filter(pk=people.here.pk).update(username="nguyenthihanh", must_change_password=True)
    client = client_of(fresh(people.here))
    page = client.post("/officer/password/", {"old": old, "new": new, "again": again})
    assert page.status_code == 200
    assert says in page.content.decode()
    assert fresh(people.here).check_password(PASSWORD)
    assert fresh(people.here).must_change_password


# --- Guesses sent side by side


def wrong_at_once(count: int) -> list[Any]:
    return at_once(*[lambda: check_sign_in("song", "sai", address=None) for _ in range(count)])


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_few_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory(username="song")
    looked: list[int] = []
    monkeypatch.setattr(actions, "authenticate", lambda **_credentials: looked.append(1))
    results = wrong_at_once(20)
    assert all(isinstance(result, WrongPassword) for result in results)
    assert len(looked) <= 10  # five before the lock, five more that could only be told of it
    user = User.objects.get(username="song")
    assert user.is_locked
    assert history(user).filter(verb="locked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_row_all_guesses_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same race with the count read and written without a lock."""
    UserFactory(username="song")
    meet, looked = meeting(12), []

    def careless(username: str) -> actions.Try:
        user = User.objects.get(username=username)
        meet()
        number = user.failed_sign_ins + 1
        User.objects.filter(pk=user.pk).update(failed_sign_ins=number)
        return actions.Try(number, looked_at=user.failed_sign_ins < 10, locked=user.is_locked)

    monkeypatch.setattr(actions, "take_try", careless)
    monkeypatch.setattr(actions, "authenticate", lambda **_credentials: looked.append(1))
    wrong_at_once(12)
    assert len(looked) == 12
