"""Garbage in every parameter of every address and in every field of every form, as everybody: no error page.

The addresses and who opens them come from `tests/access_table.py`, forms and parameters from the pages themselves.
Parts of it run side by side.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.access_table import TABLE
from tests.garbage.attack import Attack, field_names, shard_of
from tests.test_access import world  # noqa: F401 - a fixture

SHARDS = 8
# All requests of a test share one transaction, so what one locked is locked for the next.
pytestmark = [pytest.mark.timeout(600), pytest.mark.any_order_of_locks]
# They show a page only in a state that this small world does not have.
NEVER_OPEN = {
    "accounts:first_screen", "citizens:link", "healthz", "repatriation:boarding_worker", "quarantine:certificate_pdf",
    "quarantine:officer_certificate_pdf", "repatriation:manifest_paper", "repatriation:import_file",
    "repatriation:import_template", "reporting:export_file", "appointments:ics", "appointments:my_ics",
}  # fmt: skip


def names(shard: int) -> list[str]:
    return [name for name in sorted(TABLE) if shard_of(name, SHARDS) == shard]


@pytest.fixture(autouse=True)
def nothing_is_logged() -> Iterator[None]:
    """Ten thousand refusals, each with its trace, would take longer than the requests."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def attack(world: dict[str, Any]) -> Attack:  # noqa: F811
    return Attack(world)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_garbage_in_an_address(shard: int, attack: Attack) -> None:
    pages = [name for name in names(shard) if not TABLE[name].post]
    for name in pages:
        attack.queries(name)
    assert not attack.broken, "\n".join(attack.broken)
    # The garbage reached the pages, not only the doors before them.
    assert len(attack.opened) >= 0.6 * len(set(pages) - NEVER_OPEN), sorted(set(pages) - attack.opened)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_garbage_in_a_form(shard: int, attack: Attack) -> None:
    for name in names(shard):
        if TABLE[name].post:
            attack.press(name, field_names())
        else:
            attack.forms(name)
    assert not attack.broken, "\n".join(attack.broken)
