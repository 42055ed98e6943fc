"""The kinds of entries that a device may keep. The subject that does an entry registers its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode

from portal.accounts.models import User
from portal.places.models import Place
from repatriation.models import OfflineEntry


@dataclass(frozen=True)
class Done:
    """What came of an entry, in words for the officer. `repeated`: it had been done before."""

    text: str
    repeated: bool = False
    extra: dict[str, Any] = field(default_factory=dict)  # for the page that sent it


@dataclass(frozen=True)
class Known:
    """What the portal knows now of somebody whom an entry names."""

    name: str
    lines: Sequence[str]
    url: str = ""
    can_be_recorded: bool = True


@dataclass(frozen=True, kw_only=True)
class EntryKind:
    """One kind of entry.

    `perform` does it as its recorder, in a transaction; it raises `Refused` for what somebody has to settle. With
    `anyway` it leaves out the checks that only compare it with what the device believed. `may_record` asks whether
    the recorder may do it at that place. `names` and `lines` say whom it names and what it says.
    """

    key: str
    title: str | Promise
    may_record: Callable[[User, Place], bool]
    perform: Callable[..., Done]
    names: Callable[[OfflineEntry], list[str]]
    lines: Callable[[OfflineEntry], list[tuple[str, str]]]
    known: Callable[[OfflineEntry, User], list[Known]] = lambda _entry, _user: []
    can_be_recorded: bool = False  # by an officer who settles it


KINDS: dict[str, EntryKind] = {}


def register_kind(kind: EntryKind) -> None:
    if kind.key in KINDS:
        raise ValueError(f"the kind {kind.key} is registered twice")
    KINDS[kind.key] = kind


def query_of(fields: Sequence[tuple[str, str]]) -> QueryDict:
    """Return the fields as a form reads them."""
    return QueryDict(urlencode(list(fields)))
