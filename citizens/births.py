"""What else follows from a birth that an officer puts right: apps on which this one does not depend say so.

births.register(births.Follower(hold=lock_families, follow=score_families))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from citizens.models import Person
from portal.accounts.models import User
from portal.records.actors import Actor


class Follower(NamedTuple):
    """`hold(person)` locks what will change, before the person is locked, and gives it to `follow(held, by)`,
    which changes it afterwards and says to the officer what became of it. Both in one transaction."""

    hold: Callable[[Person], Any]
    follow: Callable[[Any, User | Actor], list[str]]


_followers: list[Follower] = []


def register(follower: Follower) -> None:
    if follower in _followers:
        raise ValueError(f"{follower} is registered twice")
    _followers.append(follower)


def all_followers() -> list[Follower]:
    return list(_followers)
