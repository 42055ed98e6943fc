"""Worker and scheduler leave a sign of life in the broker, which `/healthz` reads.

`portal.celery` imports this module, so that it hears of the worker's heartbeats; settings name
`Scheduler` as beat's.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import redis
from celery.beat import ScheduleEntry
from celery.beat import Scheduler as MemoryScheduler
from celery.signals import heartbeat_sent, worker_shutdown
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

WORKER_KEY = "portal:heartbeat:worker"
SCHEDULER_KEY = "portal:heartbeat:scheduler"
LAST_RUNS_KEY = "portal:scheduler:last-runs"
WORKER_SECONDS = 8  # Celery's heart beats every two seconds
SCHEDULER_SECONDS = 15
TICK_SECONDS = 5


def broker_client() -> redis.Redis:
    """Return a client of the broker that gives up after a second instead of trying again."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=1,
        socket_timeout=1,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


_client: redis.Redis | None = None


def beat(key: str, seconds: int) -> None:
    """Say that the holder of `key` lives, for as long as `seconds`; no error when the broker is down."""
    global _client
    if _client is None:
        _client = broker_client()
    try:
        _client.set(key, "1", ex=seconds)
    except redis.RedisError as error:
        logger.warning("No sign of life could be left in the broker: %s", error)


@heartbeat_sent.connect
def worker_beats(**kwargs: Any) -> None:
    beat(WORKER_KEY, WORKER_SECONDS)


@worker_shutdown.connect
def worker_ends(**kwargs: Any) -> None:
    """The last breath counts one second, in case another worker is there."""
    beat(WORKER_KEY, 1)


class Scheduler(MemoryScheduler):
    """Celery's scheduler with its last runs in the broker instead of a file on one host's disk."""

    max_interval = TICK_SECONDS

    def setup_schedule(self) -> None:
        super().setup_schedule()
        try:
            last_runs: dict[str, str] = broker_client().hgetall(LAST_RUNS_KEY)  # type: ignore[assignment]
        except redis.RedisError:
            return
        for name, entry in self.schedule.items():
            if name in last_runs:
                entry.last_run_at = datetime.fromisoformat(last_runs[name])

    def tick(self, *args: Any, **kwargs: Any) -> float:
        beat(SCHEDULER_KEY, SCHEDULER_SECONDS)
        return float(super().tick(*args, **kwargs))

    def reserve(self, entry: ScheduleEntry) -> ScheduleEntry:  # type: ignore[override]  # its types are wrong
        following: ScheduleEntry = super().reserve(entry)  # type: ignore[assignment]
        ran_at = following.last_run_at or self.app.now()
        try:
            broker_client().hset(LAST_RUNS_KEY, following.name, ran_at.isoformat())
        except redis.RedisError as error:
            logger.warning("The run of %s could not be noted: %s", following.name, error)
        return following
