"""Read what an entry says, within limits: who reads it later must not trip over its shape."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.inputs import LARGEST

MOST_FIELDS = 1_000
LONGEST = 1_000  # characters of one value
LEFT_OUT = {"csrfmiddlewaretoken", "client_key", "shown", "back"}
TOKENS = {"family"}  # a new one at each look-up: it says nothing about the content


class WrongShape(ValueError):
    """The entry does not have the parts that it must have."""


@dataclass(frozen=True)
class Written:
    """The parts of an entry. `content` is what is stored."""

    kind: str
    place: int
    at: dt.datetime | None
    after: UUID | None
    recorder: str
    registration: str
    fields: list[tuple[str, str]]
    content: dict[str, Any]

    @property
    def digest(self) -> str:
        """Tell contents of one key apart. When and on which device it was written makes no other content."""
        said = [
            self.kind,
            self.place,
            self.registration,
            sorted([name, value] for name, value in self.fields if name not in TOKENS),
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def written(data: Any) -> Written:
    """Raises `WrongShape`."""
    if not isinstance(data, dict):
        raise WrongShape
    fields = data.get("fields")
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        raise WrongShape
    place = data.get("place")
    if not isinstance(place, int) or not 0 < place <= LARGEST:
        raise WrongShape
    pairs = [pair for pair in map(_pair, fields) if pair[0] not in LEFT_OUT]
    more = data.get("more")
    return Written(
        kind=_text(data, "kind", 20),
        place=place,
        at=_moment(data.get("at")),
        after=_uuid(data.get("after")),
        recorder=_text(data, "recorder", 400),
        registration=_text(data, "registration", 20),
        fields=pairs,
        content={
            "fields": [list(pair) for pair in pairs],
            "more": more if isinstance(more, dict) else {},
        },
    )


def _pair(pair: Any) -> tuple[str, str]:
    if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
        raise WrongShape
    if len(pair[0]) > LONGEST or len(pair[1]) > LONGEST:
        raise WrongShape
    return pair[0], pair[1]


def _text(data: dict[str, Any], name: str, most: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise WrongShape
    return value


def _uuid(value: Any) -> UUID | None:
    if value in ("", None):
        return None
    try:
        return UUID(str(value))
    except ValueError as error:
        raise WrongShape from error


def _moment(value: Any) -> dt.datetime | None:
    """Read milliseconds since 1970 by the device's clock; no moment that a calendar lacks."""
    if not isinstance(value, int | float):
        return None
    try:
        return dt.datetime.fromtimestamp(value / 1000, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return None
