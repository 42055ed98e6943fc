"""An officer changes the password that an administrator gave."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from django.urls.resolvers import URLPattern

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.signing_in import check_sign_in
from portal.records.log import history
from tests.factories import PASSWORD, client_of, fresh, make_user

SIGN_IN = "/officer/sign-in/"


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


LONG = "ghế nồi chổi quạt " * 8


def test_a_password_that_could_not_be_entered_again_is_refused_when_it_is_set(
    people: SimpleNamespace,
) -> None:
    client = client_of(people.here)
    page = client.post("/officer/password/", {"old": PASSWORD, "new": LONG[:129], "again": LONG[:129]})
    assert "Mật khẩu dài nhất 128 ký tự" in page.content.decode()
    assert fresh(people.here).check_password(PASSWORD)


@pytest.mark.parametrize("longest", [LONG[:128], "🪑🥘🧹" * 42])
def test_the_longest_password_can_be_entered_again(longest: str, people: SimpleNamespace) -> None:
    client = client_of(people.here)
    data = {"old": PASSWORD, "new": longest, "again": longest}
    assert client.post("/officer/password/", data).status_code == 302
    assert Client().post(SIGN_IN, {"username": "hanh", "password": longest}).status_code == 302
    page = Client().get(SIGN_IN).content.decode()
    assert "maxlength" not in page[page.index('name="password"') :].split(">")[0]
