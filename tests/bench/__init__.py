"""Benchmarks: `bin/bench NAME` runs `tests/bench/NAME.py`.

A benchmark has a function `run(arguments: list[str]) -> Report`. Values are ratios to a floor that was
measured in the same run, or a growth with size, so that they say the same on any machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass
class Check:
    """A value that must not pass its limit; with `at_least`, must reach it."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def ok(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        return f"{self.name:<24} {self.value:8.3f}  {bound} {self.limit:g}{'' if self.ok else '  FAILED'}"


@dataclass
class Report:
    """What a benchmark found: checks that can fail, and figures to look at."""

    bench: str
    checks: list[Check] = field(default_factory=list)
    figures: dict[str, float | int | str] = field(default_factory=dict)

    def check(self, name: str, value: float, limit: float, *, at_least: bool = False) -> None:
        self.checks.append(Check(name, round(value, 3), limit, at_least))

    @property
    def ok(self) -> bool:
        return bool(self.checks) and all(check.ok for check in self.checks)

    def line(self) -> str:
        """Return the report as the one line of JSON that ends the benchmark's output."""
        checks = [
            {"name": check.name, "value": check.value, "limit": check.limit, "ok": check.ok}
            for check in self.checks
        ]
        return json.dumps(
            {"bench": self.bench, "checks": checks, "figures": self.figures}, ensure_ascii=False
        )
