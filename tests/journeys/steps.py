"""Names for the steps of a story, so that a failure says how far it went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.journeys.visitor import Visitor


@contextmanager
def step(what: str, *visitors: Visitor) -> Iterator[None]:
    """What happens now, and to whom; a failure inside carries both, and where each of them stands."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"Step: {what}")
        for visitor in visitors:
            error.add_note(f"  {visitor.name} is at {visitor.where()}: {visitor.heading}")
        raise
