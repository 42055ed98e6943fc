"""Whether the fields of an entry tell of somebody who must be looked at: a fever, symptoms, a positive test."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from repatriation.models.arrival import FEVER


def is_urgent(fields: Iterable[tuple[str, str]]) -> bool:
    """Go by what the fields are called, so that an entry is read also where no form takes it any more."""
    return any(_tells(name.lower(), value.strip().lower()) for name, value in fields)


def _tells(name: str, value: str) -> bool:
    if not value or value in {"0", "false", "off"}:
        return False
    if "temperature" in name:
        try:
            return Decimal(value.replace(",", ".")) >= FEVER
        except InvalidOperation:
            return False
    return value == "positive" or "positive" in name or "symptom" in name
