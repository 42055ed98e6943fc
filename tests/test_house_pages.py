"""The rules of the house for templates and for the sentences on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests import messages
from tests.sources import ROOT, sources


def templates() -> Iterator[Path]:
    for path in sources(suffix=".html"):
        if "templates" in path.parts:
            yield path


def test_no_template_has_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if inline.search(line)
    ]
    assert not wrong


def test_nothing_on_a_page_comes_from_elsewhere() -> None:
    outside = re.compile(r"<(?:link|script|img|iframe)[^>]+(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
    assert not [str(path) for path in templates() if outside.search(path.read_text(encoding="utf-8"))]


def test_officers_pages_lead_back_in_one_way() -> None:
    """Its place is the block `back`, its words those of `ui/_back.html`."""
    days = {"day.html"}  # the day before, in a row of days
    wrong = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        if 'extends "ui/base_officer.html"' not in text or path.name in days:
            continue
        outside = re.sub(r"{% block back %}.*?{% endblock %}", "", text, flags=re.DOTALL)
        if re.search(
            r'icon "back"|ui/_back\.html|back_to|"(Quay lại|Về danh sách|Về trang|Trở lại|Trở về)', outside
        ):
            wrong.append(str(path.relative_to(ROOT)))
    assert not wrong


def test_officers_pages_have_one_word_for_cancel_and_one_for_history() -> None:
    """See docs/words.md: "Thôi" leaves a form, "Đã xảy ra" is what was done with a row."""
    others = re.compile(r'"(Không [^"]* nữa|Hủy bỏ|Bỏ qua|Lịch sử|Diễn biến|Thay đổi của [^"]*)"')
    assert not [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in templates()
        if (text := path.read_text(encoding="utf-8"))
        and "base_officer.html" in text
        and (found := others.search(text))
    ]


def test_every_template_is_used() -> None:
    used = "\n".join(
        path.read_text(encoding="utf-8") for suffix in (".py", ".html") for path in sources(suffix=suffix)
    )
    wrong = []
    for path in templates():
        parts = path.parts
        name = "/".join(parts[parts.index("templates") + 1 :])
        if name not in used and not name.startswith("ui/icons/"):
            wrong.append(name)
    assert not wrong


def test_every_sentence_has_its_english() -> None:
    known = messages.translated()
    wanted = messages.catalogue()
    absent = [str(message.id) for message in wanted if message.id and message.id not in known]
    assert not absent, "run bin/messages"
    assert not messages.missing(known)


def test_the_compiled_catalogues_are_the_written_ones() -> None:
    for path in (messages.PO, messages.DJANGO_PO):
        compiled = messages.compiled(messages.translated(path))
        assert path.with_suffix(".mo").read_bytes() == compiled, "run bin/messages"


def test_no_sentence_names_the_hotline_by_number() -> None:
    """The number is a setting, and a sentence has a place for it."""
    assert not [str(message.id) for message in messages.catalogue() if "1022" in str(message.id)]


PLACEHOLDER = re.compile(r"%\(\w+\)|(?<!\{)\{\w+\}(?!\})")


def test_english_keeps_every_placeholder() -> None:
    wrong = []
    for message in messages.translated():
        if not message.id:
            continue
        ids = message.id if message.pluralizable else [message.id]
        strings = message.string if message.pluralizable else [message.string]
        wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
        wrong += [
            f"{ids[0]} → {text}"
            for text in strings
            if set(PLACEHOLDER.findall(text)) - wanted
            or (len(strings) == 1 and set(PLACEHOLDER.findall(text)) != wanted)
        ]
    assert not wrong


TEMPLATE_WIDTH = 120


def test_no_line_of_a_template_is_wider_than_a_screen() -> None:
    """Hold the width where the formatter has nowhere to break: a long tag, a sentence in `translate`.

    Such a sentence goes into `blocktranslate trimmed`, which keeps it whole for the translator.
    """
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > TEMPLATE_WIDTH
    ]
    assert not wrong
