"""Benchmarks: `bin/bench NAME` runs `tests/bench/NAME.py`.

A benchmark has a function `run(arguments: list[str]) -> Report`. Values are ratios to a floor that was
measured in the same run, or a growth with size, so that they say the same on any machine.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Check:
    """A value that must not pass its limit."""

    name: str
    value: float
    limit: float

    @property
    def ok(self) -> bool:
        return self.value <= self.limit


@dataclass
class Report:
    """What a benchmark found: checks that can fail, and figures to look at."""

    bench: str
    checks: list[Check] = field(default_factory=list)
    figures: dict[str, float | int | str] = field(default_factory=dict)

    def check(self, name: str, value: float, limit: float) -> None:
        self.checks.append(Check(name, round(value, 3), limit))

    @property
    def ok(self) -> bool:
        return bool(self.checks) and all(check.ok for check in self.checks)

    def line(self) -> str:
        """Return the report as the one line of JSON that ends the benchmark's output."""
        checks = [{**asdict(check), "ok": check.ok} for check in self.checks]
        return json.dumps(
            {"bench": self.bench, "checks": checks, "figures": self.figures}, ensure_ascii=False
        )
