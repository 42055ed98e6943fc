"""The actor of a change: an officer, a citizen without an account, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """The one who acts. `user` is set for officers only; `label` is what the log shows."""

    kind: str
    label: str
    user: User | None = None


SYSTEM = Actor("system", gettext_noop("Hệ thống"))


def citizen_actor(label: str) -> Actor:
    """Return the actor for a citizen, labelled by a name or a masked phone, never by a full number."""
    return Actor("citizen", label)


def as_actor(by: User | Actor) -> Actor:
    return by if isinstance(by, Actor) else Actor("officer", by.full_name, by)
