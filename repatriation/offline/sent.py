"""Read what a device sends, within limits. Each function raises ValueError, or another error of a wrong shape."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from portal.inputs import LARGEST
from repatriation.offline.receiving import Sealed

LONGEST = 60_000  # characters of one sealed entry


def sealed_of(one: Any) -> Sealed:
    """Return one entry as it came."""
    sealed = one["sealed"]
    if not isinstance(sealed, str) or len(sealed) > LONGEST:
        raise ValueError
    return Sealed(uuid_of(one["key"]), number_of(one["sequence"]), number_of(one["key_id"]), sealed)


def uuid_of(value: Any) -> UUID:
    return UUID(value)


def number_of(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise ValueError
    return value


def moment_of(value: Any) -> dt.datetime | None:
    """Return the moment of a clock in milliseconds; None where the device says none."""
    return dt.datetime.fromtimestamp(number_of(value) / 1000, dt.UTC) if value is not None else None
