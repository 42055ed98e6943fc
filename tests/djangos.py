"""Watch for Django's own words on pages: its sentences in English and in its Vietnamese, and its empty choice.

While any test runs, each page that the test's client is given is read (see `tests/conftest.py`).
"""

from __future__ import annotations

import gettext
import gzip
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client

found: list[str] = []


@cache
def _words() -> re.Pattern[str]:
    """Django's sentences: those of a few words that end with a full stop, in both languages."""
    from tests import messages

    catalogue = Path(django.__file__).parent / "conf" / "locale" / "vi" / "LC_MESSAGES" / "django.mo"
    with catalogue.open("rb") as file:
        vietnamese = gettext.GNUTranslations(file)
    sentences = {"---------"}
    for message in messages.translated(messages.DJANGO_PO):
        for own in [message.id] if isinstance(message.id, str) else list(message.id):
            # The parts that hold no value: what stands between two of them says enough.
            for text in {own, vietnamese.gettext(own)} - {message.string, ""}:
                parts = [part.strip() for part in re.split(r"[%{]\(?\w+[)}]?[sdr]?", text)]
                if text.endswith(".") and max(map(len, parts)) > 12:
                    sentences.add(max(parts, key=len))
    return re.compile("|".join(re.escape(one) for one in sorted(sentences, key=len, reverse=True)))


def spoken(page: str) -> list[str]:
    """Return which words of Django's stand on a page."""
    return _words().findall(html.unescape(page))


def _text_of(response: Any) -> str:
    content: bytes = response.content
    return (gzip.decompress(content) if response.get("Content-Encoding") == "gzip" else content).decode()


@contextmanager
def watching() -> Iterator[None]:
    """Read every page that a client of a test is given."""
    request = Client.request

    def read(self: Client, **how: Any) -> Any:
        response = request(self, **how)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            found.extend(f"{how.get('PATH_INFO')}: {one}" for one in spoken(_text_of(response)))
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", read)
        yield
