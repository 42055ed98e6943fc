"""The rows of a sheet of arrivals, read cell by cell. Nothing is looked up."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django.utils import timezone

from citizens.matching import nfc
from portal.places.text import fold
from portal.sheets.cells import Cell, digits, plain
from portal.sheets.cells import CellFault as Wrong
from portal.sheets.headings import Headings
from portal.sheets.nothing import is_none
from portal.sheets.reading import Table
from portal.ui.formats import vn_date, vn_datetime
from quarantine.models.check import Symptom
from repatriation.importing import parsing
from repatriation.importing.families import ListLine
from repatriation.importing.parsing import names_of
from repatriation.importing.parsing_days import DAYS
from repatriation.models import Arrival, Campaign
from repatriation.on_paper.columns import SYMPTOMS

_HOUR = re.compile(
    r"([0-9]{1,2})\s*(?:[:.,]|h|giờ|g)\s*([0-9]{1,2})?\s*(?:phút|p)?(?::[0-9]{2})?", re.IGNORECASE
)
_BARE_HOUR = re.compile(r"([0-9]{1,2}?)([0-9]{2})")
_PARTS = re.compile(r"[,;/\n+.]")
LOWEST, HIGHEST = Decimal(34), Decimal(43)  # °C
_SYMPTOM_WORDS = (
    (Symptom.FEVER, ("sot", "fever")),
    (Symptom.SORE_THROAT, ("hong", "throat")),
    (Symptom.LOSS_OF_SMELL, ("mui", "mat vi", "smell", "taste")),
    (Symptom.BREATHLESS, ("kho tho", "hut hoi", "breath")),
    (Symptom.CHEST_PAIN, ("nguc", "chest")),
    (Symptom.DROWSY, ("lo mo", "danh thuc", "drowsy")),
    (Symptom.COUGH, ("ho", "cough")),
)
_TEST_WORDS = {
    **dict.fromkeys(("khong", "khong lam", "chua lam", "none"), Arrival.RapidTest.NONE),
    **dict.fromkeys(("am", "neg"), Arrival.RapidTest.NEGATIVE),
    **dict.fromkeys(("duong", "pos", "f0"), Arrival.RapidTest.POSITIVE),
}
_TEST_SIGNS = {"-": "negative", "(-)": "negative", "+": "positive", "(+)": "positive"}
_DECISION_WORDS = {
    **dict.fromkeys(("nha", "o nha", "tai nha", "home"), Arrival.Decision.HOME),
    **dict.fromkeys(("co so", "cach ly", "cach ly tap trung", "facility"), Arrival.Decision.FACILITY),
    **dict.fromkeys(("bv", "vien", "nhap vien", "hospital"), Arrival.Decision.HOSPITAL),
}


def read_lines(table: Table, headings: Headings, campaign: Campaign) -> list[ListLine]:
    """Read every row under the headings but those that hold nobody."""
    rows = [row for row in table.rows if row[0] > headings.last and row[0] not in headings.skipped]
    days = {
        key: DAYS[kind].column((_cell(cells, headings.places[key]) for _number, cells in rows), table.epoch)
        for key, kind in _DAYS.items()
    }
    hidden = set(table.hidden_rows)
    lines = []
    for number, cells in rows:
        line = _read_line(number, cells, headings.places, days)
        _compare(line, campaign)
        if number in hidden:
            line.odd("", "hidden_row")
        lines.append(line)
    return lines


_DAYS = {"birth": "birth", "came_on": "tested"}  # a day of arrival lies in the epidemic, as a test's does


def _cell(cells: Sequence[Cell], position: int) -> Cell:
    return cells[position] if position < len(cells) else None


def _read_line(number: int, cells: Sequence[Cell], places: dict[str, int], days: dict[str, Any]) -> ListLine:
    line = ListLine(number)
    for key, position in places.items():
        cell = _cell(cells, position)
        if cell in (None, "") and key not in _ALWAYS:
            continue
        try:
            parsing.refuse_formula(cell)
            value: Any
            if key in days:
                value, day = DAYS[_DAYS[key]].read(cell, days[key])
                if day is not None and day.doubt:
                    line.odd(key, day.doubt, **day.params)
                if not value:
                    raise Wrong("missing")
            else:
                value = _READERS[key](cell)
        except Wrong as wrong:
            line.wrong(key, wrong.code, **wrong.params)
            if key == "full_name":
                line.values["typed_name"] = plain(cell)[: parsing.NAME_LENGTH]
            continue
        if key == "identity":
            value, mended = cast(tuple[str, bool], value)
            if mended:
                line.odd(key, "zeros", value=value[-4:])
        elif key == "papers":
            value, unknown = cast(tuple[list[str], list[str]], value)
            for text in unknown:
                line.odd(key, "papers_unknown", value=text, names=", ".join(map(str, Arrival.Paper.labels)))
        line.values[key] = value
    return line


def parse_hour(cell: Cell) -> str:
    """Return `22:40`. Excel keeps a time of day as a time, as a date, or as a fraction of a day."""
    if isinstance(cell, (dt.time, dt.datetime)):
        return f"{cell.hour:02d}:{cell.minute:02d}"
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    text = plain(cell)
    if not text:
        raise Wrong("missing")
    found = _HOUR.fullmatch(text) or _BARE_HOUR.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise Wrong("hour_unknown", value=text[:40])
    return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"


def parse_temperature(cell: Cell) -> str:
    """Return the degrees with one decimal as a text, `37.2`; nothing where it was not measured."""
    text = plain(cell).replace(",", ".").replace("°C", "").replace("°", "").strip()
    if is_none(text):
        return ""
    try:
        degrees = Decimal(text).quantize(Decimal("0.1"))
    except InvalidOperation:
        degrees = Decimal(0)
    if not LOWEST <= degrees <= HIGHEST:
        raise Wrong("temperature_unknown", value=plain(cell)[:40])
    return str(degrees)


def parse_symptoms(cell: Cell) -> list[str]:
    """Return the symptoms; a word that names none is refused, for it may be the one that matters."""
    text = plain(cell)
    if is_none(text):
        return []
    if fold(text) in names_of(Symptom):
        return [names_of(Symptom)[fold(text)]]
    separator = re.compile(r"[,;/\n+.\s]+") if not any(map(str.isalpha, text)) else _PARTS
    found: set[str] = set()
    for part in filter(None, (fold(part) for part in separator.split(text))):
        if is_none(part):
            continue
        symptom = SYMPTOMS.get(part) or names_of(Symptom).get(part) or _symptom_in(part)
        if not symptom:
            names = ", ".join(f"{number} {one.label.lower()}" for number, one in SYMPTOMS.items())
            raise Wrong("symptom_unknown", value=part[:40], names=names)
        found.add(str(symptom))
    return sorted(found)


def _symptom_in(part: str) -> str:
    words = f" {part} "
    return next(
        (symptom for symptom, names in _SYMPTOM_WORDS if any(f" {name} " in words for name in names)), ""
    )


def parse_test(cell: Cell) -> str:
    text = fold(plain(cell))
    known = names_of(Arrival.RapidTest) | _TEST_WORDS
    if found := _TEST_SIGNS.get(plain(cell)) or known.get(text):
        return str(found)
    if is_none(text):
        return str(Arrival.RapidTest.NONE)
    raise Wrong("test_unknown", value=plain(cell)[:40])


def parse_decision(cell: Cell) -> str:
    found = (names_of(Arrival.Decision) | _DECISION_WORDS).get(fold(plain(cell)))
    if not found:
        raise Wrong("decision_unknown", value=plain(cell)[:40])
    return str(found)


def parse_papers(cell: Cell) -> tuple[list[str], list[str]]:
    """Return the papers, and the parts of the text that name none."""
    papers, unknown = set(), []
    for part in re.split(r"[,;/\n+]", plain(cell)):
        if is_none(part):
            continue
        if paper := names_of(Arrival.Paper).get(fold(part)):
            papers.add(str(paper))
        else:
            unknown.append(part.strip()[:40])
    return sorted(papers), unknown


def _short_text(limit: int) -> Callable[[Cell], str]:
    def parse(cell: Cell) -> str:
        text = parsing.parse_text(cell)
        if len(text) > limit:
            raise Wrong("too_long", limit=limit)
        return text

    return parse


_READERS: dict[str, Callable[[Cell], Any]] = {
    "family": parsing.parse_family,
    "code": lambda cell: nfc(plain(cell))[:60],
    "full_name": parsing.parse_name,
    "sex": parsing.parse_sex,
    "identity": parsing.parse_identity,
    "phone": lambda cell: parsing.parse_phone(digits(cell)),
    "came_at": parse_hour,
    "home": parsing.parse_text,
    "address": parsing.parse_address,
    "compared": parsing.parse_flag,
    "papers": parse_papers,
    "temperature": parse_temperature,
    "symptoms": parse_symptoms,
    "test": parse_test,
    "decision": parse_decision,
    "facility": parsing.parse_text,
    "needs": _short_text(200),
    "plate": _short_text(12),
}
_ALWAYS = ("full_name", "birth", "came_on", "came_at")


def came_of(values: dict[str, Any]) -> dt.datetime | None:
    """Return when the person came by the paper; None where day or hour could not be read."""
    if not (values.get("came_on") and values.get("came_at")):
        return None
    return timezone.make_aware(dt.datetime.fromisoformat(f"{values['came_on']}T{values['came_at']}"))


def _compare(line: ListLine, campaign: Campaign) -> None:
    """Compare the columns of one row with each other, and its time with now and with the campaign."""
    values = line.values
    came = came_of(values)
    if came is not None and came > timezone.now():
        line.wrong("came_at", "came_future", value=vn_datetime(came))
    elif came is not None and timezone.localdate(came) < campaign.starts_on:
        line.odd("came_on", "came_before", value=vn_datetime(came), start=vn_date(campaign.starts_on))
    faulty = {fault.column for fault in line.errors}
    decision = values.get("decision") or Arrival.Decision.HOME
    if "decision" not in faulty and decision == Arrival.Decision.HOME:
        if values.get("test") == Arrival.RapidTest.POSITIVE:
            line.wrong("decision", "positive_home")
        elif values.get("facility"):
            line.wrong("facility", "facility_home")


def group(lines: Iterable[ListLine]) -> dict[int, list[ListLine]]:
    """Return the families, numbered from 1: rows with one number, else with one code, else each row alone."""
    keys: dict[str, int] = {}
    families: dict[int, list[ListLine]] = {}
    for line in lines:
        values = line.values
        number, code = fold(values.get("family", "")), fold(values.get("code", ""))
        key = f"#{number}" if number else f"@{code}" if code else f"!{line.number}"
        line.family = keys.setdefault(key, len(keys) + 1)
        families.setdefault(line.family, []).append(line)
    return families
