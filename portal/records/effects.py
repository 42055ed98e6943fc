"""The effects of an act while it runs: the rows that it logs and the messages that it queues.

    with collect_effects() as effects:
        close_trip(trip, by=user)
    effects.messages    # whom the act tells, and of what
    effects.events      # what the act changed

Blocks may be nested. A block that ends with an exception leaves nothing to the block around it, because its
transaction is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.records.models import Event


@dataclass(frozen=True)
class QueuedMessage:
    """One message of an act. `text` is what the recipient reads, with dots for links and codes; `facts` are the
    parts of it that do not change from one run of the act to the next."""

    kind: str
    title: str
    text: str
    recipient: str
    about_type: str
    about_id: int | None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass
class Effects:
    """The log's new rows and the queued messages, each in the order in which they came."""

    events: list[Event] = field(default_factory=list)
    messages: list[QueuedMessage] = field(default_factory=list)


_collecting: ContextVar[Effects | None] = ContextVar("effects", default=None)


@contextmanager
def collect_effects() -> Iterator[Effects]:
    """Collect what is logged and queued within the block."""
    outer, effects = _collecting.get(), Effects()
    token = _collecting.set(effects)
    try:
        yield effects
    finally:
        _collecting.reset(token)
    if outer is not None:
        outer.events += effects.events
        outer.messages += effects.messages


def is_collecting() -> bool:
    return _collecting.get() is not None


def add_events(events: Iterable[Event]) -> None:
    """Add events to the effects that are being collected, if any are."""
    effects = _collecting.get()
    if effects is not None:
        effects.events += events


def add_messages(messages: Iterable[QueuedMessage]) -> None:
    """Add messages to the effects that are being collected, if any are."""
    effects = _collecting.get()
    if effects is not None:
        effects.messages += messages


# How rows are named on a page that asks first. A subject registers its model in its `messages.py`.
Describer = Callable[[Any, Sequence[int]], dict[int, str]]
_describers: dict[str, Describer] = {}


def register_describer(subject_type: str, describe: Describer) -> None:
    """Register how rows of a model are named: `describe(user, ids)` returns a line for each row that the user
    may see."""
    if subject_type in _describers:
        raise ValueError(f"rows of {subject_type!r} are described twice")
    _describers[subject_type] = describe


def describe(user: Any, subject_type: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of these rows; of a model that is not registered, none."""
    describer = _describers.get(subject_type)
    return describer(user, ids) if describer is not None else {}
