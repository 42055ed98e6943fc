"""The forms of a page and the parameters of its links, as a browser knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit


@dataclass
class PageForm:
    """One form: where it goes, its fields as they stand, and the buttons of which one is pressed."""

    action: str
    method: str
    is_multipart: bool = False
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: set[str] = field(default_factory=set)  # fields that are chosen or hidden, not typed
    files: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def names(self) -> list[str]:
        """Each name once; of many forms in a row (`form-0-name`, `form-1-name`) the first."""
        first: dict[str, str] = {}
        for name, _value in self.fields:
            first.setdefault(re.sub(r"\d+", "0", name), name)
        return list(first.values())

    def key(self) -> tuple[str, ...]:
        """Equal for forms that differ only in their numbers: one button for each row of a list."""
        shape = [re.sub(r"[0-9A-F-]{6,}|\d+", "0", self.action), self.method, *self.names()]
        return tuple(shape + sorted({name for name, _value in self.buttons}))


class PageReader(HTMLParser):
    """Collects `forms` and, in `asked`, the parameters in links of the page to itself."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.path = url, urlsplit(url).path
        self.forms: list[PageForm] = []
        self.asked: set[str] = set()
        self._by_id: dict[str, PageForm] = {}
        self._late: list[tuple[str, dict[str, str], str]] = []
        self._open: PageForm | None = None
        self._select: dict[str, str] | None = None
        self._options: list[str] = []
        self._chosen: list[str] = []
        self._area: dict[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = PageForm(
                urljoin(self.url, found.get("action", "")),
                found.get("method", "get").lower(),
                found.get("enctype") == "multipart/form-data",
            )
            self.forms.append(self._open)
            self._by_id[found.get("id", "")] = self._open
        elif tag in {"input", "button"}:
            self._field(tag, found, found.get("value", ""))
        elif tag == "select":
            self._select, self._options, self._chosen = found, [], []
        elif tag == "option" and self._select is not None:
            self._options.append(found.get("value", ""))
            if "selected" in found:
                self._chosen.append(found.get("value", ""))
        elif tag == "textarea":
            self._area, self._text = found, ""
        for attribute in ("href", "hx-get"):
            link = urlsplit(urljoin(self.url, found.get(attribute, "")))
            if link.path == self.path:
                self.asked |= {name for name, _value in parse_qsl(link.query, keep_blank_values=True)}

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select" and self._select is not None:
            several = "multiple" in self._select
            for value in self._chosen or ([] if several else self._options[:1]) or [""]:
                self._field("select", self._select, value)
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._field("textarea", self._area, self._text)
            self._area = None

    def _field(self, tag: str, found: dict[str, str], value: str) -> None:
        if found.get("form"):
            self._late.append((tag, found, value))
        elif self._open is not None:
            self._add(self._open, tag, found, value)

    def _add(self, form: PageForm, tag: str, found: dict[str, str], value: str) -> None:
        name, kind = found.get("name", ""), found.get("type", "submit" if tag == "button" else "text")
        if not name or name == "csrfmiddlewaretoken" or kind in {"reset", "button"}:
            return
        if kind in {"submit", "image"}:
            form.buttons.append((name, value))
        elif kind == "file":
            form.files.add(name)
        elif kind != "radio" or name not in {known for known, _value in form.fields}:
            if tag == "select" or kind in {"radio", "checkbox", "hidden"}:
                form.choices.add(name)
            form.fields.append((name, value))  # a box counts whether or not it is ticked

    def close(self) -> None:
        super().close()
        for tag, found, value in self._late:
            if form := self._by_id.get(found["form"]):
                self._add(form, tag, found, value)


def read_page(url: str, html: str) -> PageReader:
    reader = PageReader(url)
    reader.feed(html)
    reader.close()
    return reader


def names_in(forms: Iterable[PageForm]) -> set[str]:
    return {name for form in forms for name, _value in [*form.fields, *form.buttons]}
