"""Signing in: who gets in, who is kept out, and what a guesser learns."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions, signing_in
from portal.accounts.devices import COOKIE
from portal.accounts.models import SignInCount, User
from portal.accounts.roles import Role
from portal.accounts.signing_in import TooManyAtOnce, TooManyTries, WrongPassword, check_sign_in
from portal.accounts.tasks import clear_old_sign_in_counts
from portal.networks import network_of
from portal.places.models import Place
from portal.records.log import history
from portal.records.refusals import Refused
from tests.factories import PASSWORD, UserFactory, client_of, fresh, make_user
from tests.race import at_once, meeting

SIGN_IN = "/officer/sign-in/"
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng"
STOPPED = "đã nhập sai quá nhiều lần"


def attempt(client: Client, username: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **extra})


def fail(times: int, username: str = "hanh", address: str = "127.0.0.1") -> None:
    for number in range(times):
        with pytest.raises((WrongPassword, TooManyTries)):
            check_sign_in(username, f"sai-{number}", address=address)


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
def test_an_odd_form_is_answered_and_stops_nobody(
    username: str, password: str, client: Client, people: SimpleNamespace
) -> None:
    assert attempt(client, username, password).status_code == 200
    assert attempt(client, "hanh").status_code == 302


def test_an_empty_post_says_what_is_missing(client: Client, people: SimpleNamespace) -> None:
    assert "Vui lòng điền mục này" in client.post(SIGN_IN).content.decode()


def test_ten_wrong_passwords_from_one_place_stop_that_place(client: Client, people: SimpleNamespace) -> None:
    fail(10)
    answer = attempt(client, "hanh")
    assert STOPPED in answer.content.decode()
    assert "_auth_user_id" not in client.session
    guessed = history(people.here).get(verb="guessed")
    assert guessed.data == {"address": "127.0.0.1"}
    assert guessed.place == people.here.main_place


def test_nobody_shuts_an_officer_out_from_elsewhere(client: Client, people: SimpleNamespace) -> None:
    fail(30, address="203.0.113.9")
    with pytest.raises(TooManyTries):
        check_sign_in("hanh", PASSWORD, address="203.0.113.9")
    assert attempt(client, "hanh").status_code == 302


def test_a_browser_that_is_known_goes_on_beside_a_guesser_in_its_network(
    client: Client, people: SimpleNamespace
) -> None:
    attempt(client, "hanh")
    assert client.cookies[COOKIE]["httponly"]
    client.post("/officer/sign-out/")
    for name in range(60):
        attempt(Client(), "hanh" if name % 2 else f"ai-do-{name}", "sai")
    assert STOPPED in attempt(Client(), "hanh").content.decode()
    assert attempt(client, "hanh").status_code == 302


def test_a_known_browser_has_an_allowance_and_no_more(client: Client, people: SimpleNamespace) -> None:
    attempt(client, "hanh")
    client.post("/officer/sign-out/")
    for _time in range(10):
        assert WRONG in attempt(client, "hanh", "sai").content.decode()
    assert STOPPED in attempt(client, "hanh").content.decode()
    assert attempt(Client(), "hanh").status_code == 302


def test_a_browser_is_known_for_its_own_officers_alone(client: Client, people: SimpleNamespace) -> None:
    attempt(client, "hanh")
    client.post("/officer/sign-out/")
    fail(10, "loc")
    assert STOPPED in attempt(client, "loc").content.decode()
    client.cookies[COOKIE] = client.cookies[COOKIE].value[:-1] + "x"
    fail(10)
    assert STOPPED in attempt(client, "hanh").content.decode()


def test_one_network_tries_so_many_names_and_no_more(people: SimpleNamespace) -> None:
    for number in range(40):
        fail(1, f"ai-do-{number}")
    for name in ("hanh", "khong-co-ai"):
        with pytest.raises(TooManyTries):
            check_sign_in(name, PASSWORD, address="127.0.0.1")


def test_right_passwords_do_not_use_up_an_offices_allowance(people: SimpleNamespace) -> None:
    for _time in range(60):
        assert check_sign_in("hanh", PASSWORD, address="127.0.0.1") == people.here


def test_a_known_and_an_unknown_name_are_answered_by_the_same_steps(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many passwords are hashed, and the same sentences come, whether or not the name exists."""
    hashed: list[str] = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(
        PBKDF2PasswordHasher, "encode", lambda self, *args: (hashed.append("x"), encode(self, *args))[1]
    )
    monkeypatch.setattr(hashers, "get_hasher", lambda *_args: PBKDF2PasswordHasher())
    kinds = {}
    for name in ("hanh", "khong-co-ai"):
        User.objects.filter(username=name).update(password=hashers.make_password("khac", hasher="default"))
        hashed.clear()
        kinds[name] = [(refusal_of(name), len(hashed)) for _time in range(12)]
    assert kinds["hanh"] == kinds["khong-co-ai"]
    assert kinds["hanh"][9:] == [(WrongPassword, 10), (TooManyTries, 10), (TooManyTries, 10)]


