"""A code or a token in an address may be anything at all: what is nobody's is not found, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import SlugConverter, StringConverter
from django.utils import timezone

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.places.models import Place

MARK = "MARK"
ODD = ["%00", "a%00b", "%FF", "%ED%A0%80", "x" * 3000, "%F0%9F%91%A8", "'"]


def texts_in_addresses(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named address that takes a text, with a mark in its place."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace or ""]))
            yield from texts_in_addresses(pattern, inner)
        elif isinstance(pattern, URLPattern):
            kinds = pattern.pattern.converters
            if any(isinstance(kind, (StringConverter, SlugConverter)) for kind in kinds.values()):
                yield f"{namespace}:{pattern.name}".strip(":"), {n: sample(k) for n, k in kinds.items()}


def sample(kind: Any) -> Any:
    if isinstance(kind, (StringConverter, SlugConverter)):
        return MARK
    return UUID(int=1) if "UUID" in type(kind).__name__ else 1


ADDRESSES = dict(texts_in_addresses())


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


def test_addresses_with_texts_are_found() -> None:
    assert {"appointments:officer_booking", "quarantine:verify", "citizens:link"} <= set(ADDRESSES)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_odd_text_in_an_address_is_not_found(name: str, everybody: Client) -> None:
    address = reverse(name, kwargs=ADDRESSES[name])
    wizard = address.startswith(("/dang-ky/nguoi/", "/dang-ky/buoc/"))  # no form begun: to its start
    for text in ODD:
        for send in (everybody.get, everybody.post):
            status = send(address.replace(MARK, text)).status_code
            assert status in ({302, 404, 405} if wizard else {404, 405}), (text, status)
