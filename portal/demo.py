"""The demo, made of steps that each app brings in its own `demo.py`.

    @demo_step(40)
    def load_families(stage: Stage) -> None: ...

Every step is safe to run twice: what stands already is left alone.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from portal.places.models import Place


@dataclass
class Stage:
    """What the steps share. `rng` is seeded, so that the same seed makes the same demo."""

    families: int
    rng: random.Random
    home: Place
    now: dt.datetime = field(default_factory=timezone.now)
    shared: dict[str, Any] = field(default_factory=dict)
    say: Callable[[str], None] = print


DemoStep = Callable[[Stage], None]
_steps: list[tuple[int, DemoStep]] = []


def demo_step(order: int) -> Callable[[DemoStep], DemoStep]:
    """Register a step; small orders run first."""

    def register(step: DemoStep) -> DemoStep:
        _steps.append((order, step))
        return step

    return register


def demo_steps() -> list[DemoStep]:
    return [step for _order, step in sorted(_steps, key=lambda pair: pair[0])]
