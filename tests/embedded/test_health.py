"""`/healthz` says which part is missing, and answers quickly whatever is missing."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client

from portal import health, heartbeat
from portal.embedded.processes import free_port
from portal.heartbeat import (
    FINISHED_KEY,
    LAST_RUNS_KEY,
    SCHEDULER_KEY,
    WORKER_KEY,
    beat,
    broker_client,
    broker_time,
    job_ended_well,
)
from tests.live import LiveStack

COUNTED = ("database", "broker", "worker", "scheduler", "jobs", "ok")


def parts(stack: LiveStack) -> dict[str, bool]:
    answer = json.loads(stack.get("/healthz")[1])
    return {name: answer[name] for name in COUNTED}


def all_but(*missing: str) -> dict[str, bool]:
    return {name: name not in {*missing, *(["ok"] if missing else [])} for name in COUNTED}


@pytest.mark.servers
def test_each_part_that_ends_is_named_and_named_well_again_when_it_is_back(live_stack: LiveStack) -> None:
    assert parts(live_stack) == all_but()
    answer = json.loads(live_stack.get("/healthz")[1])
    assert answer["log_protected"], "web, worker and scheduler run as a role that cannot change the log"
    ages = answer["ages"]
    assert set(ages) == set(settings.CELERY_BEAT_SCHEDULE)
    assert all(age is not None and age < 120 for age in ages.values()), "each ran when the scheduler started"

    live_stack.kill("worker")
    live_stack.wait_until(lambda: not parts(live_stack)["worker"], seconds=20, what="the worker is missed")
    assert parts(live_stack) == all_but("worker")
    assert live_stack.get("/healthz")[0] == 503

    live_stack.stop_broker()
    started = time.monotonic()
    found = parts(live_stack)
    assert time.monotonic() - started < 4
    assert found == all_but("broker", "worker", "scheduler", "jobs")
    assert live_stack.get("/")[0] == 200, "the pages go on without the broker"

    live_stack.start_broker()
    live_stack.start_child("worker")
    live_stack.wait_until(live_stack.healthy, seconds=60, what="all is well again")


@pytest.fixture
def signs_of_life():
    client = broker_client()
    keys = (WORKER_KEY, SCHEDULER_KEY, FINISHED_KEY, LAST_RUNS_KEY)
    client.delete(*keys)
    yield client
    client.delete(*keys)


@pytest.mark.django_db
def test_signs_of_life_count_until_they_expire(signs_of_life, client: Client) -> None:
    beat(WORKER_KEY, 60)
    beat(SCHEDULER_KEY, 60)
    answer = client.get("/healthz").json()
    assert (answer["ok"], answer["log_protected"]) == (True, False), (
        "the tests own their database, and it is said"
    )
    signs_of_life.delete(SCHEDULER_KEY)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert {name: answer.json()[name] for name in COUNTED} == all_but("scheduler")


@pytest.mark.django_db
def test_a_sign_of_life_from_before_the_clock_was_put_back_is_none(signs_of_life, client: Client) -> None:
    beat(WORKER_KEY, 60)
    beat(SCHEDULER_KEY, 7200)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["scheduler"]) == (503, False)


@pytest.mark.django_db
def test_a_job_that_has_not_ended_well_for_too_long_is_late_and_named_with_its_age(
    signs_of_life, client: Client
) -> None:
    beat(WORKER_KEY, 60)
    beat(SCHEDULER_KEY, 60)
    name, entry = next(iter(settings.CELERY_BEAT_SCHEDULE.items()))
    now = broker_time(signs_of_life)
    signs_of_life.hset(FINISHED_KEY, name, str(now - 3 * entry["schedule"] - 290))
    assert client.get("/healthz").status_code == 200
    signs_of_life.hset(FINISHED_KEY, name, str(now - 3 * entry["schedule"] - 310))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["jobs"]) == (503, False)
    assert answer.json()["ages"][name] > 300
    job_ended_well(sender=SimpleNamespace(name=entry["task"]))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["ages"][name] < 60) == (200, True)


@pytest.mark.django_db
def test_an_end_in_the_future_counts_from_now_on(signs_of_life, client: Client) -> None:
    name = next(iter(settings.CELERY_BEAT_SCHEDULE))
    signs_of_life.hset(FINISHED_KEY, name, str(broker_time(signs_of_life) + 86_400))
    assert client.get("/healthz").json()["ages"][name] == 0
    assert float(signs_of_life.hget(FINISHED_KEY, name)) <= broker_time(signs_of_life)


def test_only_periodic_jobs_leave_a_note_and_a_broker_that_is_down_stops_none(
    signs_of_life: Any,
) -> None:
    job_ended_well(sender=SimpleNamespace(name="portal.notifications.tasks.deliver"))
    assert signs_of_life.hgetall(FINISHED_KEY) == {}
    with mock.patch.object(heartbeat, "_client", redis.Redis(port=free_port(), socket_connect_timeout=1)):
        job_ended_well(sender=SimpleNamespace(name="portal.notifications.tasks.sweep"))


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
