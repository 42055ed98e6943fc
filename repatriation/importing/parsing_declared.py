"""Readers of what a list declares of doses, tests and recovery.

The cells are read as `parsing` reads the others, with the rules of the family's form (`forms_declared`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from citizens.matching import nfc
from portal.places.text import fold
from portal.sheets.reading import Cell
from portal.ui.formats import vn_date
from portal.ui.forms import VietnameseDateField
from repatriation.importing.parsing import Wrong, names_of, plain, read_day
from repatriation.models.declared import MOST_DOSES, Dose, TestKind, TestOutcome
from repatriation.registration.declared import recovered_long_ago

_NOT_DONE = {"khong", "ko", "k", "chua", "chua co", "khong co", "chua tiem", "chua xet nghiem", "no", "none"}
_NOTHING = _NOT_DONE | {"", "khong ro"}  # a dash alone folds to nothing, too
_DOSES = re.compile(r"([0-9]) ?(?:mũi|mui|liều|lieu|doses?)?", re.IGNORECASE)
_RAPID = (
    "nhanh, test nhanh, rapid test, antigen, khang nguyen, test khang nguyen, xet nghiem khang nguyen, "
    "test nhanh khang nguyen, xet nghiem nhanh khang nguyen"
)
_PCR = (
    "rtpcr, test pcr, xet nghiem pcr, xet nghiem rt pcr, real time pcr, realtime pcr, real time rt pcr, "
    "realtime rt pcr"
)
_KINDS = dict.fromkeys(_RAPID.split(", "), TestKind.RAPID.value) | dict.fromkeys(
    _PCR.split(", "), TestKind.PCR.value
)
_OUTCOMES = {"am": "negative", "neg": "negative", "duong": "positive", "pos": "positive"}
_SIGNS = {"(-)": "negative", "(+)": "positive", "+": "positive"}  # as laboratories write
_PAST = VietnameseDateField(required=False, future=False)


def parse_doses(cell: Cell) -> int | None:
    """Return the number as the form has it; its last choice is “four or more”."""
    text = nfc(plain(cell))
    folded = fold(text)
    if folded in _NOT_DONE:
        return 0
    if written := _DOSES.fullmatch(text):
        return min(int(written[1]), Dose.FOUR.value)
    if not folded.isdigit() and folded in names_of(Dose):  # "-1" has lost its sign
        return int(names_of(Dose)[folded])
    if folded in _NOTHING:
        return None
    raise Wrong("doses_unknown", limit=MOST_DOSES)


def parse_test_kind(cell: Cell) -> str:
    return _one_of(names_of(TestKind) | _KINDS, cell, "test_kind_unknown")


def parse_test_outcome(cell: Cell) -> str:
    return _SIGNS.get(plain(cell)) or _one_of(names_of(TestOutcome) | _OUTCOMES, cell, "test_outcome_unknown")


def _one_of(names: Mapping[str, Any], cell: Cell, code: str) -> str:
    """Return the value that the cell names; empty where it says that there is none."""
    text = fold(plain(cell))
    if text in _NOTHING:
        return ""
    if text not in names:
        raise Wrong(code, value=plain(cell)[:40])
    return str(names[text])


def parse_past_day(cell: Cell) -> str:
    """Return `2026-11-24`, or an empty text. Accepts the days that the form accepts."""
    if fold(plain(cell)) in _NOTHING:
        return ""
    day = read_day(cell)
    if isinstance(day, int):  # a year alone
        raise Wrong("day_unreadable", value=plain(cell)[:40])
    try:
        _PAST.clean(day)
    except ValidationError as error:
        raise Wrong("day_future" if error.code == "future" else "birth_old", value=vn_date(day)) from error
    return day.isoformat()


def parse_recovered(cell: Cell) -> str:
    day = parse_past_day(cell)
    if day and recovered_long_ago(dt.date.fromisoformat(day)):
        raise Wrong("recovered_long_ago")
    return day
