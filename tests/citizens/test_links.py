"""Secret links: whoever holds one sees one row, for one purpose, for a while."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens import links
from citizens.links import (
    DEFAULT_LIFETIME,
    LinkRefused,
    end_links,
    find_link,
    make_link,
    make_links,
    register_purpose,
    revoke_links_to,
    url_name_for,
    viewer_for,
)
from citizens.models import Person, SecretLink
from tests.factories import PersonFactory

PURPOSES = sorted(links._purposes)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(home_commune=places.commune, full_name="Nguyễn Thị Lan", phone="+84901234567")


def token_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def new_token(subject: Any, purpose: str = "daily", **options: Any) -> str:
    return token_of(make_link(subject, purpose, **options))


def test_only_a_hash_of_the_link_is_kept(lan: Person) -> None:
    token = new_token(lan, phone=lan.phone)
    stored = str(SecretLink.objects.values().get())
    assert token not in stored
    assert len(SecretLink.objects.get().token_hash) == 64


def test_links_to_many_are_made_in_one_statement_each_for_its_own_row(
    places: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    people = [PersonFactory(home_commune=places.commune) for _number in range(5)]
    with django_assert_num_queries(1):
        addresses = make_links([(person, f"+8490000000{person.pk % 10}") for person in people], "daily")
    assert len(set(addresses)) == 5
    for person, address in zip(people, addresses, strict=True):
        link = find_link(token_of(address), "daily")
        assert (link.subject_type, link.subject_id) == ("citizens.person", person.pk)
        assert link.phone == f"+8490000000{person.pk % 10}"
        assert link.expires_at > timezone.now() + DEFAULT_LIFETIME - SECOND * 60
    assert make_links([], "daily") == []
    with pytest.raises(KeyError):
        make_links([], "melted")


def test_every_link_is_another_and_long_enough(lan: Person) -> None:
    tokens = {new_token(lan) for _time in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 27  # 160 bits in base 64
    for token in tokens:
        with pytest.raises(signing.BadSignature):
            signing.loads(token)  # it carries nothing that could be read


def test_a_link_leads_to_its_row_and_to_the_view_of_its_purpose(
    lan: Person, client: Client, settings: Any
) -> None:
    address = make_link(lan, "daily")
    assert address.startswith(f"{settings.PORTAL_BASE_URL}/l/")
    link = find_link(token_of(address), "daily")
    viewer = viewer_for(link)
    assert (viewer.subject_type, viewer.subject_id, viewer.phone) == ("citizens.person", lan.pk, "")
    answer = client.get(f"/l/{token_of(address)}/")
    assert answer["Location"] == reverse("quarantine:daily", args=[token_of(address)])


def test_opening_a_link_writes_nothing(lan: Person, client: Client) -> None:
    token = new_token(lan)
    before = SecretLink.objects.values().get()
    client.get(f"/l/{token}/")
    assert SecretLink.objects.values().get() == before
    assert client.post(f"/l/{token}/").status_code == 405


def refusal(token: str, purpose: str | None = None) -> bool:
    with pytest.raises(LinkRefused) as error:
        find_link(token, purpose)
    return error.value.expired


@pytest.mark.parametrize("token", ["", "x", "x" * 27, "../../officer", "%00", "\0", "đường-dẫn", "a" * 5000])
def test_an_unknown_link_is_refused(token: str, lan: Person) -> None:
    new_token(lan)
    assert refusal(token) is False


def test_neither_the_hash_nor_a_part_nor_another_case_opens(lan: Person) -> None:
    token = new_token(lan)
    for wrong in (
        SecretLink.objects.get().token_hash,
        token[:-1],
        token + "x",
        token.swapcase(),
        f" {token}",
    ):
        assert refusal(wrong) is False


def test_a_link_of_another_purpose_reads_as_unknown(lan: Person) -> None:
    token = new_token(lan, "daily")
    assert refusal(token, "offer") is False


def test_a_link_ends_with_its_time(lan: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token = new_token(lan)
        clock.shift(DEFAULT_LIFETIME - SECOND)
        assert find_link(token)
        clock.shift(SECOND)
        assert refusal(token) is True


def test_a_withdrawn_link_is_refused_and_others_stay(lan: Person, places: SimpleNamespace) -> None:
    other = PersonFactory(home_commune=places.commune)
    gone, kept, others = new_token(lan), new_token(lan, "offer"), new_token(other)
    assert end_links(lan, "daily") == 1
    assert refusal(gone) is True
    assert find_link(kept)
    assert revoke_links_to([lan]) == 1
    assert revoke_links_to([lan]) == 0
    assert refusal(kept) is True
    assert find_link(others)


def test_an_unknown_purpose_is_a_fault_of_the_code(lan: Person) -> None:
    with pytest.raises(KeyError):
        make_link(lan, "melted")
    assert not SecretLink.objects.exists()
    with pytest.raises(ValueError, match="twice"):
        register_purpose("daily", "quarantine:daily")


@pytest.mark.parametrize("how", ["late", "withdrawn", "unknown"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_dead_link_says_what_to_do_next_and_nothing_of_the_row(
    how: str, language: str, lan: Person, client: Client, settings: Any
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    token = new_token(lan, phone=lan.phone)
    if how == "late":
        SecretLink.objects.update(expires_at=timezone.now())
    elif how == "withdrawn":
        revoke_links_to([lan])
    else:
        token = "x" * 27
    answer = client.get(f"/l/{token}/")
    page = answer.content.decode()
    assert answer.status_code == (404 if how == "unknown" else 410)
    assert reverse("citizens:mine") in page
    assert settings.PORTAL_HOTLINE in page
    for secret in ("Lan", "4567", "citizens.person"):
        assert secret not in page


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_page_of_each_purpose_refuses_dead_links_alike(purpose: str, lan: Person, client: Client) -> None:
    token = new_token(lan, purpose)
    page = reverse(url_name_for(purpose), args=[token])
    SecretLink.objects.update(expires_at=timezone.now())
    for answer in (client.get(page), client.get(page.replace(token, "x" * 27))):
        assert answer.status_code in {404, 410}
        assert reverse("citizens:mine") in answer.content.decode()
        assert lan.full_name not in answer.content.decode()


@pytest.mark.parametrize(("held", "tried"), [*permutations(PURPOSES, 2)])
def test_a_link_opens_no_page_of_another_purpose(held: str, tried: str, lan: Person, client: Client) -> None:
    page = reverse(url_name_for(tried), args=[new_token(lan, held)])
    assert client.get(page).status_code == 404
    assert client.post(page, {"answer": "yes"}).status_code in {404, 405}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_to_a_row_of_another_kind_opens_nothing(purpose: str, lan: Person, client: Client) -> None:
    """A number alone is not enough: row 5 of one table is not row 5 of another."""
    page = reverse(url_name_for(purpose), args=[new_token(lan.home_commune, purpose)])
    answer = client.get(page)
    # The daily report of somebody who is in no quarantine says so; it has nothing to fill in.
    nothing = purpose == "daily" and 'name="order' not in answer.content.decode()
    assert answer.status_code in {404, 410} or nothing


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_page_behind_a_link_is_kept_in_no_cache(purpose: str, lan: Person, client: Client) -> None:
    answer = client.get(reverse(url_name_for(purpose), args=["x" * 27]))
    assert {"no-store", "no-cache"} & set(answer["Cache-Control"].replace(",", " ").split())
    assert answer["Referrer-Policy"] == "same-origin"
