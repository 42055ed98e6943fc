"""Readers of what a list declares of doses and tests; their days are in `parsing_days`.

The cells are read as `parsing` reads the others, with the rules of the family's form (`forms_declared`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from citizens.matching import nfc
from portal.places.text import fold
from portal.sheets.cells import Cell, digits, plain
from portal.sheets.nothing import is_none
from repatriation.importing.parsing import YES, Wrong, names_of
from repatriation.models.declared import MOST_DOSES, Dose, TestKind, TestOutcome

_NOT_DONE = {"khong", "ko", "k", "chua", "chua co", "khong co", "chua tiem", "chua xet nghiem", "no", "none"}
NOTHING = _NOT_DONE | {"", "khong ro"}  # a dash alone folds to nothing, too
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
_SIGNS = {
    "(-)": "negative",
    "(–)": "negative",
    "(−)": "negative",
    "(+)": "positive",
    "+": "positive",
}  # as laboratories write


def parse_doses(cell: Cell) -> int | None:
    """Return the number as the form has it; its last choice is “four or more”."""
    text = nfc(digits(cell))
    folded = fold(text)
    if folded in _NOT_DONE:
        return 0
    if written := _DOSES.fullmatch(text):
        return min(int(written[1]), Dose.FOUR.value)
    if not folded.isdigit() and folded in names_of(Dose):  # "-1" has lost its sign
        return int(names_of(Dose)[folded])
    if folded in NOTHING or (is_none(text) and folded not in YES):  # a mark says that somebody had some
        return None
    raise Wrong("doses_unknown", limit=MOST_DOSES)


def parse_test_kind(cell: Cell) -> str:
    return _one_of(names_of(TestKind) | _KINDS, cell, "test_kind_unknown")


def parse_test_outcome(cell: Cell) -> str:
    return _SIGNS.get(plain(cell)) or _one_of(names_of(TestOutcome) | _OUTCOMES, cell, "test_outcome_unknown")


def _one_of(names: Mapping[str, Any], cell: Cell, code: str) -> str:
    """Return the value that the cell names; empty where it says that there is none."""
    text = fold(plain(cell))
    if text in NOTHING or (is_none(text) and "0" not in text):
        return ""
    if text not in names:
        raise Wrong(code, value=plain(cell)[:40])
    return str(names[text])