def refusal_of(name: str) -> type[Exception]:
    with pytest.raises(Refused) as refusal:
        check_sign_in(name, "sai", address="127.0.0.1")
    return refusal.type


def test_the_count_begins_again_after_a_quarter_of_an_hour(people: SimpleNamespace) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(10)
        clock.shift(dt.timedelta(minutes=14, seconds=59))
        with pytest.raises(TooManyTries):
            check_sign_in("hanh", PASSWORD, address="127.0.0.1")
        clock.shift(dt.timedelta(seconds=2))
        assert check_sign_in("hanh", PASSWORD, address="127.0.0.1") == people.here
        clock.shift(dt.timedelta(hours=1))
        assert clear_old_sign_in_counts()
        assert not SignInCount.objects.exists()


def test_a_fresh_password_from_the_administrator_forgets_the_wrong_ones(people: SimpleNamespace) -> None:
    fail(10)
    actions.set_first_password(fresh(people.here), "bốn món đồ", by=people.admin)
    assert check_sign_in("hanh", "bốn món đồ", address="127.0.0.1") == people.here


def test_more_sign_ins_at_once_than_there_is_room_for_wait_without_hashing(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    monkeypatch.setattr(signing_in, "authenticate", lambda **_credentials: looked.append(1))
    with signing_in._room(False), signing_in._room(False):
        with pytest.raises(TooManyAtOnce):
            check_sign_in("hanh", PASSWORD, address="127.0.0.1")
        assert not looked
        with pytest.raises(WrongPassword):  # a known browser has a room of its own
            check_sign_in("hanh", PASSWORD, address="127.0.0.1", device="d")
    assert looked


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        (None, None),
        ("xyz", None),
    ],
)
def test_a_network_is_what_one_customer_has(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


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
    actions.set_first_password(people.here, "bốn món đồ", by=people.admin)
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


# --- Guesses sent side by side


def wrong_at_once(count: int) -> list[Any]:
    return at_once(*[lambda: check_sign_in("song", "sai", address="127.0.0.1") for _ in range(count)])


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_few_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory(username="song")
    looked: list[int] = []
    monkeypatch.setattr(signing_in, "authenticate", lambda **_credentials: looked.append(1))
    monkeypatch.setattr(signing_in, "_room", lambda _known: nullcontext())
    results = wrong_at_once(20)
    assert (
        sorted(type(result).__name__ for result in results) == ["TooManyTries"] * 10 + ["WrongPassword"] * 10
    )
    assert len(looked) == 10
    assert history(User.objects.get(username="song")).filter(verb="guessed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_counted_by_reading_and_writing_all_guesses_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same race with the count read, then written."""
    UserFactory(username="song")
    meet, looked = meeting(12), []
    now = timezone.now()

    def careless(key: str, name: str) -> int:
        row, _made = SignInCount.objects.get_or_create(
            key=key, defaults={"name": name, "began_at": now, "count": 0}
        )
        if key.startswith("pair:"):
            meet()
        SignInCount.objects.filter(key=key).update(count=row.count + 1)
        return row.count + 1

    monkeypatch.setattr(signing_in, "_count", careless)
    monkeypatch.setattr(signing_in, "_room", lambda _known: nullcontext())
    monkeypatch.setattr(signing_in, "authenticate", lambda **_credentials: looked.append(1))
    wrong_at_once(12)
    assert len(looked) == 12


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "referer", "leads_to"),
    [
        ({}, "http://testserver/officer/people/?q=lan", "/officer/people/%3Fq%3Dlan"),
        ({"back": "/officer/people/"}, "http://testserver/officer/people/1/edit/", "/officer/people/"),
        ({"back": "//evil.example"}, "http://evil.example/x", "/officer/"),
        ({}, "http://testserver/officer/people/1/reveal/", "/officer/"),
        ({}, "", "/officer/"),
    ],
)
def test_a_form_sent_after_the_session_leads_back_to_its_page(
    client: Client, fields: dict[str, str], referer: str, leads_to: str
) -> None:
    answer = client.post("/officer/people/1/reveal/", fields, HTTP_REFERER=referer)
    assert answer["Location"] == f"{SIGN_IN}?next={leads_to}"
    assert "Phiên làm việc đã hết" in client.get(answer["Location"]).content.decode()
