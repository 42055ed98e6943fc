"""`/healthz` says which part is missing, and answers quickly whatever is missing."""

from __future__ import annotations

import json
import time
from unittest import mock

import pytest
from django.db import connection
from django.test import Client

from portal import health
from portal.embedded.processes import free_port
from portal.heartbeat import SCHEDULER_KEY, WORKER_KEY, beat, broker_client
from tests.live import LiveStack


def parts(stack: LiveStack) -> dict[str, bool]:
    return json.loads(stack.get("/healthz")[1])


@pytest.mark.servers
def test_each_part_that_ends_is_named_and_named_well_again_when_it_is_back(live_stack: LiveStack) -> None:
    assert parts(live_stack) == {
        "database": True,
        "broker": True,
        "worker": True,
        "scheduler": True,
        "ok": True,
    }

    live_stack.kill("worker")
    live_stack.wait_until(lambda: not parts(live_stack)["worker"], seconds=20, what="the worker is missed")
    assert parts(live_stack) == {
        "database": True,
        "broker": True,
        "worker": False,
        "scheduler": True,
        "ok": False,
    }
    assert live_stack.get("/healthz")[0] == 503

    live_stack.stop_broker()
    started = time.monotonic()
    found = parts(live_stack)
    assert time.monotonic() - started < 4
    assert found == {"database": True, "broker": False, "worker": False, "scheduler": False, "ok": False}
    assert live_stack.get("/")[0] == 200, "the pages go on without the broker"

    live_stack.start_broker()
    live_stack.start_child("worker")
    live_stack.wait_until(live_stack.healthy, seconds=60, what="all is well again")


@pytest.fixture
def signs_of_life():
    client = broker_client()
    before = {key: client.get(key) for key in (WORKER_KEY, SCHEDULER_KEY)}
    yield client
    for key, value in before.items():
        if value is None:
            client.delete(key)


@pytest.mark.django_db
def test_signs_of_life_count_until_they_expire(signs_of_life, client: Client) -> None:
    beat(WORKER_KEY, 60)
    beat(SCHEDULER_KEY, 60)
    assert client.get("/healthz").json()["ok"] is True
    signs_of_life.delete(SCHEDULER_KEY)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": True,
        "broker": True,
        "worker": True,
        "scheduler": False,
        "ok": False,
    }


@pytest.mark.django_db
def test_database_that_refuses_is_named_without_an_error_page(client: Client) -> None:
    nowhere = {**connection.get_connection_params(), "port": free_port()}
    with mock.patch.object(health.connection, "get_connection_params", return_value=nowhere):
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False


@pytest.mark.django_db
def test_healthz_by_post_is_405(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
