"""Citizens' pages describe themselves, those of one citizen only as the portal; the style sheet is the part in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.conf import settings as portal
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from repatriation.models import Registration
from tests import styles
from tests.repatriation.world.places import make_campaign, make_places
from tests.test_house_english import PUBLIC, citizen, phones, small_demo, walk

__all__ = ["small_demo"]  # the fixture `demo`
LONGEST = 170  # characters that a search engine or a chat app shows


def meta(html: str) -> dict[str, str]:
    """Return what the head says of the page, by the name of each mark."""
    found: dict[str, str] = {}
    for mark in re.findall(r"<meta\s[^>]*>", html.split("</head>")[0]):
        values = dict(re.findall(r'([\w:]+)="([^"]*)"', mark))
        for name in ("name", "property"):
            if name in values:
                found[values[name]] = unescape(" ".join(values["content"].split()))
    return found


def heads(client: Client, *starts: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for address, _page in walk(client, *starts):
        html = client.get(address).content.decode()
        if '<body class="citizen' in html:
            yield address, meta(html), html


def test_every_page_that_anybody_may_find_describes_itself(demo: None) -> None:
    client, told = citizen(language="vi"), {}
    for address in PUBLIC:
        head = meta(client.get(address).content.decode())
        assert head["description"] == head["og:description"]
        assert 50 < len(head["description"]) <= LONGEST, (address, len(head["description"]))
        assert head["og:title"], address
        assert head["og:url"] == f"{portal.PORTAL_BASE_URL}{address}"
        assert "robots" not in head, address
        told[head["description"]] = address
    assert len(told) == len(PUBLIC), "two pages say the same of themselves"


def test_a_page_of_one_citizen_says_nothing_of_its_own(demo: None) -> None:
    generic, pages = set(), 0
    for phone in sorted(phones()):
        for address, head, _html in heads(citizen(phone, language="vi"), "/cua-toi/", "/ket-qua/"):
            assert head["description"], address
            if "robots" not in head:
                assert address.split("?")[0] in PUBLIC or address.startswith("/dot-don/"), address
                continue
            pages += 1
            assert head["robots"] == "noindex"
            generic.add((head["description"], head["og:title"], head.get("og:url", "")))
    assert pages > 10
    assert len(generic) == 1


def test_a_stranger_who_is_sent_a_secret_link_reads_nothing_of_it_in_a_chat(demo: None) -> None:
    row = Registration.objects.filter(status="waiting").first()
    assert row is not None
    answer = Client().get(f"/cua-toi/dang-ky/{row.code}/", follow=True)
    head = meta(answer.content.decode())
    assert row.code not in head["og:title"] + head["og:description"]


def test_the_picture_for_chats_is_what_the_pages_say(client: Client, db: None) -> None:
    head = meta(client.get("/").content.decode())
    assert head["og:image"] == f"{portal.PORTAL_BASE_URL}/static/ui/share.png"
    path = finders.find("ui/share.png")
    assert path is not None
    with Image.open(path) as picture:
        assert picture.size == (int(head["og:image:width"]), int(head["og:image:height"]))


def test_the_words_of_a_page_cannot_leave_their_mark(client: Client, db: None) -> None:
    campaign = make_campaign(make_places())
    campaign.name = 'Đợt "1" <b>'
    campaign.save()
    html = client.get(f"/dot-don/{campaign.slug}/").content.decode()
    assert meta(html)["og:title"] == campaign.name
    assert "<b>" not in html.split("</head>")[0].split("<title>")[0]


def test_the_style_sheet_is_the_part_of_bootstrap_in_use() -> None:
    assert styles.SHIPPED.read_text(encoding="utf-8") == styles.shipped(), "run bin/styles"


@pytest.mark.parametrize(
    ("word", "stays"), [("btn-primary", True), ("accordion", False), ("navbar-expand-lg", False)]
)
def test_a_rule_stays_when_a_page_has_its_class(word: str, stays: bool) -> None:
    assert (f".{word}" in styles.shipped()) is stays


def test_pages_have_no_class_of_bootstrap_that_is_not_shipped(demo: None) -> None:
    whole = set(styles.CLASS.findall(styles.WHOLE.read_text(encoding="utf-8")))
    shipped = set(styles.CLASS.findall(styles.SHIPPED.read_text(encoding="utf-8")))
    own = {name for path in styles.OWN for name in styles.CLASS.findall(path.read_text(encoding="utf-8"))}
    for address, _head, html in heads(citizen(language="vi"), *PUBLIC):
        classes = {name for text in re.findall(r'class="([^"]*)"', html) for name in text.split()}
        assert classes & whole - shipped - own == set(), address
