"""No officer's press tells people something, or does what cannot be undone, without having asked first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from tests.acts_table import ACTS
from tests.acts_watch import require_asked


def officers_addresses(
    resolver: URLResolver, namespace: str = "", prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from officers_addresses(pattern, pattern.namespace or namespace, path)
        elif path.startswith("officer/"):
            yield f"{namespace}:{pattern.name}", pattern


def answers_post(pattern: URLPattern) -> bool:
    """Whether the view lets a POST in, before it looks at who sends it."""
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    try:
        answer = pattern.callback(request, **dict.fromkeys(pattern.pattern.converters))
    except Exception:
        return True
    return not isinstance(answer, HttpResponse) or answer.status_code != 405


def test_every_post_of_an_officer_is_in_the_table() -> None:
    found = {name for name, pattern in officers_addresses(get_resolver()) if answers_post(pattern)}
    assert found - set(ACTS) == set(), "say in tests/acts_table.py what a press of these may do"
    assert set(ACTS) - found == set(), "these are gone, or answer no POST"


def test_what_takes_an_act_back_is_an_act_itself() -> None:
    for name, act in ACTS.items():
        assert (act.kind == "undo") == bool(act.by), name
        assert not act.by or act.by in ACTS, name
        assert act.kind != "at once" or act.reason, name


@pytest.mark.parametrize(
    ("name", "told", "confirmed", "is_fine"),
    [
        ("repatriation:hold", 1, False, False),
        ("repatriation:hold", 0, False, True),
        ("repatriation:trip_fill", 1, False, False),
        ("repatriation:trip_fill", 1, True, True),
        ("repatriation:trip_fill", 0, False, True),
        ("accounts:password", 1, False, False),
        ("repatriation:checkpoint", 1, False, True),
    ],
)
def test_the_watch_sees_a_press_that_tells_people_unasked(
    name: str, told: int, confirmed: bool, is_fine: bool
) -> None:
    if is_fine:
        require_asked(name, messages=told, confirmed=confirmed)
        return
    with pytest.raises(AssertionError):
        require_asked(name, messages=told, confirmed=confirmed)
