"""Fixtures for all tests. The servers are started or reused when `tests.settings` is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from kombu import pools

from portal.records.rights import LOGS
from tests import djangos, lock_order
from tests.asking import confirming
from tests.browser import browser_demanded, find_chromium
from tests.databases import migrated_template
from tests.live import LiveStack


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the journeys out where there is no browser; `CI=true` demands one."""
    if find_chromium() is not None or browser_demanded():
        return
    journeys = [item for item in items if item.get_closest_marker("journey")]
    if journeys:
        items[:] = [item for item in items if item not in journeys]
        config.hook.pytest_deselected(items=journeys)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each worker's database is a copy of the template, which takes no migrations to make."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(scope="session", autouse=True)
def logs_may_be_emptied_between_tests() -> Iterator[None]:
    """A test with transactions of its own ends by emptying every table, which the logs' triggers refuse."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_with_logs(self: DatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            for table in LOGS:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER no_truncate")
            flush(self, sql_list)
            for table in LOGS:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER no_truncate")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_with_logs)
        yield


@pytest.fixture(scope="session", autouse=True)
def acts_are_confirmed() -> Iterator[None]:
    with confirming():
        yield


@pytest.fixture(scope="session", autouse=True)
def every_lock_is_watched() -> Iterator[None]:
    with lock_order.watching():
        yield


@pytest.fixture(autouse=True)
def locks_are_taken_in_the_written_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """docs/decisions/0019-order-of-locks.md; the marker `any_order_of_locks` is for controls without a lock."""
    lock_order.found.clear()
    yield
    if lock_order.found and request.node.get_closest_marker("any_order_of_locks") is None:
        pytest.fail("\n".join(["against docs/decisions/0019-order-of-locks.md:", *lock_order.found]))


@pytest.fixture(scope="session", autouse=True)
def every_page_is_read() -> Iterator[None]:
    with djangos.watching():
        yield


@pytest.fixture(autouse=True)
def no_page_speaks_djangos_words() -> Iterator[None]:
    djangos.found.clear()
    yield
    assert not djangos.found, djangos.found


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    found = find_chromium()
    assert found is not None, "No Chromium was found: set CHROMIUM, or install the package chromium."
    return found


@pytest.fixture(scope="session")
def live_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """The whole portal as it runs in production, on a database, a broker and a port of its own."""
    stack = LiveStack(tmp_path_factory.mktemp("live"))
    try:
        stack.start()
        stack.sql("DELETE FROM repatriation_intake")  # a journey that meets a commune's limit sets one
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let the portal look for its broker elsewhere."""

    from portal.notifications import outbox

    def forget() -> None:
        pools.reset()
        outbox._connection.cache_clear()
        monkeypatch.setattr(outbox, "_silent_until", 0.0)

    def at(port: int) -> None:
        monkeypatch.setenv("CELERY_BROKER_URL", f"redis://127.0.0.1:{port}/0")
        forget()

    yield at
    monkeypatch.undo()
    forget()
