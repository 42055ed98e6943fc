"""The hotline's number can be tapped wherever it stands."""

from __future__ import annotations

import re
from typing import Any

from django.forms import Form, IntegerField
from django.template.loader import render_to_string
from django.test import Client

from portal.ui.hotline import dialled, hotline_link, tap_hotline
from tests.test_house_pages import templates


def test_a_sentence_with_the_number_is_escaped_and_tapped() -> None:
    assert tap_hotline("<b> gọi 0276 1022.") == (
        '&lt;b&gt; gọi <a class="hotline" href="tel:02761022">0276 1022</a>.'
    )
    assert tap_hotline("không có số") == "không có số"


def test_what_is_dialled() -> None:
    assert dialled("+84 276 1022") == "+842761022"
    assert dialled("(0276) 10.22") == "02761022"


def test_a_message_and_an_error_tap_it() -> None:
    form: Any = Form({})
    form.fields["n"] = IntegerField(error_messages={"required": "Vui lòng gọi 0276 1022."})
    assert form.is_valid() is False
    assert hotline_link() in render_to_string("ui/_errors.html", {"form": form})
    assert hotline_link() in render_to_string("ui/_field_error.html", {"field": form["n"]})


def test_a_citizens_page_ends_with_it(client: Client, db: None) -> None:
    page = client.get("/").content.decode()
    assert page.count("0276 1022") == page.count('">0276 1022</a>') + page.count("hỗ trợ: 0276 1022")


def test_no_template_writes_the_number_without_its_link() -> None:
    """`HOTLINE` is for what already is a link to call; a sentence is given `HOTLINE_LINK`."""
    plain = re.compile(r"\b(?!number)\w+=HOTLINE\b(?!_)|\{\{ HOTLINE \}\}")
    assert not [str(path) for path in templates() if plain.search(path.read_text(encoding="utf-8"))]
