"""A code or a token in an address may be anything at all: what is nobody's is not found, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import SlugConverter, StringConverter, UUIDConverter
from django.utils import timezone

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.places.models import Place
from tests.garbage.signs import PATHS

MARK, NUMBER, KEY = "MARK", 987654321, UUID(int=987654321)


def with_arguments(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named address that takes a text, a number or a key, with a mark in its place."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace or ""]))
            yield from with_arguments(pattern, inner)
        elif isinstance(pattern, URLPattern):
            kinds = pattern.pattern.converters
            if kinds:
                yield f"{namespace}:{pattern.name}".strip(":"), {n: sample(k) for n, k in kinds.items()}


def sample(kind: Any) -> Any:
    if isinstance(kind, (StringConverter, SlugConverter)):
        return MARK
    return KEY if isinstance(kind, UUIDConverter) else NUMBER


ADDRESSES = dict(with_arguments())


@pytest.fixture
def everybody(db: None) -> Client:
    """An officer with every role, who has also proved a phone."""
    country = Place.objects.create(kind="country", code="vn", name="Việt Nam")
    Place.objects.create(kind="province", code="80", name="Tỉnh Tây Ninh", parent=country)
    user = User.objects.create_user("moi", "x", full_name="Trần Mọi Vai")
    for role in Role.values:
        Assignment.objects.create(user=user, role=role, place=country, starts_on=timezone.localdate())
    client = Client()
    client.force_login(user)
    session = client.session
    session["verified_phone"] = {"phone": "+84901234567", "until": timezone.now().timestamp() + 600}
    session.save()
    return client


def test_addresses_with_arguments_are_found() -> None:
    found = {"appointments:officer_booking", "quarantine:verify", "citizens:link", "citizens:person"}
    assert found | {"repatriation:party", "repatriation:part_absent"} <= set(ADDRESSES)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_odd_argument_in_an_address_is_not_found(name: str, everybody: Client) -> None:
    address = reverse(name, kwargs=ADDRESSES[name])
    wizard = address.startswith(("/dang-ky/nguoi/", "/dang-ky/buoc/"))  # no form begun: to its start
    marks = [str(mark) for mark in (MARK, NUMBER, KEY) if str(mark) in address]
    for mark, text in product(marks, PATHS):
        for send in (everybody.get, everybody.post):
            status = send(address.replace(mark, text)).status_code
            assert status in ({302, 404, 405} if wizard else {404, 405}), (text, status)
