"""The rows of a list, read cell by cell, each by itself but for the days of a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from citizens import identity
from portal.sheets.cells import Cell, plain
from portal.sheets.days import DayColumn
from portal.sheets.headings import Headings
from portal.sheets.nothing import is_ditto
from portal.sheets.reading import Table
from portal.ui.formats import parse_date, vn_date
from repatriation.importing import parsing, parsing_declared
from repatriation.importing.families import ListLine
from repatriation.importing.parsing import Wrong
from repatriation.importing.parsing_days import DAYS
from repatriation.models import Campaign
from repatriation.models.declared import is_recent_positive
from repatriation.registration.declared import missing_answers
from repatriation.registration.drafts import PersonEntry, day_of

_READERS: dict[str, Callable[[Cell], Any]] = {
    "family": parsing.parse_family,
    "full_name": parsing.parse_name,
    "sex": parsing.parse_sex,
    "sex_male": parsing.parse_flag,
    "sex_female": parsing.parse_flag,
    "identity": parsing.parse_identity,
    "phone": lambda cell: parsing.parse_phone(plain(cell)),
    "reasons": parsing.parse_reasons,
    "pregnant": parsing.parse_flag,
    "chronic": parsing.parse_flag,
    "disability": parsing.parse_flag,
    "doses": parsing_declared.parse_doses,
    "test_kind": parsing_declared.parse_test_kind,
    "test_outcome": parsing_declared.parse_test_outcome,
    "origin_address": parsing.parse_address,
    "home_address": parsing.parse_address,
}
_NAMES = ("surname", "middle_name")  # read together with the given name
_ALWAYS = ("full_name", "birth")
_BY_SEX = (("male", "birth_male", "sex_male"), ("female", "birth_female", "sex_female"))
# In these a ditto mark is understood: the same paper or birth as in the row above is nobody's.
_OF_FAMILIES = (
    "family", "phone", "origin", "origin_province", "origin_address", "home", "home_address", "reasons", "travel_from",
    "travel_until",
)  # fmt: skip
BEFORE_BIRTH = ("last_dose", "tested", "recovered")
AGE_TO_ASK_ABOUT = 105  # years


def read_lines(table: Table, headings: Headings, campaign: Campaign | None = None) -> list[ListLine]:
    """Read every row under the headings but those that hold nobody."""
    rows = [row for row in table.rows if row[0] > headings.last and row[0] not in headings.skipped]
    days = {
        key: kind.column(
            (_cell(cells, headings.places[key]) for _number, cells in rows),
            table.epoch,
            heading=_heading(table, headings, headings.places[key]),
        )
        for key, kind in DAYS.items()
        if key in headings.places
    }
    rows = _repeated(rows, [headings.places[key] for key in _OF_FAMILIES if key in headings.places])
    lines = [_line(number, cells, headings.places, days, campaign) for number, cells in rows]
    width = max((table.widths.get(number, 0) for number in range(headings.row, headings.last + 1)), default=0)
    for line, (_number, cells) in zip(lines, rows, strict=True):
        if table.kind == "csv" and len(cells) > width:
            line.wrong("", "row_shifted", separator=table.separator)
    return lines


def _heading(table: Table, headings: Headings, place: int) -> str:
    rows = [cells for number, cells in table.rows if headings.row <= number <= headings.last]
    return " ".join(plain(_cell(cells, place)) for cells in rows)


def _repeated(rows: Sequence[tuple[int, list[Cell]]], places: Sequence[int]) -> list[tuple[int, list[Cell]]]:
    """Return the rows with what stands above in place of “nt”, “như trên” and ditto marks."""
    above: dict[int, Cell] = {}
    told = []
    for number, cells in rows:
        cells = [*cells]
        for place in places:
            cell = _cell(cells, place)
            if isinstance(cell, str) and is_ditto(cell):
                cells[place] = above.get(place)
            else:
                above[place] = cell
        told.append((number, cells))
    return told


def _cell(cells: Sequence[Cell], position: int) -> Cell:
    return cells[position] if position < len(cells) else None


def _line(
    number: int,
    cells: Sequence[Cell],
    places: dict[str, int],
    days: dict[str, DayColumn],
    campaign: Campaign | None,
) -> ListLine:
    line = ListLine(number)
    for key, position in places.items():
        cell = _whole_name(cells, places) if key == "full_name" else _cell(cells, position)
        if key in _NAMES or ((cell is None or cell == "") and key not in _ALWAYS):
            continue
        try:
            parsing.refuse_formula(cell)
            value: Any = (
                _day(line, key, cell, days[key])
                if key in days
                else _READERS.get(key, parsing.parse_text)(cell)
            )
        except Wrong as wrong:
            line.wrong(key, wrong.code, **wrong.params)
            if key == "full_name":
                line.values["typed_name"] = plain(cell)[: parsing.NAME_LENGTH]
            continue
        if key == "identity":
            value, mended = value
            if mended:
                line.odd(key, "zeros", value=value[-4:])
        elif key == "reasons":
            value, unknown = value
            for text in unknown:
                line.odd(key, "reason_unknown", value=text)
        line.values[key] = value
    _join_columns(line, places)
    today = timezone.localdate()
    _compare_columns(line, today)
    if campaign is not None:
        _compare_travel_days(line, campaign, today)
    return line


def _whole_name(cells: Sequence[Cell], places: dict[str, int]) -> Cell:
    """Return the name, of a list whose column “Tên” has the given name alone with the others beside it."""
    name = _cell(cells, places["full_name"])
    others = [plain(_cell(cells, places[key])) for key in _NAMES if key in places]
    whole = " ".join(filter(None, [*others, plain(name)]))
    if not others or not (
        (isinstance(name, str) and name) or len(whole.split()) > 2
    ):  # then nothing is missing
        return name
    return whole


def _day(line: ListLine, key: str, cell: Cell, column: DayColumn) -> str:
    stored, day = DAYS[key].read(cell, column)
    if day is not None and day.doubt:
        line.odd(key, day.doubt, **day.params)
    return stored


def _join_columns(line: ListLine, places: dict[str, int]) -> None:
    """Take the birth and the sex of a list that has a column for each sex."""
    if not places.keys() & {key for _sex, *keys in _BY_SEX for key in keys}:
        return
    told = {
        (sex, key.partition("_")[0]): line.values.pop(key)
        for sex, *keys in _BY_SEX
        for key in keys
        if line.values.get(key)
    }
    sexes = sorted({sex for sex, _key in told})
    births = [value for (_sex, key), value in told.items() if key == "birth"]
    if len(births) > 1 or len(sexes) > 1:
        line.wrong("birth" if len(births) > 1 else "sex", "both_sexes")
        return
    if sexes and not line.values.get("sex"):
        line.values["sex"] = sexes[0]
    if births:
        line.values["birth"] = births[0]
    elif "birth" not in places and not any(fault.column.startswith("birth") for fault in line.errors):
        line.wrong("birth", "missing")


def _compare_columns(line: ListLine, today: dt.date) -> None:
    """Compare the columns of one row with each other."""
    values = line.values
    number = values.get("identity", "")
    if number and identity.classify(number) == identity.NumberKind.CCCD:
        from_number = identity.parse(number)
        if not values.get("sex"):
            values["sex"] = str(from_number.sex)
        elif values["sex"] != from_number.sex:
            line.odd("sex", "sex_differs")
        if values.get("birth") and int(values["birth"][-4:]) != from_number.birth_year:
            line.odd("birth", "year_differs", value=from_number.birth_year)
    elif not values.get("sex") and not any(fault.column == "sex" for fault in line.errors):
        line.odd("sex", "sex_missing")
    if values.get("pregnant") and values.get("birth") and not _may_be_pregnant(values):
        line.odd("pregnant", "not_pregnant")
        values["pregnant"] = False
    faulty = {fault.column for fault in line.errors}
    for name in missing_answers(values):
        if name not in faulty:
            line.wrong(name, f"{name}_missing")
    if is_recent_positive(values.get("test_outcome", ""), day_of(values.get("tested", ""))):
        line.odd("test_outcome", "positive")
    _compare_with_birth(line, today)
    first, last = values.get("travel_from", ""), values.get("travel_until", "")
    if first and last and last < first:
        line.wrong("travel_until", "travel_order")


def _compare_with_birth(line: ListLine, today: dt.date) -> None:
    """Object to what happened to somebody before they were born."""
    birth = line.values.get("birth", "")
    if not birth:
        return
    told = {key: day for key in BEFORE_BIRTH if (day := day_of(line.values.get(key, "")))}
    if told:
        born = dt.date(int(birth), 1, 1) if len(birth) == 4 else parse_date(birth)
        for key, day in told.items():
            if day < born:
                line.wrong(key, "before_birth", value=vn_date(day))
    age = today.year - int(birth[-4:])
    if age > AGE_TO_ASK_ABOUT:
        line.odd("birth", "aged", age=age)


def _compare_travel_days(line: ListLine, campaign: Campaign, today: dt.date) -> None:
    """Object to days on which the campaign brings nobody, as the form does."""
    first, last = (day_of(line.values.get(key, "")) for key in ("travel_from", "travel_until"))
    if first and first > campaign.ends_on:
        line.wrong("travel_from", "travel_after", value=vn_date(campaign.ends_on))
    elif first and first < today:
        line.odd("travel_from", "travel_begun", value=vn_date(first))
    if last and last < today:
        line.wrong("travel_until", "travel_over", value=vn_date(last))
    elif last and last < campaign.starts_on:
        line.wrong("travel_until", "travel_before", value=vn_date(campaign.starts_on))


def _may_be_pregnant(values: dict[str, Any]) -> bool:
    entry = PersonEntry(key="", full_name="", birth=values["birth"], sex=values.get("sex", ""))
    return entry.may_be_pregnant
