"""Pages that ask first, in tests: the client answers them as an officer who has read them does.

client.post(url, data)              # the act, confirmed where it asks
ask(client, url, data)              # the page that asks, with nothing done
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.acts_table import ACTS

_post = Client.post


def ask(client: Client, url: str, data: Any = None, **options: Any) -> HttpResponse:
    """Press the button of an act, and return the page that asks (or whatever else answers)."""
    return _post(client, url, data or {}, **options)  # type: ignore[return-value]


def is_asked(response: Any) -> bool:
    return any(
        template.name == "ui/ask_first.html" for template in getattr(response, "templates", None) or []
    )


@contextmanager
def confirming() -> Iterator[None]:
    """Let every `Client.post` confirm what it is asked."""

    def post(self: Client, path: str, data: Any = None, *args: Any, **options: Any) -> Any:
        response = _post(self, path, data, *args, **options)
        if not is_asked(response) or isinstance(data, bytes):
            return response
        name = response.wsgi_request.resolver_match.view_name
        assert ACTS[name].kind == "asks first", f"{name} asks; tests/acts_table.py says {ACTS[name].kind}"
        again = {**(data or {}), "shown": response.context["shown"], "back": response.context["back"]}
        return _post(self, path, again, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "post", post)
        yield
