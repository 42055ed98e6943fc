"""Numbers and JSON that a browser sent, within limits. No other code reads either from a request.

Python refuses to read a number of 4,301 digits with an error, and JSON that is nested thousands of levels deep with
another; PostgreSQL refuses a number of more than 64 bits. Here all of them are simply no answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any, NoReturn

from django.http import HttpRequest, RawPostDataException

from portal.text import cleaned, cleaned_json

LARGEST = 2**63 - 1  # what a bigint of PostgreSQL takes
DIGITS = 19  # of the largest
MOST_BYTES = 1_000_000  # of JSON in one request
DEEPEST = 10  # levels of lists and objects


class UnreadableJson(ValueError):
    """The body of the request is no JSON, or too large, or nested too deep."""


def whole_number(text: str, *, least: int = 0, most: int = LARGEST) -> int | None:
    """Return the number that the text is, None when it is no whole number between the limits.

    Only the digits 0 to 9 count, without a sign.
    """
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    if len(digits) > DIGITS:
        return None
    number = int(digits)
    return number if least <= number <= most else None


def json_body(request: HttpRequest, *, most_bytes: int = MOST_BYTES, deepest: int = DEEPEST) -> Any:
    """Return what the body of the request says in JSON, its texts cleaned. Raises `UnreadableJson`."""
    try:
        if len(request.body) > most_bytes:
            raise UnreadableJson("too large")
        data = json.loads(
            request.body,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_within_limits,
            object_pairs_hook=_without_doubles,
        )
    except (
        ValueError,
        RecursionError,
        RawPostDataException,
    ) as error:  # the last: it was a form, and read as one
        raise UnreadableJson("no JSON") from error
    level, depth = _nested([data]), 0
    while level:
        depth += 1
        if depth > deepest:
            raise UnreadableJson("nested too deep")
        level = [inner for one in level for inner in _nested(one.values() if isinstance(one, dict) else one)]
    return cleaned_json(data)


def _refuse(constant: str) -> NoReturn:
    raise UnreadableJson(constant)  # NaN and Infinity are no JSON


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse(text)  # 1e999


def _within_limits(text: str) -> int:
    number = int(text)
    return number if abs(number) <= LARGEST else _refuse(text)


def _without_doubles(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers disagree about which of two fields of one name counts; so do names that differ by what nobody sees."""
    found = {cleaned(name): value for name, value in fields}
    return found if len(found) == len(fields) else _refuse("a name twice")


def _nested(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]
