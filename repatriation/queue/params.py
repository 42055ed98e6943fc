"""The kinds of parameters that predicates take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


class Param(Protocol):
    """A kind of parameter."""

    def fault(self, value: Any) -> str:
        """Return what is wrong with the value, in English for an administrator; empty when it is valid."""


@dataclass(frozen=True)
class Number:
    """A whole number from `least` to `most`."""

    least: int = 1
    most: int = 1_200  # months of the longest life

    def fault(self, value: Any) -> str:
        valid = type(value) is int and self.least <= value <= self.most
        return "" if valid else f"must be a whole number from {self.least} to {self.most}"


@dataclass(frozen=True)
class PlaceCodes:
    """Codes of provinces and communes."""

    def fault(self, value: Any) -> str:
        valid = isinstance(value, list) and value and all(type(code) is str and code for code in value)
        return "" if valid else "must be a list of codes"


@dataclass(frozen=True)
class OneOf:
    """One of these values."""

    values: frozenset[str]

    def fault(self, value: Any) -> str:
        return "" if type(value) is str and value in self.values else f"must not be {value!r}"
