"""The kinds of messages to people, each with its text.

An app registers its kinds from its `messages.py`. `{name}` places are filled from the message's
context and secrets; `{portal}` is the portal's name and `{hotline}` its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MessageKind:
    """A kind of message. `text` is a lazy translation with named places; officers read `title`."""

    key: str
    title: Any
    text: Any


KINDS: dict[str, MessageKind] = {}


def register_kind(key: str, *, title: Any, text: Any) -> MessageKind:
    if key in KINDS:
        raise ValueError(f"message kind {key!r} is registered twice")
    KINDS[key] = MessageKind(key, title, text)
    return KINDS[key]


def kind_of(key: str) -> MessageKind:
    """Return a registered kind. Raises KeyError for one that no app registered."""
    return KINDS[key]
