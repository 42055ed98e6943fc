"""Worker and scheduler leave signs of life in the broker, which `/healthz` reads.

`portal.celery` imports this module, so that it hears of the worker's heartbeats and of the jobs that it finished;
settings name `Scheduler` as beat's.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import redis
from celery.beat import ScheduleEntry
from celery.beat import Scheduler as MemoryScheduler
from celery.signals import heartbeat_sent, task_success, worker_shutdown
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

WORKER_KEY = "portal:heartbeat:worker"
SCHEDULER_KEY = "portal:heartbeat:scheduler"
LAST_RUNS_KEY = "portal:scheduler:last-runs"
FINISHED_KEY = "portal:jobs:finished"  # by name, when a worker last ended the job well, on the broker's clock
WORKER_SECONDS = 8  # Celery's heart beats every two seconds
SCHEDULER_SECONDS = 15
LONGEST_SIGN_SECONDS = 60
TICK_SECONDS = 5
LATE_PERIODS = 3  # a job is late when it has not ended well for so many periods …
LATE_SECONDS = 300  # … and this on top: workers may be busy with a list or an export meanwhile


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


def kept_client() -> redis.Redis:
    """Return this process's own client, which keeps its connection."""
    global _client
    if _client is None:
        _client = broker_client()
    return _client


def beat(key: str, seconds: int) -> None:
    """Say that the holder of `key` lives, for as long as `seconds`; no error when the broker is down."""
    try:
        kept_client().set(key, "1", ex=seconds)
    except redis.RedisError as error:
        logger.warning("No sign of life could be left in the broker: %s", error)


@heartbeat_sent.connect
def worker_beats(**kwargs: Any) -> None:
    beat(WORKER_KEY, WORKER_SECONDS)


@worker_shutdown.connect
def worker_ends(**kwargs: Any) -> None:
    """The last breath counts one second, in case another worker is there."""
    beat(WORKER_KEY, 1)


def broker_time(client: redis.Redis) -> float:
    """Return the broker's clock in seconds: one clock for all hosts."""
    seconds, microseconds = client.time()
    return float(seconds) + float(microseconds) / 1e6


@task_success.connect
def job_ended_well(sender: Any = None, **kwargs: Any) -> None:
    """Note when a periodic job ended well. No error when the broker is down."""
    name = jobs_by_task().get(getattr(sender, "name", ""))
    if name is None:
        return
    try:
        client = kept_client()
        client.hset(FINISHED_KEY, name, str(broker_time(client)))
    except redis.RedisError as error:
        logger.warning("The end of %s could not be noted: %s", name, error)


def jobs_by_task() -> dict[str, str]:
    """Return the name of each periodic job by the name of its task."""
    return {entry["task"]: name for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}


def job_ages(client: redis.Redis) -> dict[str, float | None]:
    """Return for each periodic job the seconds since it last ended well; None when no scheduler knows it yet.

    An end in the future (the broker's clock was put back) counts from now on.
    """
    now = broker_time(client)
    finished: dict[str, str] = client.hgetall(FINISHED_KEY)  # type: ignore[assignment]
    ahead = {name: str(now) for name, at in finished.items() if float(at) > now}
    if ahead:
        for name, at in ahead.items():
            client.hset(FINISHED_KEY, name, at)
        finished |= ahead
    return {
        name: round(now - float(finished[name]), 1) if name in finished else None
        for name in settings.CELERY_BEAT_SCHEDULE
    }


def is_late(name: str, age: float | None) -> bool:
    """Whether a job has not ended well for too long."""
    period = float(settings.CELERY_BEAT_SCHEDULE[name]["schedule"])
    return age is not None and age > LATE_PERIODS * period + LATE_SECONDS


def is_alive(client: redis.Redis, key: str) -> bool:
    """Whether the holder of `key` lives. A sign that would last longer than any is from before the clock was put back."""
    left: int = client.pttl(key)
    return 0 < left <= LONGEST_SIGN_SECONDS * 1000


class Scheduler(MemoryScheduler):
    """Celery's scheduler with its last runs in the broker instead of a file on one host's disk.

    A last run in the future (the clock was put back) would hold up its job, and all others behind it, until the
    clock gets there. Such a job is due at once, at the start and whenever the clock is put back.
    """

    max_interval = TICK_SECONDS

    def setup_schedule(self) -> None:
        super().setup_schedule()
        client = broker_client()
        try:
            last_runs: dict[str, str] = client.hgetall(LAST_RUNS_KEY)  # type: ignore[assignment]
            now = broker_time(client)
            for name in self.schedule:
                client.hsetnx(FINISHED_KEY, name, str(now))  # the age of a new job counts from here
        except redis.RedisError:
            return
        for name, entry in self.schedule.items():
            try:
                entry.last_run_at = datetime.fromisoformat(last_runs[name]).astimezone(UTC)
            except (KeyError, ValueError):  # never run, or noted by something else
                self._make_due(entry)
        self._run_what_lies_in_the_future()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        beat(SCHEDULER_KEY, SCHEDULER_SECONDS)
        if self._run_what_lies_in_the_future():
            self._heap = None  # its times are the old clock's
        return float(super().tick(*args, **kwargs))

    def _run_what_lies_in_the_future(self) -> bool:
        """Make jobs due whose last run has not come yet; return whether there were any."""
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        for entry in ahead:
            logger.warning(
                "The clock was put back: the last run of %s, %s, is in the future.",
                entry.name,
                entry.last_run_at,
            )
            self._make_due(entry)
        return bool(ahead)

    def _make_due(self, entry: ScheduleEntry) -> None:
        entry.last_run_at = self.app.now() - entry.schedule.run_every  # type: ignore[union-attr]  # all have periods

    def reserve(self, entry: ScheduleEntry) -> ScheduleEntry:  # type: ignore[override]  # its types are wrong
        following: ScheduleEntry = super().reserve(entry)  # type: ignore[assignment]
        ran_at = following.last_run_at or self.app.now()
        try:
            broker_client().hset(LAST_RUNS_KEY, following.name, ran_at.isoformat())
        except redis.RedisError as error:
            logger.warning("The run of %s could not be noted: %s", following.name, error)
        return following
