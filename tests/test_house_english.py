"""Pages in English show Vietnamese in names alone: citizens' pages of the demo, walked by their own links."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as portal
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.models import Booking, Office, Procedure, Slot
from citizens.models import Person
from citizens.verified import KEY
from portal.places.models import LegacyCommune, Place, split_type
from quarantine.models import Certificate, Order
from repatriation.models import Campaign, Registration, RuleSet, Screening
from tests.lock_order import unwatched
from tests.repatriation.world.wizard import LAN, step
from tests.sources import sources

VIETNAMESE = re.compile(
    r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
MOST_OF_KIND = 6
PUBLIC = ("/", "/dot-don/", "/dang-ky/", "/dat-lich/", "/1022/", "/xac-nhan/", "/dang-ky/sai-so/")


WORD = re.compile(r"[^\W\d_]+")
LONGEST_NAME = 14  # words
VOID = {"meta", "link", "input", "br", "hr", "img", "source", "path", "circle", "rect"}


class Text(HTMLParser):
    """The text of a page piece by piece, also what a screen reader or a chat app reads, and the links."""

    SPOKEN = ("aria-label", "alt", "title", "placeholder", "content", "data-done")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.open: list[tuple[str, bool]] = []  # the elements around, each with whether it is left out
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        left_out = tag in {"script", "style"} or values.get("lang", "en") != "en"
        if tag not in VOID:
            self.open.append((tag, left_out))
        self.pieces += [values[name] for name in self.SPOKEN if name in values]
        if tag == "a" and values.get("href", "").startswith("/"):
            self.links.append(urlsplit(values["href"])._replace(fragment="").geturl())

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _left_out in self.open) and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(left_out for _name, left_out in self.open):
            self.pieces.append(" ".join(data.split()))


class Names:
    """Names of people, places and papers, which English pages show as they are."""

    def __init__(self) -> None:
        places = list(Place.objects.select_related("parent__parent"))
        names = [text for place in places for text in (place.name, place.short_name, place.address)]
        before_2025 = list(LegacyCommune.objects.values_list("name", flat=True))
        names += [*before_2025, *(split_type(name)[1] for name in before_2025)]
        names += Person.objects.values_list("full_name", flat=True)
        names += Campaign.objects.values_list("name", flat=True)
        names += RuleSet.objects.values_list("name", flat=True)
        names += Registration.objects.values_list("home_address", flat=True)
        names += Registration.objects.values_list("origin_address", flat=True)
        names += Booking.objects.values_list("full_name", flat=True)
        # What people typed stands as it was typed.
        names += Registration.objects.values_list("contact_relation", flat=True)
        names += Screening.objects.values_list("question", flat=True)
        names += [
            portal.PORTAL_NAME,
            portal.PORTAL_PROVINCE_NAME,
            LAN["full_name"],
            "Thanh Niên",
            "TP",
            "BYT-MT",
            "QĐ",
        ]
        self.known = {tuple(WORD.findall(name.casefold())) for name in names if name}

    def sentence_left(self, text: str) -> str:
        """Return the Vietnamese words of a text that belong to no name."""
        words, left, number = WORD.findall(text.casefold()), [], 0
        while number < len(words):
            length = next(
                (n for n in range(LONGEST_NAME, 0, -1) if tuple(words[number : number + n]) in self.known), 0
            )
            if not length:
                left.append(words[number])
            number += length or 1
        return " ".join(word for word in left if VIETNAMESE.search(word))


def walk(client: Client, *starts: str) -> Iterator[tuple[str, Text]]:
    """Yield the pages that the links lead to, each kind of address a few times."""
    waiting, seen, kinds = deque(starts), set(starts), Counter[str]()
    while waiting:
        address = waiting.popleft()
        answer = client.get(address, follow=True)
        final = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = Text(answer.content.decode())
        yield final, page
        for link in page.links:
            kind = re.sub(r"[A-Z0-9]{2,}-[\w-]+|\d+", "#", link)
            if (
                link not in seen
                and not link.startswith(("/officer/", "/static/"))
                and kinds[kind] < MOST_OF_KIND
            ):
                seen.add(link)
                kinds[kind] += 1
                waiting.append(link)


@pytest.fixture(name="demo")
def small_demo(db: None, settings: Any) -> None:
    settings.PORTAL_DEMO = False  # the inbox of sent messages is no citizen's page
    with unwatched():
        call_command("demo", families=150, stdout=StringIO())


def phones() -> set[str]:
    """A phone for each state of what citizens read about themselves."""
    rows = [
        *Registration.objects.exclude(phone="").order_by("status", "pk").distinct("status"),
        *Registration.objects.exclude(held_at=None)[:1],
    ]
    found = {row.phone for row in rows}
    found |= {row.phone for row in Booking.objects.order_by("status", "pk").distinct("status")}
    orders = Order.objects.exclude(person__phone="").select_related("person")
    found |= {order.person.phone for order in orders.order_by("status", "pk").distinct("status")}
    found |= {row.order.person.phone for row in Certificate.objects.select_related("order__person")[:2]}
    return {phone for phone in found if phone}


def verified() -> list[str]:
    """The addresses at which anybody checks a certificate: a valid one, one that was taken back, and none."""
    codes = Certificate.objects.order_by("revoked_at").values_list("public_code", flat=True)
    return [
        reverse("quarantine:verify", args=[code]) for code in (*codes[:1], *codes.reverse()[:1], "x" * 20)
    ]


def citizen(phone: str = "", *, language: str = "en") -> Client:
    client = Client()
    client.cookies[portal.LANGUAGE_COOKIE_NAME] = language
    if phone:
        session = client.session
        session[KEY] = {"phone": phone, "until": timezone.now().timestamp() + 1_800}
        session.save()
        client.cookies[portal.SESSION_COOKIE_NAME] = session.session_key
    return client


def forms_filled(client: Client) -> Iterator[tuple[str, Text]]:
    """Yield the pages of the two long forms: each step as it is asked, as it refuses nothing at all, and the next."""
    campaign = Campaign.objects.open().get()
    home = Place.objects.get(code="25711", kind=Place.Kind.COMMUNE)
    origin = Place.objects.filter(kind=Place.Kind.COMMUNE, parent__in=campaign.origins.all()).first()
    assert origin is not None
    office = Office.objects.get()
    slot = Slot.objects.filter(office=office, starts_at__gt=timezone.now() + dt.timedelta(days=2)).last()
    assert slot is not None
    answers: list[tuple[str, dict[str, Any]]] = [
        ("/dang-ky/", {"campaign": campaign.pk, "agreed": "on"}),
        (step("noi-dang-o"), {"origin": origin.pk, "address": "12"}),
        (step("que-nha"), {"home": home.pk, "address": "34"}),
        (reverse("repatriation:register_person_add"), LAN),
        (step("gia-dinh"), {}),
        (step("ly-do"), {"reasons": ["lost_work"]}),
        (step("ngay-di"), {}),
        (step("dien-thoai"), {"phone": "0901 234 567"}),
        (step("ma-xac-nhan"), {"code": "000000"}),
        ("/dang-ky/luu-lai/", {}),
        ("/dang-ky/sai-so/", {}),
        ("/dat-lich/", {"procedure": Procedure.objects.all()[0].code}),
        ("/dat-lich/noi/", {"office": office.slug}),
        ("/dat-lich/gio/", {"slot": slot.pk}),
        ("/dat-lich/thong-tin/", {"full_name": LAN["full_name"], "phone": "0901 234 568", "agree": "on"}),
        ("/dat-lich/ma/", {"code": "000000"}),
        ("/xac-nhan/", {"phone": "1"}),
    ]
    for address, fields in answers:
        asked = client.get(address, follow=True)
        yield address, Text(asked.content.decode())
        form = (asked.context or {}).get("form")
        key = {"client_key": str(form["client_key"].value())} if form and "client_key" in form.fields else {}
        yield address, Text(client.post(address, key, follow=True).content.decode())
        yield address, Text(client.post(address, {**fields, **key}, follow=True).content.decode())


def test_english_pages_show_vietnamese_in_names_alone(demo: None) -> None:
    names, wrong, pages = Names(), {}, set()

    def look(found: Iterator[tuple[str, Text]]) -> None:
        for address, page in found:
            pages.add(address)
            for piece in page.pieces:
                if VIETNAMESE.search(piece) and (left := names.sentence_left(piece)):
                    wrong.setdefault(f"{left} ← {piece[:160]}", address)

    look(walk(citizen(), *PUBLIC, *verified()))
    look(forms_filled(citizen()))
    for phone in sorted(phones()):
        look(walk(citizen(phone), "/cua-toi/", "/ket-qua/", "/khai-bao/"))
    assert len(pages) > 50
    assert not wrong, "\n".join(f"{address}: {text}" for text, address in wrong.items())


def test_days_and_numbers_are_written_by_one_module() -> None:
    """`portal/ui/formats.py`. What machines read (`Y-m-d`, `c`) and the log's names of rows are left out."""
    in_python = re.compile(r"strftime\(|:%d/%m|:%H:%M|:,\}")
    in_templates = re.compile(r"\|(?:date|time):(?![\"'](?:c|Y-m-d)[\"'])|\|intcomma")
    wrong = []
    for suffix, pattern in ((".py", in_python), (".html", in_templates)):
        for path in sources(suffix=suffix):
            if path.name == "formats.py" or "management" in path.parts:
                continue
            before = ""
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if pattern.search(line) and "def __str__" not in before:
                    wrong.append(f"{path}:{number}: {line.strip()}")
                before = line
    assert not wrong, "\n".join(wrong)
