"""Somebody who sends garbage to one address after another, and keeps a list of what broke."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from tests.access_table import EVERYBODY, TABLE, Row
from tests.garbage.citizens import citizen_client, make_citizen
from tests.garbage.markup import PageForm, PageReader, read_page
from tests.garbage.signs import CHOICES, MORE_TEXTS, RAW, TEXTS, encoded, quoted

MANY = 12  # fields
FORM = "application/x-www-form-urlencoded"
PREFIXES = ("ask", "not", "settle", "refuse", "reroute", "hold", "seat", "move", "split", "duplicate",
            "not_duplicate", "correct", "withdraw", "leave", "answer", "phone", "reveal", "confirm", "form-0")  # fmt: skip
ALWAYS = (
    "next",
    "page",
    "q",
    "day",
    "tab",
    "at",
    "ngay",
    "code",
)  # a page may read these without showing them


@dataclass
class Attack:
    """The people who send, and what came of it."""

    world: dict[str, Any]
    broken: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    sent: int = 0

    def __post_init__(self) -> None:
        self.turn = count()
        session, self.about = make_citizen(self.world)
        self.clients = {"": citizen_client(session)}
        for name in sorted(EVERYBODY):
            client = Client(raise_request_exception=False)
            client.force_login(User.objects.get(username=name))
            self.clients[name] = client

    # --- Sending -------------------------------------------------------------------------------------

    def send(self, who: str, method: str, url: str, body: Any = None, what: str = "") -> HttpResponse:
        """One request whose writes are taken back."""
        client, self.sent = self.clients[who], self.sent + 1
        cookies = client.cookies.copy()
        with transaction.atomic():
            if method == "get":
                answer = client.get(url)
            elif isinstance(body, bytes):
                answer = client.post(url, body, content_type=FORM)
            else:
                answer = client.post(url, body or {})
            transaction.set_rollback(True)
        client.cookies = cookies  # a session that was ended, or renewed, is as it was
        if answer.status_code >= 500 and answer.status_code != 503:
            error = answer.exc_info[1] if getattr(answer, "exc_info", None) else None
            self.broken.append(f"{method} {url[:150]} as {who or 'a citizen'}: {what}: {error!r:.300}")
        return answer  # type: ignore[return-value]

    def whose_turn(self, row: Row) -> str:
        """Everybody who gets in, one after another."""
        people = sorted(row.by) or [""]
        return people[next(self.turn) % len(people)]

    # --- Addresses -----------------------------------------------------------------------------------

    def url(self, name: str, **changes: Any) -> str:
        row = TABLE[name]
        own = {**self.about.get(name, {}), **changes}
        return reverse(
            name, kwargs={key: own.get(key, self.world[value]) for key, value in row.about.items()}
        )

    def pages(self, name: str) -> Iterator[tuple[str, str, PageReader]]:
        """The page as each of those who get in, where it opens."""
        row, url = TABLE[name], self.url(name)
        for who in sorted(row.by) or [""]:
            answer = self.send(who, "get", url)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                self.opened.add(name)
                yield who, url, read_page(url, answer.content.decode())

    def queries(self, name: str) -> None:
        """Garbage in each parameter of a page, alone and in all at once, by those who get in, in turn."""
        row = TABLE[name]
        asked, choices = set[str](), set[str]()
        for _who, url, page in self.pages(name):
            asked |= page.asked
            for form in page.forms:
                if form.method == "get" and urlsplit(form.action).path == url:
                    asked |= {field for field, _value in form.fields}
                    choices |= form.choices
        url = self.url(name)
        for piece in [*map(quoted, [*TEXTS, *MORE_TEXTS]), *RAW]:
            everything = "&".join(f"{parameter}={piece}" for parameter in sorted({*asked, *ALWAYS}))
            self.send(self.whose_turn(row), "get", f"{url}?{everything}", what=f"all {piece[:40]}")
        for parameter in sorted(asked - {"export"}):
            for piece in map(quoted, CHOICES if parameter in choices else TEXTS):
                query = f"{parameter}={piece}&{parameter}[]={piece}"
                self.send(self.whose_turn(row), "get", f"{url}?{query}", what=f"{parameter}={piece[:40]}")
        for who in sorted(EVERYBODY | {""}):
            self.send(
                who, "get", f"{url}?export=%00&page={'9' * 19}&day=9999-12-31&%FF[]=%00&=&&", what="everybody"
            )

    # --- Forms ---------------------------------------------------------------------------------------

    def forms(self, name: str) -> None:
        """Garbage in each field of each form of a page, alone and in all at once, by those who get in, in turn."""
        found: dict[tuple[str, ...], list[tuple[str, PageForm]]] = {}
        for who, _url, page in self.pages(name):
            for form in page.forms:
                if form.method == "post":
                    found.setdefault(form.key(), []).append((who, form))
        for senders in found.values():
            for who, form in senders:
                self.submit(who, form, form.fields, "as it stands")
            for number, (changed, what) in enumerate(spoiled(senders[0][1])):
                who, form = senders[number % len(senders)]
                self.submit(who, form, changed, what)

    def submit(self, who: str, form: PageForm, fields: list[tuple[str, str]], what: str) -> None:
        url = form.action or "/"
        buttons = form.buttons or [("", "")]
        button = buttons[next(self.turn) % len(buttons)]
        pairs = [*fields, button] if button[0] else fields
        if not form.is_multipart:
            self.send(who, "post", url, encoded(pairs), what)
            return
        data: dict[str, Any] = {}
        for field_name, value in pairs:
            data.setdefault(field_name, []).append(value.encode("utf-8", "replace").decode())
        for field_name in form.files:
            data[field_name] = SimpleUploadedFile("a\u202e.xlsx", what.encode("utf-8", "replace"))
        self.send(who, "post", url, data, what)

    def press(self, name: str, fields: Iterable[str]) -> None:
        """What only answers a POST, with garbage in every field that any form of the portal has."""
        row, url, names = TABLE[name], self.url(name), sorted(fields)
        self.send(self.whose_turn(row), "post", url, encoded(row.data.items()), "as it stands")
        for text in [*TEXTS, *MORE_TEXTS]:
            body = encoded((field_name, text[:5_000]) for field_name in names)
            self.send(self.whose_turn(row), "post", url, body, f"every field {text[:20]!r}")
        for who in sorted(EVERYBODY | {""}):
            self.send(who, "post", url, b"\xff=%00&next=%ED%A0%80&a[]=1&=", "everybody")


def spoiled(form: PageForm) -> Iterator[tuple[list[tuple[str, str]], str]]:
    """The fields with garbage in one of them, then in all."""
    names = form.names()
    half = 2 if len(names) > MANY else 1  # of a long form each field gets every second text
    for number, name in enumerate(names):
        for text in (CHOICES if name in form.choices else TEXTS)[number % half :: half]:
            changed = [(field, text if field == name else value) for field, value in form.fields]
            yield changed, f"{name}={text[:20]!r}"
        yield [(field, value) for field, value in form.fields if field != name], f"without {name}"
        yield [*form.fields, *((name, text) for text in TEXTS[:8])], f"{name} many times"
    for text in [*TEXTS, *MORE_TEXTS]:
        yield [(field, text) for field, _value in form.fields], f"all {text[:20]!r}"


def field_names() -> set[str]:
    """The fields of every form class of the portal, with the prefixes that its views use."""
    names = {
        "next",
        "row",
        "at",
        "family",
        "pick",
        "then",
        "answer",
        "seen",
        "code",
        "again",
        "change",
        "address",
    }
    names |= {"client_key", "active", "kept", "communes", "form", "agreed_day"}
    return names


def shard_of(name: str, shards: int) -> int:
    return sum(name.encode()) % shards
